"""What a person sees of the own work: the sentences of a speaker, and how the work goes. Nobody else's answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from annotator.models import Annotation, Document, Entry, Sentence, StatementRow

PAGE = 50
LATEST = 500  # answers that the figures are made of
IDLE_MS = 3_600_000  # an answer that took longer tells of no work: its time is an import's or a mistake


def speaker_sentences(
    session: Session, person_id: int | None, project_id: int, key: str, *, before: int | None
) -> tuple[list[dict[str, Any]], int | None]:
    """The sentences that this person gave to a speaker, newest first, a page at a time; the id to go on before."""
    query = (
        select(
            StatementRow.id.label("row_id"), StatementRow.n, StatementRow.attribution, StatementRow.target,
            StatementRow.stance, StatementRow.claim_type, StatementRow.start, StatementRow.end,
            Annotation.state, Annotation.updated_at, Sentence.id, Sentence.text, Document.id.label("document_id"),
            Document.file,
        )
        .join(Annotation, Annotation.id == StatementRow.annotation_id)
        .join(Entry, Entry.id == StatementRow.entry_id)
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .join(Document, Document.id == Sentence.document_id)
        .where(
            Entry.project_id == project_id, Entry.key == key,
            Annotation.person_id == person_id, Annotation.project_id == project_id,
        )
        .order_by(StatementRow.id.desc())
        .limit(PAGE + 1)
    )  # fmt: skip
    if before is not None:
        query = query.where(StatementRow.id < before)
    rows = session.execute(query).all()
    shown = [
        {"id": row.id, "text": row.text, "document": {"id": row.document_id, "file": row.file}, "state": row.state,
         "n": row.n, "start": row.start, "end": row.end, "attribution": row.attribution,
         "stance": {"target": row.target, "value": row.stance}, "claim_type": row.claim_type,
         "updated_at": row.updated_at}
        for row in rows[:PAGE]
    ]  # fmt: skip
    return shown, rows[PAGE - 1].row_id if len(rows) > PAGE else None


def entry_name(session: Session, project_id: int, key: str) -> str | None:
    """The canonical name of a registry entry; null where the project has none of that id."""
    return session.scalar(select(Entry.canonical).where(Entry.project_id == project_id, Entry.key == key))


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle and the outer tenths of a figure over answers; all null for no answers."""

    median: float | None
    tenth: float | None
    ninetieth: float | None


@dataclass(frozen=True, slots=True)
class Statistics:
    """How a person's last answers went. Times in milliseconds of active work, idle time cut off."""

    answers: int
    active_ms: Spread
    events: Spread
    layer_ms: dict[str, Spread]
    suggestions: dict[str, int]
    per_hour: float | None


def statistics(session: Session, person_id: int | None, project_id: int) -> Statistics:
    """Over the person's latest submitted answers of the project, at most `LATEST`."""
    rows = session.execute(
        select(Annotation.active_ms, Annotation.provenance)
        .where(Annotation.person_id == person_id, Annotation.project_id == project_id, Annotation.state == "submitted")
        .order_by(Annotation.updated_at.desc(), Annotation.id.desc())
        .limit(LATEST)
    ).all()
    return summed([(row.active_ms, row.provenance or {}) for row in rows])


def summed(answers: Sequence[tuple[int | None, Mapping[str, Any]]]) -> Statistics:
    """The figures of answers, each its active milliseconds and its provenance, which anybody may have written."""
    times = [time for time, _ in answers if time is not None and 0 < time <= IDLE_MS]
    events = [count for _, told in answers if isinstance(count := told.get("events"), int) and _counts(count)]
    layers: dict[str, list[int]] = {}
    taken: dict[str, int] = {}
    for _, told in answers:
        per_layer, offers = told.get("layer_ms"), told.get("taken")
        for layer, time in per_layer.items() if isinstance(per_layer, dict) else ():
            if _counts(time) and len(layers) < 50:
                layers.setdefault(str(layer)[:50], []).append(time)
        for offer in offers if isinstance(offers, list) else ():
            outcome = offer.get("outcome") if isinstance(offer, dict) else None
            if outcome in OUTCOMES:
                taken[outcome] = taken.get(outcome, 0) + 1
    hours = sum(times) / 3_600_000
    return Statistics(
        len(answers), spread(times), spread(events), {layer: spread(layers[layer]) for layer in sorted(layers)}, taken,
        round(len(times) / hours, 1) if hours else None,
    )  # fmt: skip


#: What became of a suggestion that was taken.
OUTCOMES = ("kept", "relabelled", "resized", "removed")


def _counts(value: object) -> bool:
    return type(value) is int and 0 <= value <= 10**9


def spread(values: Sequence[float]) -> Spread:
    """Median, tenth and ninetieth percentile (nearest rank)."""
    if not values:
        return Spread(None, None, None)
    ordered = sorted(values)
    last = len(ordered) - 1
    return Spread(median(ordered), ordered[round(last * 0.1)], ordered[round(last * 0.9)])
