"""Reading the registry of speakers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from annotator.layers import speaker_ids
from annotator.models import Alias, Entry, StatementRow
from annotator.prepared import Prepared, driver

_AT_ONCE = 500
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Known:
    """A registry entry as the layers see it, with its row's key."""

    id: str
    canonical: str
    kind: str
    row: int


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A live entry with its aliases in the order of their making."""

    id: int
    key: str
    canonical: str
    en: str | None
    kind: str
    scope: str
    document_id: int | None
    aliases: list[str]


def entries(session: Session, project_id: int, *, after: int = 0, limit: int | None = None) -> list[EntryRow]:
    """The live entries with an id above `after`, in the order of their making. By columns: a project has thousands."""
    return _rows(session, (Entry.project_id == project_id) & (Entry.id > after), limit)


def entry(session: Session, project_id: int, key: str) -> EntryRow | None:
    """A live entry by its id in files."""
    found = _rows(session, (Entry.project_id == project_id) & (Entry.key == key), 1)
    return found[0] if found else None


def _rows(session: Session, among: ColumnElement[bool], limit: int | None) -> list[EntryRow]:
    found = session.execute(
        select(Entry.id, Entry.key, Entry.canonical, Entry.en, Entry.kind, Entry.scope, Entry.document_id)
        .where(among, Entry.merged_into_id.is_(None))
        .order_by(Entry.id)
        .limit(limit)
    ).all()
    rows = {row.id: EntryRow(*row, aliases=[]) for row in found}
    if found:
        spelled = select(Alias.entry_id, Alias.text).join(Entry, Entry.id == Alias.entry_id)
        within = Entry.id.between(found[0].id, found[-1].id) & Entry.merged_into_id.is_(None)
        for of, text in session.execute(spelled.where(among, within).order_by(Alias.id)):
            rows[of].aliases.append(text)
    return list(rows.values())


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


def named_anew(session: Session, project_id: int, decided: Mapping[K, Any]) -> dict[K, Any]:
    """Labels of decisions with the speakers that their ids stand for now: merges and new names reach them too."""
    names = known(session, project_id, {key for labels in decided.values() for key in speaker_ids(labels)})
    return {key: {**labels, "statements": [_named_anew(row, names) for row in labels["statements"]]}
            for key, labels in decided.items()}  # fmt: skip


def _named_anew(row: dict[str, Any], names: Mapping[str, Known]) -> dict[str, Any]:
    speaker = row.get("speaker") or {}
    entry = names.get(speaker.get("id", ""))
    if entry is None:
        return row
    return {**row, "speaker": {**speaker, "id": entry.id, "canonical": entry.canonical, "kind": entry.kind}}


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
               tuple(entry.aliases), uses.get(entry.id, 0), tuple(merged[entry.id]))
        for entry in entries(session, project_id)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.statements, one.canonical))


def speaker_names(session: Session, project_id: int, keys: Iterable[str]) -> dict[str, str]:
    """Key of a registry entry → its canonical name."""
    wanted = sorted(set(keys))
    found: dict[str, str] = {}
    for at in range(0, len(wanted), _AT_ONCE):
        query = select(Entry.key, Entry.canonical).where(
            Entry.project_id == project_id, Entry.key.in_(wanted[at : at + _AT_ONCE])
        )
        found.update(session.execute(query).all())
    return found
