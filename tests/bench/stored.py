"""Answers of three annotators to many sentences, put into the tables as they are: saving each would take hours.

Articles of 25 sentences of different words, outlets, events, weeks; nested entities; some answers whose suggestions
were seen, some of a second guideline version, some with a second statement. What two annotators answer differs in
about one of seven.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from annotator.actions import corpus
from annotator.models import (
    Annotation,
    Document,
    Entry,
    Event,
    Outlet,
    Project,
    Sentence,
    Span,
    StatementRow,
    now,
    table_of,
)

PER_ARTICLE = 25
_LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
_KINDS = ("PERS", "OCC", "ORG", "GPE", "LOC", "DATE", "NUM")


def store(session: Session, project_id: int, annotators: list[int], sentences: int) -> None:
    """So many sentences, each answered by every annotator."""
    draw = random.Random(1)
    project = session.get_one(Project, project_id)
    words = ["".join(draw.choices(_LETTERS, k=draw.randint(2, 8))) for _ in range(5000)]
    _documents(session, project, sentences // PER_ARTICLE)
    texts: list[str] = []
    for document in session.scalars(select(Document).where(Document.project_id == project_id).order_by(Document.id)):
        own = [" ".join(draw.choices(words, k=draw.randint(8, 22))) for _ in range(PER_ARTICLE)]
        units = corpus.Units(project, document)
        rows = [units.row(n * 300, n * 300 + len(text), "sentence", text) for n, text in enumerate(own)]
        _put(session, Sentence, iter(rows))
        texts += own
    _put(session, Entry, (
        {"project_id": project_id, "key": f"s{n}", "canonical": f"متحدث {n}", "kind": "person", "scope": "project",
         "created_at": now()} for n in range(2000)
    ))  # fmt: skip
    entries = list(session.scalars(select(Entry.id).where(Entry.project_id == project_id, Entry.key.like("s%"))))
    ids = list(session.scalars(select(Sentence.id).where(Sentence.project_id == project_id).order_by(Sentence.id)))
    rows = list(_answers(draw, project_id, annotators, list(zip(ids, texts, strict=True)), entries))
    for model, n in ((Annotation, 0), (StatementRow, 1), (Span, 2)):
        _put(session, model, (one for row in rows for one in row[n]))


def _documents(session: Session, project: Project, size: int) -> None:
    for model, count in ((Outlet, 5), (Event, max(1, size // 10))):
        for n in range(count):
            session.add(model(project_id=project.id, name=f"{model.__name__} {n}"))
    session.flush()
    outlets = list(session.scalars(select(Outlet.id).where(Outlet.project_id == project.id)))
    events = list(session.scalars(select(Event.id).where(Event.project_id == project.id)))
    _put(session, Document, (
        {"project_id": project.id, "file": f"{d}.txt", "ordinal": d, "text": "", "sha256": "", "text_sha256": "",
         "origin": "text", "language": "ar", "meta": {}, "outlet_id": outlets[d % len(outlets)],
         "event_id": events[d % len(events)], "created_at": now()} for d in range(1, size + 1)
    ))  # fmt: skip


def _put(session: Session, model: Any, rows: Iterator[dict[str, Any]]) -> None:
    while some := list(islice(rows, 50_000)):
        session.connection().execute(insert(table_of(model)), some)


def _answers(
    draw: random.Random, project_id: int, annotators: list[int], sentences: list[tuple[int, str]], entries: list[int]
) -> Iterator[tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]]:
    """Rows of annotation, statement and span of each answer."""
    number = 0
    for n, (sentence, text) in enumerate(sentences):
        month, day = divmod(84 * n // len(sentences), 28)  # twelve weeks; an article is answered within a day
        at = f"2026-{1 + month:02d}-{1 + day:02d}T00:00:00.000000Z"
        common = _statement(draw, text, entries), _marked(draw, text)
        for person in annotators:
            number += 1
            row, spans = common if draw.random() > 0.15 else (_statement(draw, text, entries), _marked(draw, text))
            statements = [{**row, "n": 1}, *([{**_statement(draw, text, entries), "n": 2}] * (draw.random() < 0.1))]
            yield (
                [{"id": number, "sentence_id": sentence, "project_id": project_id, "person_id": person, "version": 1,
                  "state": "submitted", "scheme": "x@1",
                  "guideline": f"guideline@{1 + n * 2 // len(sentences)}",
                  "provenance": {"offered": {"entities": n}} if draw.random() < 0.1 else {},
                  "created_at": at, "updated_at": at}],
                [{**one, "annotation_id": number} for one in statements],
                [{"annotation_id": number, "start": a, "end": b, "label": kind} for (a, b), kind in spans.items()],
            )  # fmt: skip


def _statement(draw: random.Random, text: str, entries: list[int]) -> dict[str, Any]:
    target = draw.choice([None, "other", "strike"])
    marked = draw.random() < 0.7
    return {
        "entry_id": entries[int(2000 * draw.random() ** 2)], "start": 0 if marked else None,
        "end": text.index(" ") if marked else None, "attribution": draw.choice(["direct", "indirect"]),
        "target": target, "stance": draw.choice(["favor", "against"]) if target else "none",
        "claim_type": draw.choice(["fact", "assess", "deny"]),
    }  # fmt: skip


def _marked(draw: random.Random, text: str) -> dict[tuple[int, int], str]:
    """Some entities; one in four has another inside."""
    words = text.split(" ")
    begins = [len(" ".join(words[:n])) + (n > 0) for n in range(len(words))]
    found: dict[tuple[int, int], str] = {}
    for first in sorted(draw.sample(range(len(words) - 2), 2)):
        last = first + draw.randint(0, 2)
        found[begins[first], begins[last] + len(words[last])] = draw.choice(_KINDS)
        if last > first and draw.random() < 0.25:
            found[begins[last], begins[last] + len(words[last])] = draw.choice(_KINDS)
    return found
