"""Freezing a project into a release: files under one hash, and the row that names them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from annotator.actions.log import write_log
from annotator.actions.release_files import VIEWS, describe, draw
from annotator.errors import Fault, NotFound, Refused
from annotator.models import Project, Release, now
from annotator.permissions import Actor
from annotator.queries import exporting
from annotator.queries import releases as reading
from annotator.releases import leaks as leaking
from annotator.releases.files import SENTENCES, unit
from annotator.releases.leaks import Leaks
from annotator.releases.manifest import seal
from annotator.releases.splits import Plan, Unit, check_groups, largest, split
from annotator.snapshot import Line
from exports import jsonl

LONGEST_NAME = 80
LONGEST_NOTE = 2_000
_DEALS = 5

#: The passes over the sentences that a release takes, in their order.
PASSES = ("sentences", "counts", *VIEWS)
#: Given a pass and its sentences, gives these on, telling how many went by.
Progress = Callable[[str, Iterable[Line]], Iterable[Line]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to freeze. `plan` null: the sentences keep the parts that they were imported with, if any."""

    name: str
    note: str | None = None
    plan: Plan | None = None


def check_name(wanted: Wanted) -> None:
    """A name is a file name that reads alike everywhere. Raises Refused."""
    name = wanted.name
    sound = 0 < len(name) <= LONGEST_NAME and name[0] not in ".-" and name == unicodedata.normalize("NFC", name)
    if not sound or not all(c.isalnum() or c in "._-" for c in name):
        raise Refused(
            "“{value}” is no name of a release: letters, digits, dots, hyphens and low lines, at most {limit}, "
            "the first one a letter or digit.", path="name", value=name[:100], limit=LONGEST_NAME,
        )  # fmt: skip
    if wanted.note is not None and len(wanted.note) > LONGEST_NOTE:
        raise Refused("The note has {length} characters; the limit is {limit}.", path="note",
                      length=len(wanted.note), limit=LONGEST_NOTE)  # fmt: skip


def retract(session: Session, actor: Actor, project: Project, name: str, reason: str) -> Release:
    """Mark a release as not to be used, with the reason. Its files stay, so that it can still be checked."""
    row = named(session, project, name)
    if not reason.strip() or len(reason) > LONGEST_NOTE:
        raise Refused("A retraction needs its reason, of at most {limit} characters.", path="reason",
                      limit=LONGEST_NOTE)  # fmt: skip
    if row.retracted_at is not None:
        raise Refused("“{name}” is retracted already: {reason}", name=name, reason=row.retracted_reason)
    row.retracted_at, row.retracted_reason = now(), reason.strip()
    write_log(session, actor, "retract release", project_id=project.id,
              content={"release": name, "reason": row.retracted_reason})  # fmt: skip
    return row


def named(session: Session, project: Project, name: str) -> Release:
    """The release of that name, or a refusal that lists those there are."""
    rows = session.scalars(select(Release).where(Release.project_id == project.id).order_by(Release.id)).all()
    for row in rows:
        if row.name == name:
            return row
    known = ", ".join(f"“{row.name}”" for row in rows) or "–"
    raise NotFound("There is no release named “{name}”; there are: {known}.", name=name, known=known)


def folder_of(root: Path, project_id: int, name: str) -> Path:
    """Where the files of a release lie below `root`. Raises NotFound where they are missing."""
    folder = root / str(project_id) / name
    if not folder.is_dir():
        raise NotFound("The files of this release are not in the instance folder; copy its folder “releases” back: "
                       "a backup of the database does not hold it.")  # fmt: skip
    return folder


def any_made(session: Session) -> bool:
    """Whether there is a release in any project."""
    return session.scalar(select(Release.id).limit(1)) is not None


def lost(session: Session, root: Path) -> list[Fault]:
    """The releases whose files are not below `root`: a database comes from a backup, they do not."""
    rows = session.execute(
        select(Project.name, Release.project_id, Release.name).join(Project, Project.id == Release.project_id)
        .order_by(Release.id)
    )  # fmt: skip
    return [
        Fault("The files of the release “{name}” of the project “{project}” are not there: {folder}.",
              {"name": name, "project": project, "folder": str(root / str(project_id) / name)})
        for project, project_id, name in rows if not (root / str(project_id) / name).is_dir()
    ]  # fmt: skip


def refuse_taken(session: Session, project_id: int, name: str) -> None:
    """Raises Refused where there is a release of that name."""
    taken = session.scalar(select(Release.id).where(Release.project_id == project_id, Release.name == name))
    if taken is not None:
        raise Refused("There is a release named “{name}” already; a release never changes.", path="name", name=name)


def refuse_empty(project: Project) -> None:
    """Raises Refused where there is nothing to freeze."""
    if not project.documents:
        raise Refused("The project “{name}” holds no text yet; import some first.", name=project.name)


def refuse_few_groups(session: Session, project_id: int, plan: Plan) -> None:
    """Raises Refused where there are too few groups for the parts, as far as no sentence must be read to know it."""
    found = reading.grouped(session, project_id)
    check_groups([Unit("", file, event, near, "") for file, event, near in found], plan)


def store(session: Session, actor: Actor, project_id: int, wanted: Wanted, manifest: dict[str, Any]) -> Release:
    """The row of a release whose files are written."""
    refuse_taken(session, project_id, wanted.name)
    row = Release(
        project_id=project_id, name=wanted.name, note=wanted.note, sha256=manifest["sha256"], manifest=manifest,
        person_id=actor.id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    write_log(session, actor, "add release", project_id=project_id,
              content={"release": wanted.name, "sha256": row.sha256})  # fmt: skip
    return row


def write(
    session: Session, project: Project, wanted: Wanted, folder: Path, agreement: Mapping[str, Any], progress: Progress
) -> dict[str, Any]:
    """The files of a release of the state that this session sees; the manifest, which is given back, comes last."""
    units, stored = _write_lines(session, project, folder, progress)
    parts: Sequence[str | None] = stored
    copies: list[tuple[int, int]] = []
    leaks = None
    if wanted.plan is not None:
        copies = leaking.copies(units)
        parts, leaks = _dealt(units, wanted.plan, copies)
        _put_parts(folder, parts)
    elif any(parts):
        leaks = leaking.leaks(units, parts)
    if leaks is not None and leaks.copies:
        raise Refused([_parted(pair) for pair in leaks.copies[:20]])
    plan = asdict(wanted.plan) if wanted.plan is not None else None
    groups = None if wanted.plan is None else asdict(largest(units, wanted.plan.by, copies))
    told = describe(session, project, folder, name=wanted.name, note=wanted.note, plan=plan, groups=groups, leaks=leaks,
                    agreement=agreement, progress=progress)  # fmt: skip
    draw(folder)
    return seal(folder, project=project.name, release=wanted.name, note=wanted.note, split=plan, groups=groups, **told)


def _dealt(units: list[Unit], plan: Plan, copies: list[tuple[int, int]]) -> tuple[Sequence[str | None], Leaks]:
    """The part of each unit, and what crosses. Copies that the quick search passed over and the thorough one finds
    are added to `copies`, and the units are dealt out again."""
    places = {unit.id: position for position, unit in enumerate(units)}
    for _ in range(_DEALS):
        parts = split(units, plan, copies)
        leaks = leaking.leaks(units, parts)
        if not leaks.copies:
            break
        copies += [(places[pair.one.id], places[pair.other.id]) for pair in leaks.copies]
    return parts, leaks


def _write_lines(
    session: Session, project: Project, folder: Path, progress: Progress
) -> tuple[list[Unit], list[str | None]]:
    """The sentences with everything known of them; what the split needs of each, and the part it has."""
    units: list[Unit] = []
    parts: list[str | None] = []

    def seen(lines: Iterable[Line]) -> Iterator[Line]:
        for line in lines:
            units.append(unit(line))
            parts.append(line.split)
            yield line

    snapshot = exporting.take(session, project, exporting.ALL)
    with open(folder / SENTENCES, "wb") as file:
        for line in seen(progress(PASSES[0], snapshot.lines)):
            file.write(orjson.dumps(jsonl.line_json(line)) + b"\n")
    return units, parts


def _put_parts(folder: Path, parts: Sequence[str | None]) -> None:
    """Write the sentences again, each with its part."""
    old, new = folder / SENTENCES, folder / f"{SENTENCES}.new"
    with open(old, "rb") as lines, open(new, "wb") as file:
        for raw, part in zip(lines, parts, strict=True):
            file.write(orjson.dumps({**orjson.loads(raw), "split": part}) + b"\n")
    new.rename(old)


def _parted(pair: leaking.Pair) -> Fault:
    return Fault(
        "The split parts copies: “{one}” ({one_file}) stands in {one_part}, “{other}” ({other_file}) in {other_part}. "
        "Split anew with shares, which keeps copies together.",
        {"one": pair.one.text[:80], "one_file": pair.one.file, "one_part": pair.parts[0],
         "other": pair.other.text[:80], "other_file": pair.other.file, "other_part": pair.parts[1]},
    )  # fmt: skip
