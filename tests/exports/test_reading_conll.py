"""CoNLL read: our own export without loss, plain files of other tools, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from annotator.errors import Refused
from annotator.layers import labels_json
from annotator.snapshot import Snapshot
from exports import conll, reading
from exports.lines import ReadLine
from exports.reading import Reading
from tests.exports.zoo import small, snapshots, views

AMAL = "amal@example.org"
PLAIN = """-DOCSTART- -X- -X- O

قالت VBD B-VP O
وزارة NN B-NP B-ORG
الخارجية NN I-NP I-ORG
بغداد NNP B-NP B-GPE

# NN B-NP O
خبر NN I-NP O

-DOCSTART- -X- -X- O

# text = رحّبت بغداد.
رحّبت\tO
بغداد\tI-GPE
.\tO
"""


def read(raw: str, said: Reading | None = None) -> list[ReadLine]:
    return list(reading.read("conll", raw.encode(), said or Reading(AMAL), file="c.conll"))


def marks(line: ReadLine) -> list[tuple[str, str]]:
    return [(line.text[e["start"] : e["end"]], e["label"]) for a in line.annotations for e in a.labels["entities"]]


def test_plain_files_become_documents_of_joined_tokens() -> None:
    first, second, third = read(PLAIN)
    assert (first.text, second.text, third.text) == ("قالت وزارة الخارجية بغداد", "# خبر", "رحّبت بغداد.")
    assert marks(first) == [("وزارة الخارجية", "ORG"), ("بغداد", "GPE")] and marks(third) == [("بغداد", "GPE")]
    places = [(line.document and line.document.file, line.start, line.end) for line in (first, second, third)]
    assert places == [("c.conll", 0, 25), ("c.conll", 26, 31), ("c~2.conll", 0, 12)]
    assert second.annotations == () and first.annotations[0].state == "draft"


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        (["B-A", "I-A", "B-A"], ["x y", "z"]),  # IOB2
        (["I-A", "I-A", "I-B"], ["x y", "z"]),  # IOB1
        (["B-A", "E-A", "S-A"], ["x y", "z"]),  # IOBES
        (["O", "I-A", "O"], ["y"]),
        (["S-A", "I-A", "U-A"], ["x", "y", "z"]),
    ],
)
def test_every_scheme_of_tags(tags: list[str], found: list[str]) -> None:
    [line] = read("".join(f"{word} {tag}\n" for word, tag in zip("xyz", tags, strict=True)))
    assert [text for text, _ in marks(line)] == found


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("x O\ny\n", "c.conll, line 2: A line needs a token and a tag; this one has 1 columns."),
        ("x O\ny PER\n", "c.conll, line 2, tag: “PER” is no tag"),
        ("# text = x z\nx O\ny O\n", "c.conll, line 3, text: The token “y” does not stand in the text at character 2."),
        ("# text = x z\nx O\n", "c.conll, line 1, text: The text goes on after the last token: “ z”."),
        ("x B-A\n", "c.conll, line 1, annotator: The line names no annotator"),
    ],
)
def test_refusals_name_line_field_and_value(raw: str, told: str) -> None:
    with pytest.raises(Refused) as refusal:
        read(raw, Reading() if "B-A" in raw else None)
    assert refusal.value.faults[0].full().startswith(told)


def written(snapshot: Snapshot) -> str:
    return b"".join(conll.write(snapshot)).decode()


def test_a_tag_changed_in_our_export_is_not_overlooked() -> None:
    changed = written(small()).replace("\tB-GPE\t", "\tB-LOC\t")
    with pytest.raises(Refused, match="The columns and the comment “labels” differ in the entity 18–23 LOC"):
        read(changed)
    with pytest.raises(Refused, match="The text at 7–14 is"):
        read(written(small()).replace("\tالوزارة\t", "\tالوزير\t"))


def test_gold_is_told_and_left_out() -> None:
    said = Reading()
    [line] = read(written(views(small())["gold"]), said)
    assert line.annotations == () and "1 blocks hold gold" in said.notes[0].full()


@settings(max_examples=150, deadline=None)
@given(snapshots())
def test_our_export_comes_back_with_every_submitted_answer(snapshot: Snapshot) -> None:
    answered = [
        replace(line, annotations=tuple(a for a in line.annotations if a.state == "submitted"))
        for line in snapshot.lines
    ]
    wanted = [line for line in answered if line.annotations]
    found = read(written(snapshot), Reading())
    assert len(found) == len(wanted)
    for line, came in zip(wanted, found, strict=True):
        assert (came.id, came.text, came.start, came.end, came.kind, came.split, came.group) == (
            line.id, line.text, line.start, line.end, line.kind, line.split, line.group)  # fmt: skip
        assert [(a.annotator, a.version, a.state, a.labels) for a in came.annotations] == [
            (a.annotator, a.version, "submitted", labels_json(a.labels, line.text))
            for a in line.annotations
        ]  # fmt: skip


def test_names_from_elsewhere_break_no_line() -> None:
    """An id, a part or a group that came with a line may hold what no line of a text file holds."""
    line = small().lines[0]  # type: ignore[index]
    odd = replace(line, id="a\nb\u2028c", split="\ufdd0", group="\U0001fffe\x01", annotations=line.annotations[:1])
    [back] = read(written(replace(small(), lines=(odd,))))
    assert (back.id, back.split, back.group, len(back.annotations)) == (odd.id, odd.split, odd.group, 1)


def test_documents_of_conll_u_begin_with_a_comment() -> None:
    found = read("# newdoc id = d1\n# newpar\n# sent_id = 1\nx O\n\ny O\n\n# newdoc\nz O\n")
    assert [(line.document and line.document.file, line.text) for line in found] == [
        ("c.conll", "x"), ("c.conll", "y"), ("c~2.conll", "z"),
    ]  # fmt: skip
