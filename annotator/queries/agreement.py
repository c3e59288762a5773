"""What a report of agreement is made of: which sentences it counts, their sums, the articles behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from annotator.agreement.numbering import Names
from annotator.agreement.rows import Rows
from annotator.agreement.selection import Selection, rows_of
from annotator.agreement.sums import SIZE, Parts
from annotator.agreement.tallies import LABELLED, MIXED
from annotator.errors import Refused
from annotator.models import Annotation, Document, Event, Outlet, Person, Project, TallyInterval
from annotator.models import now as now
from annotator.queries import counting, tallies
from annotator.queries.counting import Tally

#: What a report can be broken down by: each has its sums.
SCOPES = ("outlet", "event", "guideline", "week", "seen", "hidden")


@dataclass(frozen=True, slots=True)
class Interval:
    """Intervals of a selection, how they were made, and the version of the tallies that they belong to."""

    version: int
    computed_at: str
    method: str  # articles or sentences
    units: int
    way: str  # jackknife: each unit left out in turn; bootstrap: drawn
    draws: int
    seed: int
    bounds: Mapping[str, Mapping[str, tuple[float, float]]]


def selection_of(session: Session, project_id: int, given: Mapping[str, str | Sequence[str]]) -> Selection:
    """A selection from what people type: names of outlet and event, file of a document, addresses in `without`.

    Raises Refused for what the project does not have.
    """
    named = {name: value for name, value in given.items() if value}
    _refuse_unknown(named)
    return Selection(
        outlet=_id(session, project_id, Outlet.id, Outlet.project_id, Outlet.name, named, "outlet"),
        event=_id(session, project_id, Event.id, Event.project_id, Event.name, named, "event"),
        document=_id(session, project_id, Document.id, Document.project_id, Document.file, named, "document"),
        guideline=_guideline(session, project_id, _one(named, "guideline")), week=_week(_one(named, "week")),
        seen=_flag(named, "seen"), hidden=_flag(named, "hidden"),
        without=frozenset(_person(session, email) for email in _list(named.get("without", ())) if email),
        copies=_copies(named),
    )  # fmt: skip


def _guideline(session: Session, project_id: int, name: str | None) -> str | None:
    if name in (None, MIXED):
        return name
    of_project = (Annotation.project_id == project_id, Annotation.guideline == name)
    last = session.scalar(select(Project.guideline).where(Project.id == project_id)) or 0
    ours = {f"guideline@{n + 1}" for n in range(last)}
    if name not in ours and not session.scalar(select(exists().where(*of_project))):
        raise Refused("The project has no “{value}”.", path="guideline", value=str(name)[:100])
    return name


def _week(name: str | None) -> str | None:
    if name is not None:
        try:
            year, _, week = name.partition("-W")
            if f"{date.fromisocalendar(int(year), int(week), 1):%G-W%V}" != name:
                raise ValueError
        except ValueError:
            raise Refused("“{value}” is no week: write it as 2026-W05.", path="week", value=name[:60]) from None
    return name


def _refuse_unknown(given: Mapping[str, object]) -> None:
    known = (*SCOPES, "document", "without", "copies")
    for name in given:
        if name not in known:
            raise Refused("“{value}” is none of {known}.", path=name, value=name, known=", ".join(known))


def _list(value: str | Sequence[str]) -> Sequence[str]:
    return [value] if isinstance(value, str) else value


def _one(given: Mapping[str, str | Sequence[str]], name: str) -> str | None:
    values = _list(given.get(name, ()))
    return (values[0] or None) if values else None


def _id(
    session: Session, project_id: int, column: Any, project: Any, name: Any,
    given: Mapping[str, str | Sequence[str]], path: str,
) -> int | None:  # fmt: skip
    wanted = _one(given, path)
    if wanted is None:
        return None
    found = session.scalar(select(column).where(project == project_id, name == wanted))
    if found is None:
        raise Refused("The project has no “{value}”.", path=path, value=wanted)
    return int(found)


def _person(session: Session, email: str) -> int:
    found = session.scalar(select(Person.id).where(Person.email == email.casefold()))
    if found is None:
        raise Refused("The project has no “{value}”.", path="without", value=email)
    return found


def _flag(given: Mapping[str, str | Sequence[str]], name: str) -> bool | None:
    value = _one(given, name)
    if value not in (None, "0", "1"):
        raise Refused("“{value}” is none of {known}.", path=name, value=value, known="0, 1")
    return None if value is None else value == "1"


def _copies(given: Mapping[str, str | Sequence[str]]) -> str:
    value = _one(given, "copies") or "all"
    if value not in ("all", "once"):
        raise Refused("“{value}” is none of {known}.", path="copies", value=value, known="all, once")
    return value


def told(session: Session, selection: Selection) -> dict[str, Any]:
    """A selection as `selection_of` takes it; what is not set is left out, but for `copies`."""
    found: dict[str, Any] = {"copies": selection.copies}
    for name, column, row_id in (
        ("outlet", Outlet.name, selection.outlet), ("event", Event.name, selection.event),
        ("document", Document.file, selection.document),
    ):  # fmt: skip
        if row_id is not None:
            found[name] = session.scalar(select(column).where(column.class_.id == row_id))
    found |= {name: value for name in ("guideline", "week") if (value := getattr(selection, name)) is not None}
    found |= {name: str(int(value)) for name in ("seen", "hidden") if (value := getattr(selection, name)) is not None}
    if selection.without:
        found["without"] = sorted(session.scalars(select(Person.email).where(Person.id.in_(selection.without))))
    return found


def gather(session: Session, project_id: int, selection: Selection, *, confused: bool = False) -> Parts:
    """The sum of what a selection takes: a stored one where there is one, else added up from the documents. With
    `confused`, what was confused in open layers."""
    scope = selection.scope()
    if scope is None:
        rows, _ = document_rows(session, project_id, selection, confused=confused)
        return rows.whole()
    copies = selection.copies == "all"
    return tallies.stored_sum(session, project_id, *scope, copies=copies, confused=confused)


def document_rows(
    session: Session, project_id: int, selection: Selection, layers: Sequence[str] = LABELLED, *,
    confused: bool = False,
) -> tuple[Rows, list[int]]:  # fmt: skip
    """What a selection takes, a home for each document of which it takes something; these, in the order of their ids.

    Of the layers of one label those named.
    """
    names = Names()
    found = tallies.votes_of(stored_tallies(session, project_id, selection), names, layers)
    return rows_of(found, selection, names, confused=confused)


def stored_tallies(
    session: Session, project_id: int, selection: Selection, *, after: int = 0
) -> Iterator[tuple[int, Tally]]:
    """The tallies of the documents that a selection may take something of, in the order of their ids."""
    only = None if selection.document is None else [selection.document]
    for document_id, tally in tallies.stored_documents(session, project_id, only, after=after):
        if selection.outlet in (None, tally.outlet) and selection.event in (None, tally.event):
            yield document_id, tally


def sentence_rows(session: Session, project_id: int, selection: Selection, document_id: int) -> tuple[Rows, list[int]]:
    """The same by sentence, of one document, from the answers of now: some of them may not be folded yet."""
    counted = counting.sentence_votes(session, project_id, document_id)
    return rows_of([counted], selection, counted[0].names if counted else Names())


def emails(session: Session, parts: Parts) -> dict[int, str]:
    """The addresses of the annotators of a sum, by id."""
    ids = [int(person) for person in parts.get(SIZE, {}).get("who", {})]
    return dict(session.execute(select(Person.id, Person.email).where(Person.id.in_(ids))).all())


def kept_interval(session: Session, project_id: int, selection: Selection) -> Interval | None:
    """The intervals of a selection that were computed last, and as they are computed today."""
    row = session.execute(
        select(TallyInterval.version, TallyInterval.computed_at, TallyInterval.content).where(
            TallyInterval.project_id == project_id, TallyInterval.selection == selection.key()
        )
    ).one_or_none()
    if row is None:
        return None
    content = orjson.loads(row.content)
    return Interval(row.version, row.computed_at, **content) if "way" in content else None
