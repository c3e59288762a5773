"""What a lead may correct in the registry of speakers."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from annotator.actions.due import speakers_due
from annotator.actions.log import write_log
from annotator.errors import Fault, NotFound, Refused, Taken
from annotator.models import Alias, Entry, Project
from annotator.permissions import Actor
from annotator.queries import registry as reading

NAME_LIMIT = 500
ALIASES_LIMIT = 1_000
CHANGEABLE = ("canonical", "en")


def change_entry(session: Session, actor: Actor, project: Project, key: str, wished: Mapping[str, object]) -> Entry:
    """Correct the canonical name or the English name. The old canonical name stays as an alias.

    Raises Taken when another speaker of the project has the name, Refused with the path of each fault.
    """
    names = _names(wished)
    entry = _entry(session, project, key)
    canonical = names.get("canonical", entry.canonical)
    if canonical is None:
        raise Refused("This is missing.", path="canonical")
    if canonical != entry.canonical:
        _demand_free(session, project, entry, canonical, "canonical")
        if entry.scope == "project":
            _drop_alias(entry, canonical)
            _add_alias(entry, project, entry.canonical)
    before = {"canonical": entry.canonical, "en": entry.en}
    entry.canonical, entry.en = canonical, names.get("en", entry.en)
    session.flush()
    after = {"canonical": entry.canonical, "en": entry.en}
    if after != before:
        speakers_due(session, project.id, [entry.id])  # a speaker marked without words counts by its name
        write_log(session, actor, "change speaker", project_id=project.id,
                  content={"id": key, "before": before, **after})  # fmt: skip
    return entry


def add_alias(session: Session, actor: Actor, project: Project, key: str, text: object) -> Entry:
    """One more spelling of a speaker. A spelling that the speaker has already is no fault."""
    name = _name(text, "text")
    if name is None:
        raise Refused("This is missing.", path="text")
    entry = _entry(session, project, key)
    if name == entry.canonical or any(alias.text == name for alias in entry.aliases):
        return entry
    _demand_free(session, project, entry, name, "text")
    if len(entry.aliases) >= ALIASES_LIMIT:
        raise Refused("There are {count}; the limit is {limit}.", count=len(entry.aliases), limit=ALIASES_LIMIT)
    _add_alias(entry, project, name)
    session.flush()
    write_log(session, actor, "add alias", project_id=project.id, content={"id": key, "alias": name})
    return entry


def _entry(session: Session, project: Project, key: str) -> Entry:
    found = session.scalar(
        select(Entry)
        .where(Entry.project_id == project.id, Entry.key == key, Entry.merged_into_id.is_(None))
        .options(selectinload(Entry.aliases))
        .execution_options(populate_existing=True)  # what was just added counts too
    )
    if found is None:
        raise NotFound("The project has no speaker of this id.")
    return found


def _names(wished: Mapping[str, object]) -> dict[str, str | None]:
    if not wished:
        raise Refused("Nothing is to be changed: send {known}.", known=", ".join(CHANGEABLE))
    unknown = [name for name in wished if name not in CHANGEABLE]
    if unknown:
        raise Refused(Fault("This cannot be changed; {known} can.", {"known": ", ".join(CHANGEABLE)}, name[:100])
                      for name in unknown[:20])  # fmt: skip
    return {name: _name(value, name) for name, value in wished.items()}


def _name(value: object, path: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip() or len(value) > NAME_LIMIT:
        raise Refused("“{value}” is not a text of 1 to 500 characters.", path=path, value=str(value)[:100])
    return value.strip()


def _demand_free(session: Session, project: Project, entry: Entry, name: str, path: str) -> None:
    """Unnamed sources belong to their document; all other names are one speaker's in the project."""
    if entry.scope != "project":
        return
    other = reading.spelled(session, project.id, [name]).get(name)
    if other is not None and other.row != entry.id:
        raise Taken("“{value}” is the name of the speaker {id} already.", path=path, value=name[:100], id=other.id)
    taken = session.scalar(
        select(Alias.entry_id).where(Alias.project_id == project.id, Alias.text == name, Alias.entry_id != entry.id)
    )
    if taken is not None:
        raise Taken("“{value}” is the name of a merged speaker already.", path=path, value=name[:100])


def _drop_alias(entry: Entry, name: str) -> None:
    for alias in [alias for alias in entry.aliases if alias.text == name]:
        entry.aliases.remove(alias)


def _add_alias(entry: Entry, project: Project, name: str) -> None:
    if all(alias.text != name for alias in entry.aliases):
        entry.aliases.append(Alias(project_id=project.id, text=name))
