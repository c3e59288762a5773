"""WebAnno TSV 3 as WebAnno and INCEpTION write it: spans, stacks, escapes, offsets in UTF-16 units."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.errors import Refused
from exports import reading
from exports.lines import ReadLine
from exports.reading import Reading
from tests.exports.zoo import PIECES

AMAL = "amal@example.org"
HEAD = """#FORMAT=WebAnno TSV 3.3
#T_SP=de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS|PosValue
#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value
#T_RL=webanno.custom.Relation|label|BT_de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity


"""
FILE = HEAD + """#Sentence.id=s1
#Text=قالت 😀 وزارة الخارجية.
1-1\t0-4\tقالت\tV\t_\t_\t_\t_\t
1-2\t5-7\t😀\tX\t_\t_\t_\t_\t
1-3\t8-13\tوزارة\tN\t*[1]|*[2]\tORG[1]|OCC[2]\t_\t_\t
1-4\t14-22\tالخارجية\tN\t*[1]\tORG[1]\t_\t_\t
1-4.1\t16-22\tخارجية\t_\t*\tA\\_B\t_\t_\t
1-5\t22-23\t.\t.\t_\t_\t_\t_\t

#Text=بغداد ترحب
2-1\t24-29\tبغداد\tN\t*\tGPE\t_\t_\t
2-2\t30-34\tترحب\tV\t_\t_\t_\t_\t
"""


def read(raw: str, said: Reading | None = None) -> list[ReadLine]:
    return list(reading.read("webanno", raw.encode(), said or Reading(AMAL), file="w.tsv"))


def marks(line: ReadLine) -> list[tuple[str, str]]:
    return [(line.text[e["start"] : e["end"]], e["label"]) for a in line.annotations for e in a.labels["entities"]]


def test_spans_of_the_named_entities() -> None:
    said = Reading(AMAL, {"A_B": "LOC"})
    first, second = read(FILE, said)
    assert first.text == "قالت 😀 وزارة الخارجية." and (first.start, second.start) == (0, 23)
    assert marks(first) == [("وزارة الخارجية", "ORG"), ("وزارة", "OCC"), ("خارجية", "LOC")]
    assert marks(second) == [("بغداد", "GPE")] and first.annotations[0].state == "draft"
    told = [note.full() for note in said.notes]
    assert any("Relation” is none of spans" in one for one in told) and any("POS” holds no" in one for one in told)


def test_a_layer_without_features_is_its_own_label() -> None:
    sentence = "\n\n\n#Text=a b\n1-1\t7-8\ta\t*[3]\n1-2\t9-10\tb\t*[3]\n"
    for layer in ("custom.Place", "custom.Place|"):
        [line] = read(f"#FORMAT=WebAnno TSV 3.2\n#T_SP={layer}{sentence}")
        assert marks(line) == [("a b", "Place")]


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("x\tO\n", "w.tsv, line 1: The file does not begin with #FORMAT=WebAnno TSV 3."),
        (FILE.replace("24-29\tبغداد", "24-28\tبغداد"), "w.tsv, line 17: The text at 0–4 is “بغدا”, not “بغداد”"),
        (FILE.replace("5-7\t😀", "5-6\t😀"), "w.tsv, line 10: The UTF-16 offset 6 stands inside a character"),
        (FILE.replace("2-1\t24-29", "2-1\tx"), "w.tsv, line 17: “2-1\tx"),
        (FILE.replace("GPE", "ORG[1]"), "The mark [1] goes on in another sentence"),
        (FILE.replace("الخارجية\tN\t*[1]\tORG[1]", "الخارجية\tN\t*[1]\tGPE[1]"), "The mark [1] is “ORG” and “GPE”."),
        (HEAD.replace("NamedEntity|identifier", "Thing|identifier"), "none is called NamedEntity"),
    ],
)
def test_refusals_name_line_and_value(raw: str, told: str) -> None:
    with pytest.raises(Refused) as refusal:
        read(raw)
    assert told in refusal.value.faults[0].full()


def escaped(text: str) -> str:
    return "".join({"\\": "\\\\", "\t": "\\t", "\n": "\\n"}.get(c, c) for c in text)


#: Words of the zoo; one that is a blank or a line break is no token.
WORDS = [piece for piece in PIECES if piece.strip() and not set(piece) & set("\t\u2028\u0085")]


@given(st.lists(st.sampled_from(WORDS), min_size=1))
def test_offsets_of_nasty_strings(words: list[str]) -> None:
    text, at, rows = " ".join(words), 11, []
    for n, word in enumerate(words):
        end = at + len(word.encode("utf-16-le")) // 2
        rows.append(f"1-{n + 1}\t{at}-{end}\t{escaped(word)}\tW[{n + 1}]\n")
        at = end + 1
    raw = f"#FORMAT=WebAnno TSV 3.3\n#T_SP=x.NamedEntity|value\n\n\n#Text={escaped(text)}\n{''.join(rows)}"
    [line] = read(raw)
    assert line.text == text and [found for found, _ in marks(line)] == words
