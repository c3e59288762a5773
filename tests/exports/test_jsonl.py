"""The JSONL of record: its exact form, its way back, and what it refuses."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from annotator.errors import Refused
from annotator.layers import labels_json
from annotator.snapshot import Annotation, Line, Snapshot
from exports import jsonl
from exports.bare import bare_texts
from exports.lines import ReadAnnotation, ReadDocument, ReadLine
from tests.exports.zoo import AT, sha256, small, small_gold, snapshots

FIRST = (
    '{"format":"isnad/1","id":"u1","project":"تجربة","document":{"file":"a.txt","sha256":"' + sha256("whole")
    + '","outlet":"Sadd","event":null,"language":"ar"},"start":0,"end":29,"kind":"sentence",'
    '"text":"قالت 😀 الوزارة إن بغداد ترحب.","text_sha256":"' + sha256("قالت 😀 الوزارة إن بغداد ترحب.")
    + '","annotations":[{"annotator":"amal@example.org","state":"submitted","version":2,"skip_reason":null,"flag":null,'
    '"labels":{"statements":[{"speaker":{"id":"mofa_iq","canonical":"وزارة الخارجية العراقية","kind":"organisation",'
    '"start":7,"end":14,"text":"الوزارة"},"attribution":"indirect","stance":{"target":"talks","value":"favor"},'
    '"claim_type":"announce"},{"speaker":{"id":"gov_iq","canonical":"الحكومة العراقية","kind":"organisation",'
    '"start":null,"end":null,"text":null},"attribution":"indirect","stance":{"target":null,"value":"none"},'
    '"claim_type":"praise"}],"entities":[{"start":7,"end":14,"start_utf16":8,"end_utf16":15,"text":"الوزارة",'
    '"label":"ORG"},{"start":18,"end":23,"start_utf16":19,"end_utf16":24,"text":"بغداد","label":"GPE"}]},'
    '"comment":"<b>","active_ms":5400,"created_at":"2026-01-31T12:00:00Z","updated_at":"2026-01-31T12:00:00Z",'
    '"scheme":"arabic-news-claims@1.0","guideline":"guideline@1","provenance":{"suggested":1}},'
    '{"annotator":"badr@example.org","state":"skipped","version":1,"skip_reason":"not a sentence","flag":null,'
    '"labels":{"statements":[],"entities":[]},"comment":null,"active_ms":null,"created_at":"2026-01-31T12:00:00Z",'
    '"updated_at":"2026-01-31T12:00:00Z","scheme":"arabic-news-claims@1.0","guideline":null,"provenance":{}}],'
    '"gold":null,"soft":null,"split":null,"group":"g1"}\n'
)  # fmt: skip


def as_read(snapshot: Snapshot) -> list[ReadLine]:
    """What a reader should give of a snapshot's lines."""
    return [_as_read(n, line) for n, line in enumerate(snapshot.lines, 1)]


def _as_read(number: int, line: Line) -> ReadLine:
    document, gold = line.document, line.gold
    return ReadLine(
        line_number=number, text=line.text, id=line.id, start=line.start, end=line.end, kind=line.kind,
        document=ReadDocument(document.file, document.sha256, document.outlet, document.event, document.language),
        annotations=tuple(_answer(annotation, line.text) for annotation in line.annotations),
        split=line.split, group=line.group,
        gold=None if gold is None else {"labels": labels_json(gold.labels, line.text), "basis": gold.basis,
                                        "votes": gold.votes, "provenance": gold.provenance},
    )  # fmt: skip


def _answer(annotation: Annotation, text: str) -> ReadAnnotation:
    fields: dict[str, Any] = {name: getattr(annotation, name) for name in ReadAnnotation.__slots__}
    return ReadAnnotation(**{**fields, "labels": labels_json(annotation.labels, text)})


def line(**changes: Any) -> bytes:
    text = changes.get("text", "قال زيد")
    answer = {"annotator": "a@x", "labels": {"statements": [], "entities": []}, "state": "draft"}
    whole = {"text": text, "document": {"file": "a.txt"}, "start": 0, "end": 7, "annotations": [answer]}
    return json.dumps({**whole, **changes}, ensure_ascii=True).encode()


def refusal(*raw: bytes) -> str:
    with pytest.raises(Refused) as refused:
        list(jsonl.read(raw, file="f.jsonl"))
    return "\n".join(fault.full() for fault in refused.value.faults)


def test_a_line_is_exactly_this() -> None:
    assert next(jsonl.write(small())).decode() == FIRST


def test_equal_snapshots_give_equal_bytes() -> None:
    assert b"".join(jsonl.write(small())) == b"".join(jsonl.write(small()))


def test_gold_comes_with_its_basis_and_without_the_answers() -> None:
    found = json.loads(next(jsonl.write(small_gold())))
    assert found["annotations"] == []
    assert list(found["gold"]) == ["labels", "basis", "votes", "provenance"]
    assert found["gold"]["labels"] == json.loads(FIRST)["annotations"][0]["labels"]


@given(snapshots())
def test_what_was_written_is_read(snapshot: Snapshot) -> None:
    assert list(jsonl.read(jsonl.write(snapshot), file="f.jsonl")) == as_read(snapshot)


@given(snapshots())
@settings(max_examples=30)
def test_a_line_holds_no_other_line_break(snapshot: Snapshot) -> None:
    raw = b"".join(jsonl.write(snapshot))
    assert raw.count(b"\n") == len(list(snapshot.lines)) == len(raw.decode().split("\n")) - 1


def test_a_bare_sentence_is_read() -> None:
    found = list(jsonl.read([b'\xef\xbb\xbf{"text":"x","meta":{"n":1}}\n', b"\n"], file="f"))
    assert found == [ReadLine(line_number=1, text="x", meta={"n": 1})]


def test_unknown_keys_are_told() -> None:
    assert next(jsonl.read([b'{"text":"x","colour":1}'], file="f")).unknown == ("colour",)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b'{"text":', "f.jsonl, line 1: This is not JSON: "),
        (b'{"text":"x","start":NaN}', "f.jsonl, line 1: This is not JSON: "),
        (b'{"text":"x","meta":' + b"[" * 60 + b"]" * 60 + b"}", "f.jsonl, line 1: The line nests deeper than 50 leve"),
        (b"[1]", "f.jsonl, line 1: The line is not a JSON object."),
        (b'{"text":"\xff"}', "f.jsonl, line 1: This is not JSON: "),
        (b"{}", "f.jsonl, line 1, text: This is missing."),
        (b'{"text":7}', "f.jsonl, line 1, text: “7” is not a text of at most 16000000 characters."),
        (b'{"text":" "}', "f.jsonl, line 1, text: The text is empty."),
        (b'{"text":"a\\r\\nb"}', "f.jsonl, line 1, text: A unit holds no line break."),
        (b'{"text":"a\\u0000b"}', "f.jsonl, line 1, text: Character 1 is U+0000, which no text holds."),
        (b'{"text":"a","meta":{"n":[1,{"k":"b\\u0000"}]}}',
         "f.jsonl, line 1, meta.n[1].k: Character 1 is U+0000, which no text holds."),
        (b'{"text":"a","meta":{"b\\u0000":1}}', "f.jsonl, line 1, meta: Character 1 is U+0000, which no text holds."),
        (line(text_sha256="0" * 64), f"f.jsonl, line 1, text_sha256: “{'0' * 64}” is not the SHA-256 of the text."),
        (line(end=8), "f.jsonl, line 1, end: 0–8 are 8 characters, but the text has 7: count code points."),
        (line(start=True), "f.jsonl, line 1, start: “True” is not a whole number from 0 on."),
        (line(start=0.0), "f.jsonl, line 1, start: “0.0” is not a whole number from 0 on."),
        (line(end="7"), "f.jsonl, line 1, end: “7” is not a whole number from 0 on."),
        (line(start=-1), "f.jsonl, line 1, start: “-1” is not a whole number from 0 on."),
        (line(annotations={}), "f.jsonl, line 1, annotations: “{}” is not a list."),
        (line(annotations=[{"annotator": "a@x"}]), "f.jsonl, line 1, annotations[0].labels: This is not an object"),
        (line(annotations=[{"labels": {}}]), "f.jsonl, line 1, annotations[0].annotator: This is missing."),
        (line(annotations=[{"annotator": "a@x", "labels": {}, "state": "done"}]),
         "f.jsonl, line 1, annotations[0].state: “done” is none of draft, submitted, skipped."),
        (line(annotations=[{"annotator": "a@x", "labels": {}, "state": "skipped"}]),
         "f.jsonl, line 1, annotations[0].skip_reason: A skip needs its reason."),
        (line(annotations=[{"annotator": "a@x", "labels": {}, "created_at": "yesterday"}]),
         "f.jsonl, line 1, annotations[0].created_at: “yesterday” is no time"),
        (line(gold={"votes": 1}), "f.jsonl, line 1, gold.labels: This is not an object of labels."),
        (b'{"text":"' + b"x" * 16_000_001 + b'"}', "f.jsonl, line 1: The line has 16000012 bytes; the limit is 16000"),
    ],
)  # fmt: skip
def test_a_bad_line_is_refused_with_its_place(raw: bytes, words: str) -> None:
    assert refusal(raw).startswith(words)


@pytest.mark.parametrize(
    "file",
    ["../a", "a/b", "a\\b", "..", ".", "/etc/passwd", "C:x", "a\nb", "a\u0000", "", "x" * 256, "ا" * 128],
)
def test_a_file_name_that_is_a_path_is_refused(file: str) -> None:
    assert "document.file" in refusal(line(document={"file": file}))


def test_the_line_is_counted_from_one_and_empty_ones_count() -> None:
    assert refusal(line(), b"\n", b"{}").startswith("f.jsonl, line 3, text")


def test_every_fault_of_a_line_is_told() -> None:
    assert refusal(line(start="a", end="b", kind=1)).count("\n") == 2


def test_times_are_kept() -> None:
    found = next(jsonl.read(jsonl.write(small()), file="f")).annotations[0]
    assert (found.created_at, found.updated_at, found.version) == (AT, AT, 2)


def each(lines: list[bytes]) -> list[ReadLine]:
    """What these lines are when each is read by itself."""
    return [replace(found, line_number=n) for n, raw in enumerate(lines, 1) for found in jsonl.read([raw], file="f")]


@pytest.mark.parametrize(
    "odd",
    [
        b'{"text":"a \\"b\\" \\u0641 \\\\"}', b'{ "text" : "a:b{c" }', b'{"text":"[a]"}', b"", b'{"text":"a","id":"x"}',
        '{"text":"ﷲ ؟"}'.encode(), b'{"\\u0074ext":"a"}', b'{"text":"a\\u003a"}',
    ],
)  # fmt: skip
def test_bare_sentences_read_together_are_those_read_one_by_one(odd: bytes) -> None:
    lines = [b'{"text":"a"}\n', b'{"text":"b"}\r\n', odd + b"\n", b'{"text":"c"}']
    assert list(jsonl.read(lines, file="f")) == each(lines)
    assert bare_texts(lines[:2]) == ["a", "b"]


@pytest.mark.parametrize(
    "lines",
    [
        [b'{"text":"a"},{"text":"b', b'c"}'], [b'{"text":"a"}, {"te', b'xt":"b"}'], [b'{"text":"a"', b'"x":"b"}{'],
        [b'{"text":"a","text":"b"}'], [b'{"text":"  "}'], [b'{"text":"a\\nb"}'], [b'{"text":"a\\u0007"}'],
        [b'{"text":1}'], [b'{"other":"a"}'], [b'"text"'], [b'{"text":"\xff"}'], [b'{"text":"a"},'],
    ],
)  # fmt: skip
def test_what_is_no_bare_sentence_is_refused_among_them(lines: list[bytes]) -> None:
    assert bare_texts([b'{"text":"x"}', *lines]) is None
    with pytest.raises(Refused):
        list(jsonl.read([b'{"text":"x"}', *lines], file="f"))
