"""Adding to the registry of speakers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from annotator.errors import Fault, Refused
from annotator.layers.scheme import Scheme, SpeakerEntry
from annotator.models import Alias, Entry
from annotator.permissions import Actor
from annotator.queries import registry as reading

_KEY = re.compile(r"[A-Za-z0-9_.:-]{1,80}\Z")


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry as somebody wishes it; `key` is the id that the wisher's labels use."""

    key: str
    canonical: str
    kind: str
    en: str | None = None
    scope: str = "project"
    aliases: tuple[str, ...] = ()


def parse_new_entries(payload: object, scheme: Scheme) -> list[NewEntry]:
    """The `speakers` of a save. Raises Refused with the path of each fault."""
    if payload is None:
        return []
    if not isinstance(payload, list):
        raise Refused("“{value}” is not a list.", path="speakers", value=payload)
    return [parse_new_entry(entry, scheme, f"speakers[{n}]") for n, entry in enumerate(payload)]


def parse_new_entry(payload: object, scheme: Scheme, path: str = "") -> NewEntry:
    """One entry as somebody wishes it. Raises Refused with the path of each fault."""
    try:
        return _parse_entry(payload, scheme)
    except Refused as refusal:
        raise refusal.at(path=path) from None


def _parse_entry(payload: object, scheme: Scheme) -> NewEntry:
    if not isinstance(payload, dict):
        raise Refused("“{value}” is not an object.", value=payload)
    faults = []
    texts: dict[str, str | None] = {}
    for name in ("id", "canonical", "kind", "en", "scope"):
        value = payload.get(name)
        if value is not None and (not isinstance(value, str) or not value.strip() or len(value) > 500):
            faults.append(Fault("“{value}” is not a text of 1 to 500 characters.", {"value": value}, name))
        elif value is None and name in ("id", "canonical", "kind"):
            faults.append(Fault("This is missing.", {}, name))
        texts[name] = value.strip() if isinstance(value, str) else None
    kinds = [kind.id for kind in scheme.speaker_kinds if kind.id not in ("article", "unclear")]
    if texts["kind"] and texts["kind"] not in kinds:
        faults.append(Fault("“{value}” is none of {known}.",
                            {"value": texts["kind"], "known": ", ".join(kinds)}, "kind"))  # fmt: skip
    if texts["id"] and not _KEY.match(texts["id"]):
        faults.append(Fault("“{value}” is not an id: up to 80 Latin letters, digits, and _ . : -",
                            {"value": texts["id"]}, "id"))  # fmt: skip
    if texts["scope"] not in (None, "project", "document"):
        faults.append(Fault("“{value}” is none of {known}.",
                            {"value": texts["scope"], "known": "project, document"}, "scope"))  # fmt: skip
    aliases = payload.get("aliases")
    aliases = [] if aliases is None else aliases
    if not isinstance(aliases, list) or not all(isinstance(a, str) and a.strip() and len(a) <= 500 for a in aliases):
        faults.append(Fault("“{value}” is not a list of names.", {"value": aliases}, "aliases"))
        aliases = []
    if faults:
        raise Refused(faults)
    scope = texts["scope"] or ("document" if texts["kind"] == "unnamed" else "project")
    return NewEntry(
        str(texts["id"]), str(texts["canonical"]), str(texts["kind"]), texts["en"], scope,
        tuple(alias.strip() for alias in aliases),
    )  # fmt: skip


def add_entries(
    session: Session, actor: Actor, project_id: int, wished: Sequence[NewEntry], *, document_id: int | None
) -> dict[str, str]:
    """Add what is new; gives, for each wished id, the id of the entry that stands for it now.

    A name that the project already has is that entry: two annotators who add the same speaker at
    the same time do not make two. Unnamed sources belong to their document, so there it is not so.
    """
    stands_for: dict[str, str] = {}
    ids = reading.known(session, project_id, [entry.key for entry in wished])
    names = reading.spelled(
        session, project_id, [entry.canonical for entry in wished if entry.scope == "project"]
    )
    for entry in wished:
        if entry.key in ids:
            if ids[entry.key].canonical != entry.canonical:
                raise Refused("The speaker id “{value}” belongs to “{canonical}” already.",
                              path="speakers", value=entry.key, canonical=ids[entry.key].canonical)  # fmt: skip
            stands_for[entry.key] = entry.key
        elif entry.scope == "project" and entry.canonical in names:
            stands_for[entry.key] = names[entry.canonical].id
        else:
            row = _add(session, actor, project_id, entry, document_id)
            ids[entry.key] = reading.Known(entry.key, entry.canonical, entry.kind, row)
            if entry.scope == "project":
                names[entry.canonical] = ids[entry.key]
            stands_for[entry.key] = entry.key
    return stands_for


def _add(session: Session, actor: Actor, project_id: int, entry: NewEntry, document_id: int | None) -> int:
    row = Entry(
        project_id=project_id, key=entry.key, canonical=entry.canonical, en=entry.en, kind=entry.kind,
        scope=entry.scope, document_id=document_id if entry.scope == "document" else None,
        created_by_id=actor.id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _add_aliases(session, project_id, row.id, entry.aliases)
    return row.id


def _add_aliases(session: Session, project_id: int, entry_id: int, aliases: Iterable[str]) -> None:
    wanted = list(dict.fromkeys(aliases))
    if not wanted:
        return
    taken = set(
        session.scalars(select(Alias.text).where(Alias.project_id == project_id, Alias.text.in_(wanted)))
    )
    fresh = [alias for alias in wanted if alias not in taken]
    if fresh:
        session.execute(
            insert(Alias), [{"project_id": project_id, "entry_id": entry_id, "text": alias} for alias in fresh]
        )


def take_scheme_speakers(session: Session, actor: Actor, project_id: int, speakers: Iterable[SpeakerEntry]) -> None:
    """Make the scheme's speakers entries of the registry; what is there already gains the new aliases."""
    listed = list(speakers)
    there = reading.known(session, project_id, [speaker.id for speaker in listed])
    for speaker in listed:
        if speaker.id in there:
            _add_aliases(session, project_id, there[speaker.id].row, speaker.aliases)
            continue
        row = Entry(
            project_id=project_id, key=speaker.id, canonical=speaker.canonical, en=speaker.en,
            kind=speaker.kind, scope=speaker.scope, wikidata=speaker.wikidata, created_by_id=actor.id,
        )  # fmt: skip
        session.add(row)
        session.flush()
        _add_aliases(session, project_id, row.id, speaker.aliases)


