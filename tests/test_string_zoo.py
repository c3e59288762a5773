"""A span after every nasty string: the same code points in the database, the API and both exports, and back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from annotator.actions import corpus
from annotator.actions.importing import ImportOptions, import_file
from annotator.actions.labelling import save
from annotator.db import Database
from annotator.models import Project, Sentence, Span
from annotator.permissions import OPERATOR, Actor
from annotator.queries import labelling, snapshots
from exports import format_named
from exports.verify import verify
from tests.actions.conftest import member

ZOO = {
    "emoji": "🌊", "family": "👨‍👩‍👧‍👦", "tashkeel": "مُحَمَّدٌ", "tatweel": "العـــراق", "zwnj": "می\u200cخواهم",
    "bidi": "\u202bنص\u202c", "presentation": "ﷲﻻ", "markup": "<script>alert(1)</script>", "formula": "=1+1",
    "decomposed": "آ", "quotes": "\"»\\",
}  # fmt: skip
WORD = "بغداد"


@pytest.fixture
def database(ready_url: str) -> Iterator[Database]:
    found = Database(ready_url)
    yield found
    found.close()


def project(database: Database, name: str) -> int:
    with database.write() as session:
        return corpus.add_project(session, OPERATOR, name, None, 2).id


def bring(database: Database, project_id: int, raw: bytes, options: ImportOptions) -> None:
    with database.write() as session:
        import_file(session, OPERATOR, session.get_one(Project, project_id), raw, options)


def written(database: Database, project_id: int, name: str) -> bytes:
    with database.snapshot() as session:
        return b"".join(format_named(name).write(snapshots.take(session, session.get_one(Project, project_id))))


def mark_every_word(database: Database, project_id: int, actor: Actor) -> dict[int, tuple[int, int]]:
    """Mark WORD in each sentence; the offsets by sentence."""
    with database.read() as session:
        texts = session.execute(select(Sentence.id, Sentence.text).where(Sentence.project_id == project_id)).all()
    marked = {}
    for sentence_id, text in texts:
        at = text.index(WORD)
        entity = {"start": at, "end": at + len(WORD), "text": WORD, "label": "GPE"}
        speaker = {"id": "UNCLEAR", "start": at, "end": at + len(WORD), "text": WORD}
        row = {
            "speaker": speaker,
            "attribution": "direct",
            "stance": {"target": None, "value": "none"},
            "claim_type": "fact",
        }
        with database.write() as session:
            save(session, actor, sentence_id, {"labels": {"statements": [row], "entities": [entity]}},
                 base_version=0, key=None)  # fmt: skip
        marked[sentence_id] = (at, at + len(WORD))
    return marked


def test_the_same_code_points_everywhere_and_back(database: Database, tmp_path: Path) -> None:
    text = "\r\n".join(f"{strange} زار {WORD} أمس." for strange in ZOO.values())
    first = project(database, "zoo")
    bring(database, first, text.encode(), ImportOptions(name="zoo.txt"))
    actor = member(database, "amal", "annotator", first)
    marked = mark_every_word(database, first, actor)
    assert len(marked) == len(ZOO)

    with database.read() as session:
        stored = {
            row.sentence_id: (row.start, row.end)
            for row in session.execute(
                select(Sentence.id.label("sentence_id"), Span.start, Span.end)
                .select_from(Span)
                .join_from(Span, snapshots.Annotation)
                .join(Sentence, Sentence.id == snapshots.Annotation.sentence_id)
            )
        }
        told = labelling.own_answers(session, actor.id, list(marked))
    assert stored == marked
    for sentence_id, (start, end) in marked.items():
        (entity,) = told[sentence_id]["labels"]["entities"]
        assert (entity["start"], entity["end"], entity["text"]) == (start, end, WORD)

    lines = written(database, first, "jsonl")
    tasks = json.loads(written(database, first, "label-studio"))
    for line, task in zip(map(json.loads, lines.splitlines()), tasks, strict=True):
        (entity,) = line["annotations"][0]["labels"]["entities"]
        assert line["text"] == task["data"]["text"]
        assert line["text"][entity["start"] : entity["end"]] == WORD
        assert (
            line["text"].encode("utf-16-le")[2 * entity["start_utf16"] : 2 * entity["end_utf16"]].decode("utf-16-le")
            == WORD
        )
        (region,) = [r["value"] for r in task["annotations"][0]["result"] if r["from_name"] == "entities"]
        assert (region["start"], region["end"], region["text"]) == (entity["start"], entity["end"], WORD)

    (tmp_path / "zoo.jsonl").write_bytes(lines)
    assert verify(tmp_path / "zoo.jsonl").faults == ()
    second = project(database, "again")
    bring(database, second, lines, ImportOptions(name="zoo.jsonl", format="jsonl", new_annotators=True))
    assert written(database, second, "jsonl").replace(b'"project":"again"', b'"project":"zoo"') == lines
