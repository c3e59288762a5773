"""Whose answers count, under which speaker, and what an answer says of how it was given."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from functools import cache

import orjson
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from annotator.models import Entry, Membership, Sentence
from annotator.permissions import VERBS

_FIRST_COPIES = (
    select(Sentence.near_group, func.min(Sentence.id))
    .where(Sentence.project_id == bindparam("project"),
           Sentence.near_group.in_(bindparam("groups", expanding=True)))
    .group_by(Sentence.near_group)
)  # fmt: skip


def left_out(session: Session, project_id: int) -> set[int]:
    """Whose answers do not count: members whose role does not label. Those who left count: their work stays, as in
    exports."""
    return set(
        session.scalars(
            select(Membership.person_id).where(
                Membership.project_id == project_id, Membership.role.not_in(sorted(VERBS["label"]))
            )
        )
    )


class Speakers:
    """The registry of a project as the tallies read it: entry → (id of the one it was merged into, own name)."""

    def __init__(self, session: Session, project_id: int) -> None:
        rows = session.execute(
            select(Entry.id, Entry.key, Entry.canonical, Entry.merged_into_id).where(Entry.project_id == project_id)
        ).all()
        into = {row.id: row.merged_into_id for row in rows if row.merged_into_id is not None}
        keys = {row.id: row.key for row in rows}
        self.named: dict[int, tuple[str, str]] = {
            row.id: (keys[_end(row.id, into)], row.canonical) for row in rows
        }


def _end(entry: int, into: Mapping[int, int]) -> int:
    """Where a chain of merges ends; a circle ends where it is entered."""
    seen = {entry}
    while entry in into and into[entry] not in seen:
        entry = into[entry]
        seen.add(entry)
    return entry


def first_copies(session: Session, project_id: int, groups: Collection[str]) -> dict[str, int]:
    """The first sentence of each group of near-copies."""
    names = sorted(groups)
    found: dict[str, int] = {}
    for at in range(0, len(names), 500):
        given = {"project": project_id, "groups": names[at : at + 500]}
        found.update((str(group), first) for group, first in session.connection().execute(_FIRST_COPIES, given))
    return found


def shown(provenance: str | None) -> tuple[bool, bool]:
    """(Suggestions were shown, the outlet was hidden) as the answer's own account of itself says."""
    if provenance is None or ("offered" not in provenance and "outlet_hidden" not in provenance):
        return False, False
    told = orjson.loads(provenance)
    offered = told.get("offered") if isinstance(told, dict) else None
    seen = any(offered.values()) if isinstance(offered, dict) else bool(offered)
    return seen, isinstance(told, dict) and told.get("outlet_hidden") is True


@cache
def _week_of_day(day: str) -> str:
    try:
        year, week, _ = date.fromisoformat(day).isocalendar()
    except ValueError:
        return ""
    return f"{year}-W{week:02d}"


def week(moment: str) -> str:
    """The ISO week of a moment, as 2026-W05; empty when it is none."""
    return _week_of_day(moment[:10])
