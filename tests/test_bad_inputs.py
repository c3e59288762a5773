"""Every bad input that the label scheme names: refused with file, line, field and value, or accepted as told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from annotator.actions.importing import ImportOptions, ImportReport, import_file
from annotator.errors import Refused
from annotator.models import Annotation, Document, Project, Sentence
from annotator.permissions import OPERATOR
from tests import make

TEXT = "قال سالم الراوي إن الخطة جيدة."
ROW = {
    "speaker": {"id": "ARTICLE"}, "attribution": "none", "stance": {"target": None, "value": "none"},
    "claim_type": "fact",
}  # fmt: skip
Import = Callable[..., ImportReport]


@pytest.fixture
def place(tmp_path: Path) -> make.Place:
    return make.place(tmp_path)


@pytest.fixture
def bring(place: make.Place) -> Import:
    def brought(raw: bytes, name: str = "f.txt", **options: Any) -> ImportReport:
        with make.database(place.app).write() as session:
            project = session.get_one(Project, place.project)
            return import_file(session, OPERATOR, project, raw, ImportOptions(name=name, **options))

    return brought


@pytest.fixture
def refused(place: make.Place, bring: Import) -> Callable[..., str]:
    """The words of the refusal, after making sure that nothing changed."""

    def size() -> list[int | None]:
        with make.database(place.app).read() as session:
            return [session.scalar(select(func.count()).select_from(t)) for t in (Document, Sentence, Annotation)]

    def said(raw: bytes, *arguments: Any, **options: Any) -> str:
        before = size()
        with pytest.raises(Refused) as refusal:
            bring(raw, *arguments, **options)
        assert size() == before
        return "\n".join(fault.full() for fault in refusal.value.faults)

    return said


def jsonl(*lines: object) -> bytes:
    return b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)


def with_labels(**labels: Any) -> bytes:
    answer = {"statements": [ROW], "entities": [], **labels}
    return jsonl({"text": TEXT, "annotations": [{"annotator": "annotator@example.org", "labels": answer}]})


def test_other_encodings_are_previewed_and_read_when_named(refused: Callable[..., str], bring: Import) -> None:
    raw = TEXT.encode("windows-1256")
    said = refused(raw)
    assert said.startswith("f.txt") and "قال سالم" in said and "name this encoding" in said
    assert bring(raw, encoding="windows-1256").sentences == 1
    assert "no text encoding named klingon" in refused(raw, encoding="klingon")


def test_byte_order_marks_are_told_and_not_counted(bring: Import, place: make.Place) -> None:
    assert len(bring(b"\xef\xbb\xbf" + TEXT.encode()).notes) == 1
    assert len(bring((TEXT + " ثم.").encode("utf-16"), "g.txt").notes) == 1
    with make.database(place.app).read() as session:
        starts = session.scalars(
            select(Sentence.start).join(Document, Document.id == Sentence.document_id).where(Document.file == "f.txt")
        ).all()
    assert starts == [0]


@pytest.mark.parametrize("bad", [b"\x00", b"\x07", b"\x1b", b"\xff\xfe\x00\xd8", b"\xc3\x28"])
def test_controls_and_broken_bytes_are_refused_with_their_place(refused: Callable[..., str], bad: bytes) -> None:
    said = refused(b"ab\nc" + bad + b"d.")
    assert said.startswith("f.txt") and "2" in said


def test_direction_marks_are_kept_and_counted(bring: Import) -> None:
    report = bring("قال \u200fسالم\u202c إن\u200cه جيد.".encode())
    assert [note.values.get("count") for note in report.notes] == [2, 1]  # direction marks, joiners


def test_crlf_leaves_no_cr_in_a_sentence(bring: Import, place: make.Place) -> None:
    bring("جملة أولى.\r\nجملة ثانية.\r\n".encode())
    with make.database(place.app).read() as session:
        rows = session.execute(
            select(Sentence.start, Sentence.end, Sentence.text)
            .join(Document, Document.id == Sentence.document_id)
            .where(Document.file == "f.txt")
            .order_by(Sentence.start)
        ).all()
    assert [tuple(row) for row in rows] == [(0, 10, "جملة أولى."), (12, 23, "جملة ثانية.")]


@pytest.mark.parametrize("empty", [b"", b"  \n\t\n", b"\xef\xbb\xbf"])
def test_empty_files_are_refused(refused: Callable[..., str], empty: bytes) -> None:
    assert refused(empty).startswith("f.txt: ")
    assert refused(empty, "f.jsonl", format="jsonl").startswith("f.jsonl: ")


def test_an_empty_line_is_skipped_and_an_empty_sentence_refused(refused: Callable[..., str], bring: Import) -> None:
    assert bring(b"\n" + jsonl({"text": "جملة."}) + b"\n", "f.jsonl", format="jsonl").sentences == 1
    assert refused(jsonl({"text": "  "}), "g.jsonl", format="jsonl").startswith("g.jsonl, line 1, text: ")


def test_a_very_long_sentence_is_accepted_and_told(bring: Import) -> None:
    report = bring(("كلمة " * 10_000 + ".").encode())
    assert report.sentences == 1 and len(report.notes) >= 1


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    app = make.app(tmp_path / "small", ANNOTATOR_MAX_IMPORT_MB="1")
    project = make.project(app)
    path = tmp_path / "big.txt"
    path.write_bytes(b"a " * 600_000)
    answer = app.test_cli_runner().invoke(args=["import", "--project", "تجربة", str(path)])
    assert answer.exit_code == 1
    assert "big.txt: The file has 1200000 bytes; the limit is 1000000 (ANNOTATOR_MAX_IMPORT_MB)." in answer.output
    with make.database(app).read() as session:
        assert session.get_one(Project, project).documents == 1


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "=1+1", "{{251*261}}", "'; DROP TABLE person; --"])
def test_hostile_text_is_text(bring: Import, place: make.Place, hostile: str) -> None:
    bring(f"{hostile} قال.".encode())
    page = place.web("lead").get(f"/documents/{place.document + 1}")
    assert page.status_code == 200
    assert "<script>alert" not in page.text and "65511" not in page.text


@pytest.mark.parametrize(
    ("entities", "path"),
    [
        ([{"start": 0, "end": 8, "label": "ORG"}, {"start": 4, "end": 15, "label": "PERS"}], "entities[1]"),
        ([{"start": 4, "end": 8, "label": "ORG"}, {"start": 4, "end": 8, "label": "PERS"}], "entities[1]"),
        ([{"start": 4, "end": 8, "label": "ORG"}, {"start": 4, "end": 8, "label": "ORG"}], "entities[1]"),
        ([{"start": 4, "end": 400, "label": "ORG"}], "entities[0].end"),
        ([{"start": -1, "end": 4, "label": "ORG"}], "entities[0].start"),
        ([{"start": 4, "end": 4, "label": "ORG"}], "entities[0].end"),
        ([{"start": "4", "end": 8, "label": "ORG"}], "entities[0].start"),
        ([{"start": 4.0, "end": 8, "label": "ORG"}], "entities[0].start"),
        ([{"start": 4, "end": 8, "label": "CITY"}], "entities[0].label"),
        ([{"start": 4, "end": 8, "label": "PERS", "text": "سلمى"}], "entities[0].text"),
    ],
)
def test_bad_spans_are_refused(refused: Callable[..., str], entities: list[Any], path: str) -> None:
    said = refused(with_labels(entities=entities), "f.jsonl", format="jsonl")
    assert said.startswith(f"f.jsonl, line 1, annotations[0].labels.{path}"), said


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"claim_type": "gossip"}, "claim_type"),
        ({"stance": {"target": "moon", "value": "favor"}}, "stance.target"),
        ({"stance": {"target": "other", "value": "none"}}, "stance"),
        ({"stance": {"target": None, "value": "favor"}}, "stance"),
        ({"attribution": "direct"}, "attribution"),
        ({"speaker": {"id": "UNCLEAR"}}, "attribution"),
        ({"speaker": None}, "speaker"),
        ({"claim_type": None}, "claim_type"),
    ],
)
def test_broken_rules_are_refused(refused: Callable[..., str], change: dict[str, Any], path: str) -> None:
    said = refused(with_labels(statements=[{**ROW, **change}]), "f.jsonl", format="jsonl")
    assert said.startswith(f"f.jsonl, line 1, annotations[0].labels.statements[0].{path}"), said


def test_unknown_labels_list_the_known_ones(refused: Callable[..., str]) -> None:
    said = refused(with_labels(statements=[{**ROW, "claim_type": "gossip"}]), "f.jsonl", format="jsonl")
    assert "“gossip” is none of fact, announce, assess" in said


def test_an_unknown_scheme_version_is_refused(refused: Callable[..., str]) -> None:
    answer = {"annotator": "annotator@example.org", "labels": {"statements": [ROW]}, "scheme": "other@9"}
    said = refused(jsonl({"text": TEXT, "annotations": [answer]}), "f.jsonl", format="jsonl")
    assert "“other@9” is none of the project's schemes: arabic-news-claims@1.0" in said


def test_offsets_in_utf16_units_are_recognised(refused: Callable[..., str]) -> None:
    line = {"text": "🌊 قال سالم.", "annotations": [
        {"annotator": "annotator@example.org",
         "labels": {"statements": [ROW], "entities": [{"start": 7, "end": 11, "text": "سالم", "label": "PERS"}]}}
    ]}  # fmt: skip
    assert "UTF-16" in refused(jsonl(line), "f.jsonl", format="jsonl")


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b'{"text":NaN}',
        b'{"text":' + b"[" * 60 + b"]" * 60 + b"}",
        b'{"text":"a\\ud800."}',
        b"null",
        b'{"text":5}',
    ],
)
def test_broken_json_on_the_second_line_imports_nothing(refused: Callable[..., str], line: bytes) -> None:
    said = refused(jsonl({"text": "جملة سليمة."}) + line + b"\n", "f.jsonl", format="jsonl")
    assert said.startswith("f.jsonl, line 2"), said


@pytest.mark.parametrize("file", ["../x", "a/b", "a\\b", "C:x", "/etc/passwd", "x\n", "..", "", "a" * 300])
def test_paths_in_file_names_are_refused(refused: Callable[..., str], file: str) -> None:
    line = {"document": {"file": file}, "start": 0, "end": 5, "text": "جملة."}
    said = refused(jsonl(line), "f.jsonl", format="jsonl")
    assert said.startswith("f.jsonl, line 1, document.file")


def test_unknown_keys_are_named_and_left_out(bring: Import) -> None:
    report = bring(jsonl({"text": "جملة.", "colour": "red"}), "f.jsonl", format="jsonl")
    assert [note.full() for note in report.notes] == [
        "f.jsonl, line 1: The key “colour” is not known and was left out."
    ]


def test_tatweel_and_decomposed_letters_stay_and_are_found(place: make.Place, bring: Import) -> None:
    bring("التحالـف وافق. آخر بقي.".encode())
    with make.database(place.app).read() as session:
        rows = session.execute(
            select(Sentence.text, Sentence.folded)
            .join(Document, Document.id == Sentence.document_id)
            .where(Document.file == "f.txt")
            .order_by(Sentence.start)
        ).all()
    assert [tuple(row) for row in rows] == [("التحالـف وافق.", "التحالف وافق."), ("آخر بقي.", "اخر بقي.")]
