"""What an import used to take in silence: controls, dates, encodings, keys, types."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from sqlalchemy import select

from annotator.actions.seeding import read_metadata
from annotator.db import Database
from annotator.errors import Fault, Refused
from annotator.models import Document
from tests.actions.conftest import TEXT, Place, labels
from tests.actions.test_importing import bring, exported, refused

FIRST = TEXT.splitlines()[0]
AT = "lines.jsonl, line 1"


@pytest.mark.parametrize("character", ["\0", "\x01", "\x08", "\x0c", "\x1f", "\ufffe", "\ufdd0", "\U0001ffff"])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_controls_in_json_are_refused_as_in_texts(
    database: Database, place: Place, character: str, ascii_only: bool
) -> None:
    text = f"خبر{character}."
    told = f"text: Character 3 is U+{ord(character):04X}, which no text holds."
    raw = json.dumps({"text": text}, ensure_ascii=ascii_only).encode()
    options = {"format": "jsonl", "name": "lines.jsonl"}
    assert refused(database, place, raw, **options) in (f"{AT}, {told}", f"{AT}, {told}\n{AT}, {told}")
    tasks = json.dumps([{"data": {"text": text}}], ensure_ascii=ascii_only).encode()
    assert f"t.json, [0].{told}" in refused(database, place, tasks, format="label-studio", name="t.json")
    marks = json.dumps({"text": text}, ensure_ascii=ascii_only).encode()
    assert f"{AT}, {told}" in refused(database, place, marks, format="doccano", name="lines.jsonl")


def test_tabs_and_backslashes_are_text(database: Database, place: Place) -> None:
    lines = [{"text": "خبر\tآخر."}, {"text": "خبر \\u0000 \\b."}]
    assert bring(database, place.project_id, lines).sentences == 2


def test_an_outlet_that_is_no_name_is_refused_with_its_line_and_field(database: Database, place: Place) -> None:
    lines = [{"text": "خبر.", "document": {"file": "n.txt", "outlet": "a\tb"}, "start": 0, "end": 4}]
    raw = json.dumps(lines[0]).encode()
    assert refused(database, place, raw, format="jsonl", name="lines.jsonl") == (
        f"{AT}, document.outlet: “a\tb” holds a control character, which no name does."
    )


@pytest.mark.parametrize("value", ["2026-13-01", "2026-02-30", "2026-1-1", "0000-01-01", "today"])
def test_days_that_are_none(database: Database, place: Place, value: str) -> None:
    assert refused(database, place, b"x y.", published=value) == (
        f"published: “{value}” is no date: write it as 2026-01-31."
    )


def test_other_encodings_of_lines(database: Database, place: Place) -> None:
    def raw(text: str) -> str:
        return json.dumps({"text": text}, ensure_ascii=False)

    options: dict[str, Any] = {"format": "jsonl", "name": "lines.jsonl"}
    utf16 = bring(database, place.project_id, raw("قال سالم نعم.").encode("utf-16"), **options)
    marked = bring(database, place.project_id, b"\xef\xbb\xbf" + raw("قال سالم لا.").encode(), **options)
    assert [note.full() for note in (*utf16.notes, *marked.notes)] == [
        "lines.jsonl: Converted from UTF-16; offsets count the text without its byte order mark.",
        "lines.jsonl: A byte order mark was taken off; offsets count the text without it.",
    ]
    windows = raw("قال سالم إن الخطة جيدة جدا.").encode("windows-1256")
    told = refused(database, place, windows, **options)
    assert told.startswith("lines.jsonl: Byte 0xDE at line 1, column 11 (byte 10) is not UTF-8.")
    assert told.endswith("If that reads right, name this encoding.")
    assert bring(database, place.project_id, windows, encoding="windows-1256", **options).sentences == 1
    tasks = json.dumps([{"data": {"text": "خبر جديد."}}], ensure_ascii=False).encode("utf-16")
    assert bring(database, place.project_id, tasks, format="label-studio", name="t.json").sentences == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"format": "isnad/2"}, "format: “isnad/2” is none of isnad/1."),
        ({"format": 1}, "format: “1” is none of isnad/1."),
        ({"kind": ""}, "kind: “” is none of"),
        ({"annotations": [{"annotator": "a@example.org", "labels": {}, "state": ""}]},
         "annotations[0].state: “” is none of draft, submitted, skipped."),
        ({"text_sha256": "0" * 64}, f"text_sha256: “{'0' * 64}” is not the SHA-256 of the text."),
    ],
)  # fmt: skip
def test_fields_that_are_not_what_they_must_be(
    database: Database, place: Place, change: dict[str, Any], told: str
) -> None:
    assert refused(database, place, [{"text": "خبر.", **change}]).startswith(f"{AT}, {told}")


def test_a_line_must_be_of_the_document_that_it_names(database: Database, place: Place) -> None:
    def line(text: str, start: int, **document: Any) -> list[dict[str, Any]]:
        about = {"file": "a.txt", **document}
        return [{"document": about, "start": start, "end": start + len(text), "text": text}]

    with database.read() as session:
        own = session.scalars(select(Document.sha256).where(Document.file == "a.txt")).one()
    other = hashlib.sha256(b"another").hexdigest()
    assert bring(database, place.project_id, line(FIRST, 0, sha256=own)).already_there == 1
    assert refused(database, place, line(FIRST, 0, sha256=other)) == (
        f"{AT}, document.sha256: “{other}” is not the SHA-256 of “a.txt” here, which is {own}."
    )
    assert refused(database, place, line("أعلن", 1)).startswith(f"{AT}, text: The text at 1–5 is")
    assert refused(database, place, line("خبر بعيد.", 5000)) == (
        f"{AT}, end: The span 5000–5009 goes past the end: the text has {len(TEXT)} code points."
    )


@pytest.mark.parametrize(
    "raw",
    [
        '{"text":"خبر.","text":"خبر آخر."}', '{"text": "خبر.", "meta": {"a": 1, "b": 2, "a": 3}}',
        '{"text":"\\u062e.", "meta":{"a":[{"a":1,"a":1}]}}',
    ],
)  # fmt: skip
def test_a_key_that_stands_twice_is_refused(database: Database, place: Place, raw: str) -> None:
    key = "text" if raw.count('"text"') == 2 else "a"
    assert refused(database, place, raw.encode(), format="jsonl", name="lines.jsonl") == (
        f"{AT}, {key}: The key “{key}” stands twice in one object."
    )


def test_other_ways_to_write_a_line_are_no_repetition(database: Database, place: Place) -> None:
    raw = '{ "text" : "\\u062e\\u0628\\u0631." ,\t"meta": {"n": 1e3, "a\\u0062": "x  y"} }'
    assert bring(database, place.project_id, raw.encode(), format="jsonl", name="l.jsonl").sentences == 1


def test_what_metadata_says_in_vain_is_told_and_wrong_types_refused() -> None:
    notes: list[Fault] = []
    raw = b'title = "x"\n[[document]]\nfile = "a.txt"\npublished = 2026-01-31\nauthor = "y"\n'
    assert read_metadata(raw, file="m.toml", notes=notes) == {"a.txt": {"published": "2026-01-31"}}
    assert [note.full() for note in notes] == [
        "m.toml, title: The key “title” is not known and was left out.",
        "m.toml, document[0].author: The key “author” is not known and was left out.",
    ]
    for wrong, told in (
        (b"document = 5", "document: This is no list of tables: write [[document]] above each."),
        (b'document = ["a"]', "document: This is no list of tables: write [[document]] above each."),
        (b'[document]\nfile = "a"', "document: This is no list of tables: write [[document]] above each."),
        (b'[[document]]\nfile = "a"\noutlet = 2026-01-31', "document[0].outlet: “2026-01-31” is not a text."),
        (b'[[document]]\nfile = "a"\nevent = 5', "document[0].event: “5” is not a text."),
    ):
        with pytest.raises(Refused) as refusal:
            read_metadata(wrong, file="m.toml")
        assert str(refusal.value) == f"m.toml, {told}"


@pytest.mark.parametrize(
    ("change", "path", "told"),
    [
        ({"was_cancelled": "no"}, "was_cancelled", "“no” is none of true, false."),
        ({"result": [{"type": "choices"}]}, "result[0].type", "“choices” is none of labels."),
        ({"result": [{"to_name": "title"}]}, "result[0].to_name", "“title” is none of text."),
    ],
)
def test_regions_of_label_studio_fit_their_control(
    database: Database, place: Place, change: dict[str, Any], path: str, told: str
) -> None:
    region = {"from_name": "entities", "to_name": "text", "type": "labels",
              "value": {"start": 0, "end": 3, "text": "خبر", "labels": ["ORG"]}}  # fmt: skip
    annotation = {"completed_by": "amal@example.org", "result": [region], **change}
    if "result" in change:
        annotation["result"] = [{**region, **change["result"][0]}]
    raw = json.dumps([{"data": {"text": "خبر."}, "annotations": [annotation]}]).encode()
    assert refused(database, place, raw, format="label-studio", name="t.json") == (
        f"t.json, [0].annotations[0].{path}: {told}"
    )


def test_an_export_still_comes_back(database: Database, place: Place) -> None:
    answer = {"annotator": "amal@example.org", "labels": labels("fact"), "comment": "سطر\nوسطر"}
    bring(database, place.project_id, [{"text": "خبر.", "annotations": [answer]}])
    report = bring(database, place.project_id, exported(database, place.project_id), format="jsonl", name="e.jsonl")
    assert (report.sentences, report.annotations, report.notes) == (0, 0, [])
