"""Importing: whole or nothing, nothing twice, every refusal with its place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from annotator.actions import corpus
from annotator.actions.checking import check
from annotator.actions.counting import recount, recount_all
from annotator.actions.importing import ImportOptions, ImportReport, import_file
from annotator.actions.near_copies import group_near_copies
from annotator.db import Database
from annotator.errors import Refused
from annotator.models import Annotation, Document, Entry, Membership, Project, Sentence, StatementRow
from annotator.permissions import OPERATOR
from annotator.queries import snapshots
from exports import format_named
from tests.actions.conftest import TEXT, Place, labels


def bring(database: Database, project: str | int, raw: bytes | list[dict[str, Any]], **options: Any) -> ImportReport:
    if isinstance(raw, list):
        raw = b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in raw)
        options = {"format": "jsonl", "name": "lines.jsonl", **options}
    with database.write() as session:
        where = Project.id == project if isinstance(project, int) else Project.name == project
        row = session.scalars(select(Project).where(where)).one()
        return import_file(session, OPERATOR, row, raw, ImportOptions(**{"name": "b.txt", **options}))


def size(database: Database) -> tuple[int, int, int]:
    with database.read() as session:
        return tuple(  # type: ignore[return-value]
            session.scalar(select(func.count()).select_from(table)) for table in (Document, Sentence, Annotation)
        )


def exported(database: Database, project_id: int, format_name: str = "jsonl") -> bytes:
    with database.snapshot() as session:
        project = session.get_one(Project, project_id)
        return b"".join(format_named(format_name).write(snapshots.take(session, project)))


def refused(database: Database, place: Place, raw: bytes | list[dict[str, Any]], **options: Any) -> str:
    """The words of a refusal, after making sure that nothing was imported."""
    before = size(database)
    with pytest.raises(Refused) as refusal:
        bring(database, place.project_id, raw, **options)
    assert size(database) == before
    return "\n".join(fault.full() for fault in refusal.value.faults)


def test_the_same_article_twice_is_refused_under_any_name(database: Database, place: Place) -> None:
    assert refused(database, place, TEXT.encode(), name="other.txt") == (
        "other.txt: This article is in the project already, as “a.txt”; nothing was imported."
    )
    assert "another text of this file name" in refused(database, place, b"x y.", name="a.txt")


def test_bare_sentences_come_once(database: Database, place: Place) -> None:
    lines = [{"text": "جملة أولى.", "meta": {"n": 1}}, {"text": "جملة ثانية."}]
    first = bring(database, place.project_id, lines)
    again = bring(database, place.project_id, [*lines, {"text": "جملة ثالثة."}])
    assert (first.documents, first.sentences, first.already_there) == (1, 2, 0)
    assert (again.documents, again.sentences, again.already_there) == (1, 1, 2)
    with database.read() as session:
        rows = session.execute(
            select(Document.file, Sentence.start, Sentence.text)
            .join(Sentence, Sentence.document_id == Document.id)
            .where(Document.origin == "lines")
            .order_by(Document.id, Sentence.start)
        ).all()
    assert [tuple(row) for row in rows] == [
        ("lines.jsonl", 0, "جملة أولى."), ("lines.jsonl", 11, "جملة ثانية."), ("lines~2.jsonl", 0, "جملة ثالثة."),
    ]  # fmt: skip


def test_lines_with_answers_come_back_the_same_from_an_empty_project(database: Database, place: Place) -> None:
    answers = [
        {"annotator": "amal@example.org", "labels": labels("fact")},
        {"annotator": "badr@example.org", "state": "submitted", "flag": "؟", "active_ms": 12,
         "labels": labels("announce", entities=[{"start": 6, "end": 12, "text": "المجلس"[:6], "label": "ORG"}])},
    ]  # fmt: skip
    text = TEXT.splitlines()[0]
    answers[1]["labels"]["entities"] = [  # type: ignore[index]
        {"start": text.index("المجلس"), "end": text.index("المجلس") + 6, "text": "المجلس", "label": "ORG"}
    ]
    line = {"document": {"file": "a.txt"}, "start": 0, "end": len(text), "text": text, "annotations": answers}
    report = bring(database, place.project_id, [line])
    assert (report.annotations, report.already_there) == (2, 1)
    assert bring(database, place.project_id, [line]).annotations == 0
    out = exported(database, place.project_id)
    with database.write() as session:
        second = corpus.add_project(session, OPERATOR, "second", None, 2).id
    bring(database, second, out, format="jsonl", name="out.jsonl", new_annotators=True)
    assert exported(database, second).replace(b'"project":"second"', '"project":"تجربة"'.encode()) == out


def test_the_guideline_that_a_line_names_is_kept(database: Database, place: Place) -> None:
    text = TEXT.splitlines()[0]
    answers = [{"annotator": "amal@example.org", "labels": labels(), "guideline": "guideline@7"},
               {"annotator": "badr@example.org", "labels": labels()}]  # fmt: skip
    bring(database, place.project_id, [{"document": {"file": "a.txt"}, "start": 0, "end": len(text), "text": text,
                                        "annotations": answers}])  # fmt: skip
    with database.read() as session:
        kept = list(session.scalars(select(Annotation.guideline).order_by(Annotation.person_id)))
    assert kept == ["guideline@7", None]


def test_a_different_answer_of_the_same_annotator_is_refused(database: Database, place: Place) -> None:
    text = TEXT.splitlines()[0]
    line = {"document": {"file": "a.txt"}, "start": 0, "end": len(text), "text": text}
    answer = {"annotator": "amal@example.org", "labels": labels()}
    bring(database, place.project_id, [{**line, "annotations": [answer]}])
    told = refused(
        database, place,
        [{**line, "annotations": [{"annotator": "amal@example.org", "labels": labels("deny")}]}],
    )  # fmt: skip
    assert told == (
        "lines.jsonl, line 1, annotations[0]: “amal@example.org” has answered this sentence otherwise; "
        "the stored answer stays."
    )


def test_unknown_people_and_speakers_are_listed_and_added_on_demand(database: Database, place: Place) -> None:
    speaker = {"id": "nadir", "canonical": "نادر", "kind": "person", "start": None, "end": None, "text": None}
    answer = labels("fact")
    answer["statements"][0].update(speaker=speaker, attribution="indirect")  # type: ignore[index]
    lines = [{"text": "قال نادر إن الأمر انتهى.", "annotations": [{"annotator": "new@example.org", "labels": answer}]}]
    assert "no annotators “new@example.org”" in refused(database, place, lines)
    assert "no speakers “nadir”" in refused(database, place, lines, new_annotators=True)
    report = bring(database, place.project_id, lines, new_annotators=True, new_speakers=True)
    assert report.annotations == 1
    with database.read() as session:
        assert session.scalar(select(Entry.canonical).where(Entry.key == "nadir")) == "نادر"


def test_lines_must_match_the_text_that_is_there(database: Database, place: Place) -> None:
    text = TEXT.splitlines()[0]
    line = {"document": {"file": "a.txt"}, "start": 0, "end": len(text), "text": text.replace("خطته", "خططه")}
    assert refused(database, place, [line]).startswith("lines.jsonl, line 1")
    half = {"document": {"file": "a.txt"}, "start": 0, "end": 4, "text": text[:4]}
    assert "“a.txt” has no unit 0–4" in refused(database, place, [half])


def test_a_repeated_id_or_sentence_names_the_first(database: Database, place: Place) -> None:
    assert refused(database, place, [{"text": "أ ب."}, {"text": "أ ب."}]) == (
        "lines.jsonl, line 2, text: The same sentence stands in line 1 already."
    )
    assert refused(database, place, [{"id": "x", "text": "أ."}, {"id": "x", "text": "ب."}]) == (
        "lines.jsonl, line 2, id: The id “x” stands in line 1 already."
    )


def test_lines_of_an_unknown_document_make_it(database: Database, place: Place) -> None:
    about = {"file": "n.txt", "sha256": "0" * 64, "outlet": "الفنار", "event": "السد", "language": "ar"}
    lines = [
        {"document": about, "start": 8, "end": 13, "text": "ثانية", "kind": "sentence"},
        {"document": about, "start": 0, "end": 5, "text": "أولى."},
    ]
    bring(database, place.project_id, lines)
    with database.read() as session:
        text, sha256 = session.execute(
            select(Document.text, Document.sha256).where(Document.file == "n.txt")
        ).one()
    assert (text, sha256) == ("أولى.   ثانية", "0" * 64)


def test_near_copies_of_one_event_share_a_group(database: Database, place: Place) -> None:
    one = "أعلنت شركة المرافئ أمس تعليق الملاحة في الميناء القديم ثلاثة أيام.\nولم يصدر تعليق من النقابة."
    two = "أعلنت شركة المرافئ الثلاثاء تعليق الملاحة في الميناء القديم لثلاثة أيام.\nالطقس معتدل في المدينة."
    bring(database, place.project_id, one.encode(), name="1.txt", event="الميناء")
    bring(database, place.project_id, two.encode(), name="2.txt", event="الميناء")
    with database.read() as session:
        rows = session.execute(
            select(Sentence.near_group, Sentence.uid)
            .join(Document, Document.id == Sentence.document_id)
            .where(Document.file.in_(("1.txt", "2.txt")))
            .order_by(Sentence.position)
        ).all()
    groups = [row.near_group for row in rows]
    assert groups[0] is not None
    assert groups == [groups[0], None, groups[0], None]
    assert groups[0] == min(rows[0].uid, rows[2].uid)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"name": "../x.txt"}, "file: The file name “../x.txt” holds the character /"),
        ({"published": "31-01-2026"}, "published: “31-01-2026” is no date"),
        ({"url": "javascript:alert(1)"}, "url: “javascript:alert(1)” is no web address"),
        ({"format": "xml"}, "format: “xml” is none of text, jsonl, label-studio, doccano, prodigy, conll, webanno."),
    ],
)
def test_bad_options_are_refused(database: Database, place: Place, options: dict[str, str], told: str) -> None:
    assert refused(database, place, b"text.", **options).startswith(told)




def counters(session: Session) -> dict[str, object]:
    """How each sentence and each member is counted, and which near-copies belong together."""
    held = Sentence.uid, Sentence.taken, Sentence.open, Sentence.near_group
    told = (Membership.person_id, Membership.submitted, Membership.drafts, Membership.skipped, Membership.flagged,
            Membership.active_ms)  # fmt: skip
    return {
        "sentences": [tuple(row) for row in session.execute(select(*held).order_by(Sentence.id))],
        "members": [tuple(row) for row in session.execute(select(*told).order_by(Membership.person_id))],
        "served": session.scalars(select(Project.served).order_by(Project.id)).all(),
    }


def test_what_an_import_counts_is_what_a_count_of_everything_finds(database: Database, place: Place) -> None:
    def answer(name: str, state: str) -> dict[str, Any]:
        more: dict[str, Any] = {"skip_reason": "wrongly cut"} if state == "skipped" else {"flag": "؟"}
        return {"annotator": f"{name}@example.org", "state": state, "labels": labels(), "active_ms": 1200, **more}

    states = ("submitted", "draft", "skipped")
    lines: list[dict[str, Any]] = [
        {"text": f"وأعلن الوزير أن العمل في السد رقم {n // 2} يبدأ {('اليوم', 'غدا')[n % 2]} بعد المراجعة.",
         "annotations": [answer(name, state) for name, state in zip(("amal", "badr"), pair, strict=False)]}
        for n, pair in enumerate([*((one, two) for one in states for two in states), ("draft",), ()])
    ]  # fmt: skip
    bring(database, place.project_id, lines)
    later = [{**lines[-1], "annotations": [answer("badr", "skipped")]}, {"text": "جملة أخرى جديدة تماما."}]
    bring(database, place.project_id, later)
    with database.write() as session:
        counted = counters(session)
        project = session.get_one(Project, place.project_id)
        everybody = session.scalars(select(Membership.person_id)).all()
        recount(session, project, everybody, sentences=True)
        documents = session.scalars(select(Document.id).where(Document.origin == "lines")).all()
        group_near_copies(session, project, documents)
        session.expire_all()
        assert counters(session) == counted
    amal, badr = (next(row[1:] for row in counted["members"] if row[0] == who.id) for who in (place.amal, place.badr))  # type: ignore[attr-defined]
    assert (amal, badr) == ((3, 4, 3, 7, 12_000), (3, 3, 4, 6, 12_000))
    copies = [row for row in counted["sentences"] if row[3]]  # type: ignore[attr-defined]
    assert len(copies) == len(lines) and {row[3] for row in copies} == {min(row[0] for row in copies)}


def test_a_stored_label_that_the_scheme_lacks_is_found(database: Database, place: Place) -> None:
    answers = [{"annotator": "amal@example.org", "labels": labels()}]
    bring(database, place.project_id, [{"text": "وأعلن الوزير أن العمل يبدأ غدا.", "annotations": answers}])
    with database.write() as session:
        session.execute(update(StatementRow).values(claim_type="zzz"))
        assert [fault.values for fault in check(session)[1]] == [
            {"project": "تجربة", "layer": "claim_type", "label": "zzz"},
            {"id": 1, "what": "statements"},
        ]


def test_counts_that_an_older_import_left_are_found_and_set_right(database: Database, place: Place) -> None:
    answers = [{"annotator": "amal@example.org", "labels": labels(), "active_ms": 61_000}]
    bring(database, place.project_id, [{"text": "وأعلن الوزير أن العمل يبدأ غدا.", "annotations": answers}])
    with database.write() as session:
        assert check(session)[1] == []
        session.execute(update(Membership).where(Membership.person_id == place.amal.id).values(active_ms=0))
        assert [tuple(fault.values.values()) for fault in check(session)[1]] == [
            ("تجربة", 0, "active_ms", "amal@example.org", 61_000)
        ]
        recount_all(session)
        assert check(session)[1] == []
