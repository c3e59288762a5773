"""The speakers of imported answers: found in the registry by id or by name, or added on demand."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy.orm import Session

from annotator.actions import registry
from annotator.actions.importing import ImportOptions
from annotator.errors import Refused
from annotator.layers.scheme import Scheme
from annotator.models import Project
from annotator.permissions import Actor
from annotator.queries import registry as reading
from exports.lines import ReadLine


def _raw_speakers(lines: Sequence[ReadLine]) -> Iterator[tuple[ReadLine, str, dict[str, Any]]]:
    for line in lines:
        for n, annotation in enumerate(line.annotations):
            statements = annotation.labels.get("statements")
            for m, statement in enumerate(statements if isinstance(statements, list) else []):
                speaker = statement.get("speaker") if isinstance(statement, dict) else None
                if isinstance(speaker, dict):
                    yield line, f"annotations[{n}].labels.statements[{m}].speaker", speaker


def resolve_speakers(
    session: Session,
    actor: Actor,
    project: Project,
    lines: Sequence[ReadLine],
    options: ImportOptions,
    scheme: Scheme,
) -> None:
    """Give every speaker of the lines the id of its registry entry, making those that are new."""
    named = [speaker for _, _, speaker in _raw_speakers(lines)]
    ids = reading.known(session, project.id, {s["id"] for s in named if isinstance(s.get("id"), str)})
    names = reading.spelled(
        session, project.id,
        {s["canonical"] for s in named if s.get("id") is None and isinstance(s.get("canonical"), str)},
    )  # fmt: skip
    new: dict[str, registry.NewEntry] = {}
    places: dict[str, ReadLine] = {}
    for line, _, speaker in _raw_speakers(lines):
        key, canonical = speaker.get("id"), speaker.get("canonical")
        if key is None and isinstance(canonical, str) and canonical in names:
            speaker["id"] = names[canonical].id
            continue
        if (isinstance(key, str) and key in ids) or (key is None and canonical is None):
            continue
        if key is None:
            key = speaker["id"] = "s-" + hashlib.sha256(str(canonical).encode()).hexdigest()[:12]
        if key in new:
            continue
        if not options.new_speakers:
            continue  # refused below, all of them together
        entry = registry.parse_new_entries(
            [{"id": key, "canonical": canonical, "kind": speaker.get("kind")}], scheme
        )[0]
        new[entry.key], places[entry.key] = entry, line
    unknown = sorted(
        {str(s.get("id")) for s in named if s.get("id") is not None} - set(ids) - set(new)
        - {known.id for known in names.values()}
    )  # fmt: skip
    if unknown:
        line, path, _ = next(e for e in _raw_speakers(lines) if str(e[2].get("id")) in unknown)
        raise Refused(
            "The project has no speakers {value}. Add them to its scheme, or have them added by the import.",
            path=path, remedy="new_speakers", value=", ".join(f"“{key}”" for key in unknown[:20]),
        ).at(file=options.name, line=line.line_number)  # fmt: skip
    for key, entry in new.items():
        stands_for = registry.add_entries(session, actor, project.id, [entry], document_id=None)
        if stands_for[key] != key:
            for speaker in named:
                if speaker.get("id") == key:
                    speaker["id"] = stands_for[key]
