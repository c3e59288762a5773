"""The append-only log: each deed writes one line in its own transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from annotator.models import LogLine, now, table_of
from annotator.permissions import Actor
from annotator.prepared import Prepared, driver

LOG = table_of(LogLine)
LINE = Prepared(insert(LOG))


def write_log(
    session: Session,
    actor: Actor,
    verb: str,
    *,
    project_id: int | None = None,
    sentence_id: int | None = None,
    version: int | None = None,
    key: str | None = None,
    body_sha256: str | None = None,
    content: Mapping[str, Any] | None = None,
    at: str | None = None,
) -> None:
    """One line: who did what to what, and the state after it."""
    LINE.change(
        driver(session),
        {
            "at": at or now(), "person_id": actor.id, "project_id": project_id, "sentence_id": sentence_id,
            "verb": verb, "version": version, "key": key, "body_sha256": body_sha256, "content": content or {},
        },
    )  # fmt: skip


#: Deeds that change nothing of what a project's texts, labels, speakers and people are.
_QUIET = ("save", "add token", "end token", "new link", "set targets", "add release", "retract release")


def last_line(session: Session) -> int:
    """The key of the last line of the log."""
    return session.scalar(select(func.max(LogLine.id))) or 0


def deed_since(session: Session, project_id: int, line: int) -> bool:
    """Whether anything but answers came to the project after this line of the log."""
    found = session.scalar(
        select(LogLine.id)
        .where(LogLine.id > line, LogLine.project_id + 0 == project_id, LogLine.verb.not_in(_QUIET))  # by key
        .limit(1)
    )
    return found is not None
