"""The speakers of imported answers: found in the registry by id or by name, or added on demand."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from annotator.actions import registry
from annotator.actions.importing import ImportOptions
from annotator.actions.importing_turns import Turns
from annotator.errors import Refused
from annotator.layers.answer import ARTICLE, UNCLEAR
from annotator.layers.scheme import Scheme
from annotator.models import Project
from annotator.permissions import Actor
from annotator.queries import registry as reading
from annotator.text.arabic import fold
from exports.lines import ReadLine

_TEXT = (str, type(None))


class _Place(NamedTuple):
    line: ReadLine
    annotation: int
    statement: int

    def refused(self, refusal: Refused, file: str, field: str = "") -> Refused:
        path = f"annotations[{self.annotation}].labels.statements[{self.statement}].speaker"
        return refusal.at(path=field).at(file=file, line=self.line.line_number, path=path)


@dataclass(slots=True)
class _Resolving:
    """What the registry knows of the speakers of a file, and what is to be added to it."""

    session: Session
    project_id: int
    file: str
    ids: dict[str, reading.Known]
    names: dict[str, reading.Known]
    new: dict[str, registry.NewEntry] = field(default_factory=dict)
    same: set[tuple[str, str]] = field(default_factory=set)  # (id, name) of which it is known that they go together

    def check_name(self, place: _Place, key: str, name: str, kind: str | None) -> None:
        """An id may stand for somebody else where the file comes from: the name beside it tells."""
        entry = self.ids[key] if key in self.ids else self.new[key]
        if name == entry.canonical or (key, name) in self.same:
            return
        names = reading.spellings_of(self.session, self.project_id, key) if key in self.ids else []
        reserved = key in (ARTICLE, UNCLEAR) and kind == entry.kind  # whatever a scheme calls them
        if not reserved and fold(name.strip()) not in {fold(one.strip()) for one in (*names, entry.canonical)}:
            raise place.refused(Refused(
                "The speaker id “{value}” stands for “{canonical}” here, but for “{name}” in the file. Give one of "
                "them another id, or add the name to the aliases here.",
                value=key, canonical=entry.canonical, name=name[:60],
            ), self.file, "id")  # fmt: skip
        self.same.add((key, name))


def resolve_speakers(
    turns: Turns,
    actor: Actor,
    project: Project,
    lines: Sequence[ReadLine],
    options: ImportOptions,
    scheme: Scheme,
) -> None:
    """Give every speaker of the lines the id of its registry entry, making those that are new."""
    session = turns.session
    named = [speaker for _, speaker in _raw_speakers(lines, options.name)]
    resolving = _Resolving(
        session, project.id, options.name,
        reading.known(session, project.id, {s["id"] for s in named if s.get("id") is not None}),
        reading.spelled(session, project.id,
                        {s["canonical"] for s in named if s.get("id") is None and s.get("canonical") is not None}),
    )  # fmt: skip
    unknown: dict[str, _Place] = {}
    for place, speaker in _raw_speakers(lines, options.name):
        key = _key(resolving, speaker)
        if key is None:
            continue
        canonical = speaker.get("canonical")
        if key not in resolving.ids and key not in resolving.new:
            if not options.new_speakers:
                unknown.setdefault(key, place)
                continue
            wished = {"id": key, "canonical": canonical, "kind": speaker.get("kind")}
            try:
                resolving.new[key] = registry.parse_new_entry(wished, scheme)
            except Refused as refusal:
                raise place.refused(refusal, options.name) from None
        elif canonical is not None:
            resolving.check_name(place, key, canonical, speaker.get("kind"))
    if unknown:
        lacking = Refused(
            "The project has no speakers {value}. Add them to its scheme, or have them added by the import.",
            remedy="new_speakers", value=", ".join(f"“{key}”" for key in sorted(unknown)[:20]),
        )
        raise next(iter(unknown.values())).refused(lacking, options.name)
    if resolving.new:
        with turns.turn() as session:
            _add(session, actor, resolving, named)


def _raw_speakers(lines: Sequence[ReadLine], file: str) -> Iterator[tuple[_Place, dict[str, Any]]]:
    for line in lines:
        for n, annotation in enumerate(line.annotations):
            statements = annotation.labels.get("statements")
            for m, statement in enumerate(statements if isinstance(statements, list) else []):
                speaker = statement.get("speaker") if isinstance(statement, dict) else None
                if isinstance(speaker, dict):
                    place = _Place(line, n, m)
                    for name in ("id", "canonical", "kind"):
                        if not isinstance(speaker.get(name), _TEXT):
                            raise place.refused(Refused("“{value}” is not a text.", value=str(speaker[name])[:60]),
                                                file, name)  # fmt: skip
                    yield place, speaker


def _key(resolving: _Resolving, speaker: dict[str, Any]) -> str | None:
    """The id of a speaker, found or made where the file gives only a name; null where it gives neither."""
    key, canonical = speaker.get("id"), speaker.get("canonical")
    if key is None and canonical is not None:
        known = resolving.names.get(canonical)
        made = "s-" + hashlib.sha256(canonical.encode()).hexdigest()[:12]
        key = speaker["id"] = made if known is None else known.id
        if known is not None:
            resolving.ids.setdefault(key, known)
            resolving.same.add((key, canonical))
    return key


def _add(session: Session, actor: Actor, resolving: _Resolving, named: Sequence[dict[str, Any]]) -> None:
    for key, entry in resolving.new.items():
        stands_for = registry.add_entries(session, actor, resolving.project_id, [entry], document_id=None)
        if stands_for[key] != key:
            for speaker in named:
                if speaker.get("id") == key:
                    speaker["id"] = stands_for[key]
