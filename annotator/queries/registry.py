"""Reading the registry of speakers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, aliased, selectinload

from annotator.models import Alias, Entry, StatementRow
from annotator.prepared import Prepared, driver


@dataclass(frozen=True, slots=True)
class Known:
    """A registry entry as the layers see it, with its row's key."""

    id: str
    canonical: str
    kind: str
    row: int


def entries(session: Session, project_id: int) -> list[Entry]:
    """The live entries with their aliases, in order of their making."""
    return list(
        session.scalars(
            select(Entry)
            .where(Entry.project_id == project_id, Entry.merged_into_id.is_(None))
            .options(selectinload(Entry.aliases))
            .order_by(Entry.id)
        )
    )


def fingerprint(session: Session, project_id: int) -> str:
    """Changes whenever an entry or alias is added or merged: the ETag of the registry."""
    made = session.execute(
        select(func.count(), func.max(Entry.id), func.count(Entry.merged_into_id)).where(
            Entry.project_id == project_id
        )
    ).one()
    spelled = session.execute(
        select(func.count(), func.max(Alias.id)).where(Alias.project_id == project_id)
    ).one()
    return "-".join(str(number or 0) for number in (*made, *spelled))


_INTO = aliased(Entry)
_KNOWN = Prepared(
    select(
        func.coalesce(_INTO.id, Entry.id).label("id"), func.coalesce(_INTO.key, Entry.key).label("key"),
        func.coalesce(_INTO.canonical, Entry.canonical).label("canonical"),
        func.coalesce(_INTO.kind, Entry.kind).label("kind"),
    )
    .select_from(Entry)
    .outerjoin(_INTO, _INTO.id == Entry.merged_into_id)
    .where(Entry.project_id == bindparam("project"), Entry.key == bindparam("key"))
)  # fmt: skip


def known(session: Session, project_id: int, keys: Iterable[str]) -> dict[str, Known]:
    """The entries of these ids, by the id asked for; a merged one is the one that it went into. No unknown ones."""
    found = {}
    for key in keys:
        row = _KNOWN.one(driver(session), {"project": project_id, "key": key})
        if row is not None:
            found[key] = Known(row.key, row.canonical, row.kind, row.id)
    return found


def spelled(session: Session, project_id: int, spellings: Collection[str]) -> dict[str, Known]:
    """The entry behind each of these spellings: a canonical name first, an alias else."""
    if not spellings:
        return {}
    columns = (Entry.id, Entry.key, Entry.canonical, Entry.kind)
    live = (Entry.project_id == project_id, Entry.merged_into_id.is_(None))
    by_alias = session.execute(
        select(Alias.text, *columns).join(Alias.entry).where(*live, Alias.text.in_(spellings))
    )
    found = {row.text: Known(row.key, row.canonical, row.kind, row.id) for row in by_alias}
    by_name = session.execute(
        select(*columns).where(*live, Entry.canonical.in_(spellings)).order_by(Entry.id.desc())
    )
    found.update({row.canonical: Known(row.key, row.canonical, row.kind, row.id) for row in by_name})
    return found


def spellings_of(session: Session, project_id: int, key: str) -> list[str]:
    """The canonical names and aliases of the entry of this id, and of the one that it went into."""
    own = select(Entry.id, Entry.merged_into_id).where(Entry.project_id == project_id, Entry.key == key)
    rows = [row_id for pair in session.execute(own) for row_id in pair if row_id is not None]
    names = session.scalars(select(Entry.canonical).where(Entry.id.in_(rows)).order_by(Entry.id)).all()
    return [*names, *session.scalars(select(Alias.text).where(Alias.entry_id.in_(rows)).order_by(Alias.id))]


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry as a lead sees it: how many statements name it, and which entries went into it."""

    key: str
    canonical: str
    en: str | None
    kind: str
    scope: str
    aliases: tuple[str, ...]
    statements: int
    merged: tuple[tuple[str, str], ...]  # (id, canonical)


def listed(session: Session, project_id: int) -> list[Listed]:
    """The live entries, the most used first."""
    uses = dict(
        session.execute(
            select(StatementRow.entry_id, func.count())
            .join(Entry, Entry.id == StatementRow.entry_id)
            .where(Entry.project_id == project_id)
            .group_by(StatementRow.entry_id)
        ).all()
    )
    merged: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for key, canonical, into in session.execute(
        select(Entry.key, Entry.canonical, Entry.merged_into_id)
        .where(Entry.project_id == project_id, Entry.merged_into_id.is_not(None))
        .order_by(Entry.id)
    ):
        assert into is not None  # the query says so
        merged[into].append((key, canonical))
    found = [
        Listed(entry.key, entry.canonical, entry.en, entry.kind, entry.scope,
               tuple(alias.text for alias in entry.aliases), uses.get(entry.id, 0), tuple(merged[entry.id]))
        for entry in entries(session, project_id)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.statements, one.canonical))
