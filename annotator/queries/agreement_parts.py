"""What the pages of agreement break a layer down into: slices of its sums, documents, the names of its choices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from annotator.agreement import summing
from annotator.agreement.clusters import GROUPS
from annotator.agreement.numbering import Names
from annotator.agreement.report import names_under
from annotator.agreement.selection import Selection, rows_of
from annotator.agreement.summing import Groups, Place
from annotator.agreement.sums import SIZE, Parts
from annotator.agreement.tallies import LABELLED
from annotator.models import Document, Event, Guideline, Outlet, Sentence, TallySum
from annotator.queries import agreement, tallies
from annotator.queries.counted import week
from annotator.queries.counting import Tally

Grouped = dict[tuple[str, str], Groups]


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the project under a name, as filters take it, and its sum as far as one layer needs it."""

    key: str
    name: str
    parts: Parts


def slices(session: Session, project_id: int, scope: str, layer: str, *, copies: bool) -> list[Slice]:
    """The sum of each outlet, event, guideline version … that has shared sentences, by key."""
    wanted = [layer, f"{layer} pairs", SIZE]
    rows = session.execute(
        select(TallySum.key, TallySum.part, TallySum.content)
        .where(TallySum.project_id == project_id, TallySum.scope == scope,
               TallySum.part.in_([*wanted, *(tallies.COPIES + part for part in wanted)]))
        .order_by(TallySum.key, TallySum.part)
    )  # fmt: skip
    found: dict[str, Parts] = {}
    for key, part, content in rows:
        if copies or not part.startswith(tallies.COPIES):
            tallies.take_part(found.setdefault(key, {}), part, content)
    names = _names(session, project_id, scope)
    return [Slice(key, names.get(key, key), parts) for key, parts in found.items() if SIZE in parts]


def grouped(session: Session, project_id: int, layer: str, *, copies: bool) -> Grouped:
    """(Scope, key) of each slice → its articles in at most `GROUPS` groups, as far as the layer needs.

    Articles take turns in the order of their ids. Reads the tallies of the whole project.
    """
    names = Names()
    places: dict[int, Place] = {}

    def noted() -> Iterator[tuple[int, Tally]]:
        for one, tally in tallies.stored_documents(session, project_id):
            places[one] = tally.outlet, tally.event
            yield one, tally

    found = chain.from_iterable(tallies.votes_of(noted(), names, [layer] if layer in LABELLED else []))
    return summing.grouped(found, places, names, names_under(layer), copies, GROUPS)


def _names(session: Session, project_id: int, scope: str) -> dict[str, str]:
    if scope not in ("outlet", "event"):
        return {}
    table = Outlet if scope == "outlet" else Event
    rows = session.execute(select(table.id, table.name).where(table.project_id == project_id))
    return {str(row_id): name for row_id, name in rows}


def documents(
    session: Session, project_id: int, selection: Selection, *, after: int = 0, limit: int = 100
) -> tuple[list[tuple[int, Slice]], int | None]:
    """A page of documents by id, each with its sum, and the id to go on after; empty sums are left out."""
    found: list[tuple[int, Parts]] = []
    stored = agreement.stored_tallies(session, project_id, selection, after=after)
    while len(found) <= limit and (some := list(islice(stored, limit + 1))):
        names = Names()
        rows, units = rows_of(tallies.votes_of(some, names), selection, names)
        found += zip(units, rows.by_home(len(units)), strict=True)
    page = found[:limit]
    ids = [row for row, _ in page]
    files = dict(session.execute(select(Document.id, Document.file).where(Document.id.in_(ids))).all())
    more = page[-1][0] if len(found) > limit else None
    return [(row, Slice(files.get(row, ""), files.get(row, ""), parts)) for row, parts in page], more


def choices(session: Session, project_id: int) -> dict[str, list[str]]:
    """What each filter may be set to: names that have shared sentences. Events and outlets by name."""
    found = {}
    for scope in ("outlet", "event"):
        names = _names(session, project_id, scope)
        found[scope] = sorted(names[key] for key in tallies.sum_keys(session, project_id, scope) if key in names)
    for scope in ("guideline", "week", "seen"):
        found[scope] = tallies.sum_keys(session, project_id, scope)
    return found


def guideline_weeks(session: Session, project_id: int) -> list[tuple[str, str]]:
    """(Week, version) in which each version of the guideline came into force, from the second on."""
    first: dict[int, str] = {}
    for version, at in session.execute(
        select(Guideline.version, Guideline.created_at)
        .where(Guideline.project_id == project_id)
        .order_by(Guideline.version, Guideline.id)
    ):
        first.setdefault(version, at)
    return [(week(at), f"guideline@{version}") for version, at in first.items() if version > 1]


def starts(session: Session, sentence_ids: list[int]) -> dict[int, int]:
    """Where sentences begin in their documents."""
    return dict(session.execute(select(Sentence.id, Sentence.start).where(Sentence.id.in_(sentence_ids))).all())
