"""New versions of the label scheme and of the guideline."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from annotator.actions import registry
from annotator.actions.log import write_log
from annotator.errors import NotFound, Refused, Taken
from annotator.layers.changes import changed_scheme
from annotator.layers.scheme import Scheme, parse_scheme, retire
from annotator.layers.scheme_faults import PLACES
from annotator.models import Guideline, Project, SchemeVersion, now
from annotator.permissions import Actor
from annotator.queries import scheme as reading

GUIDELINE_LIMIT = 500_000


def set_scheme(session: Session, actor: Actor, project: Project, source: bytes | str, *, file: str) -> SchemeVersion:
    """A new version of the project's scheme; the one in force, if the content is the same.

    Labels in use that the new file lacks stay, retired. A version number that is taken gets a
    counter (`1.0-2`). The file's speakers become entries of the registry.
    """
    given = parse_scheme(source, file=file)
    taken = dict(
        session.execute(
            select(SchemeVersion.version, SchemeVersion.sha256).where(
                SchemeVersion.project_id == project.id, SchemeVersion.name == given.name
            )
        ).all()
    )
    if taken:
        current = reading.in_force(session, project.id)
        given = retire(current.scheme, given, reading.labels_in_use(session, project.id))
        if _sha256(given) == current.sha256:
            return session.get_one(SchemeVersion, current.id)
    version = given.version
    count = 1
    while version in taken:
        count += 1
        version = f"{given.version}-{count}"
    if version != given.version:
        given = with_version(given, version)
    row = SchemeVersion(
        project_id=project.id, name=given.name, version=version, content=given.content,
        sha256=_sha256(given), person_id=actor.id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    registry.take_scheme_speakers(session, actor, project.id, given.speakers)
    write_log(session, actor, "set scheme", project_id=project.id, content={"scheme": f"{given.name}@{version}"})
    return row


def change_scheme(
    session: Session, actor: Actor, project: Project, fields: Mapping[str, str], *, based_on: str
) -> SchemeVersion:
    """A new version of the scheme with these fields changed; the one in force, if they change nothing.

    `fields` are those of `annotator.layers.changes`; `based_on` is the SHA-256 of the version that was edited:
    Taken when another is in force by now. Answers keep the version that they were made with.
    """
    session.execute(select(Project.id).where(Project.id == project.id).with_for_update())
    current = reading.in_force(session, project.id)
    if based_on != current.sha256:
        raise Taken("Somebody else changed the scheme meanwhile: {version} is in force now. Look through your "
                    "changes and save again.", version=current.scheme.id)  # fmt: skip
    source = changed_scheme(current.scheme, fields)
    if source == current.scheme.content:
        return session.get_one(SchemeVersion, current.id)
    return set_scheme(session, actor, project, _renumbered(session, project, current.scheme, source), file="scheme")


def keep_labels(session: Session, actor: Actor, project: Project, older: Scheme) -> None:
    """Where answers hold labels of an older version that the one in force lacks, a new version has them, retired."""
    current = reading.in_force(session, project.id).scheme
    if all({label.id for label in older.layer(name)} <= {label.id for label in current.layer(name)} for name in PLACES):
        return
    kept = retire(older, current, reading.labels_in_use(session, project.id))
    if kept is not current:
        set_scheme(session, actor, project, _renumbered(session, project, current, kept.content), file="scheme")


def _renumbered(session: Session, project: Project, scheme: Scheme, source: str) -> str:
    """The source under the number that its versions count from: after 1.0-2 comes 1.0-3, not 1.0-2-2."""
    stem = scheme.version.rpartition("-")[0]
    older = (SchemeVersion.project_id == project.id, SchemeVersion.name == scheme.name, SchemeVersion.version == stem)
    if not stem or session.scalar(select(SchemeVersion.id).where(*older)) is None:
        return source
    return with_version(parse_scheme(source), stem).content


def with_version(scheme: Scheme, version: str) -> Scheme:
    """The same scheme under another version, told in its content too."""
    import json

    content = json.loads(scheme.content)
    content["version"] = version
    return replace(parse_scheme(json.dumps(content, ensure_ascii=False)), version=version)


def set_guideline(
    session: Session, actor: Actor, project: Project, language: str, text: str, *, file: str = "guideline",
    based_on: int | None = None,
) -> int:  # fmt: skip
    """A new version of the guideline; the same text again changes nothing. Gives the version in force.

    `based_on`: the version of this language that was edited, 0 for none; Taken when there is a newer one by now.
    Null: whatever is there is replaced.
    """
    if language not in ("ar", "en"):
        raise Refused("The guideline's language is “{value}”; it must be ar or en.", value=language)
    if not text.strip():
        raise Refused("The guideline is empty.").at(file=file)
    if len(text) > GUIDELINE_LIMIT:
        raise Refused("The guideline has {length} characters; the limit is {limit}.",
                      length=len(text), limit=GUIDELINE_LIMIT).at(file=file)  # fmt: skip
    session.execute(select(Project.id).where(Project.id == project.id).with_for_update())
    session.refresh(project, ["guideline"])
    newest = reading.newest_guidelines(session, project.id).get(language)
    if project.guideline is not None and newest is not None and newest.text == text:
        return project.guideline
    found = newest.version if newest else 0
    if based_on is not None and based_on != found:
        raise Taken("Somebody else changed the guideline meanwhile: version {version} is in force now. Its text stands "
                    "below; take from it what you need and save again.", version=found)  # fmt: skip
    project.guideline = (project.guideline or 0) + 1
    session.add(
        Guideline(
            project_id=project.id, version=project.guideline, language=language, text=text,
            person_id=actor.id, created_at=now(),
        )  # fmt: skip
    )
    write_log(session, actor, "set guideline", project_id=project.id,
              content={"guideline": f"guideline@{project.guideline}", "language": language})  # fmt: skip
    return project.guideline


def bring_back(session: Session, actor: Actor, project: Project, version: int, *, based_on: int | None = None) -> int:
    """The text of an old version of the guideline as a new version of its language."""
    old = reading.guideline_version(session, project.id, version)
    if old is None:
        raise NotFound("There is no such version of the guideline.")
    return set_guideline(session, actor, project, old.language, old.text, based_on=based_on)


def _sha256(scheme: Scheme) -> str:
    return hashlib.sha256(scheme.content.encode()).hexdigest()
