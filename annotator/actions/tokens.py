"""API tokens after they were made: seen in use, and ended. Making one is `actions.people.add_token`."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from annotator.actions.log import write_log
from annotator.errors import NotFound
from annotator.models import Token, now
from annotator.permissions import Actor


def touch_token(session: Session, token_id: int) -> None:
    """The token was used."""
    session.execute(update(Token).where(Token.id == token_id).values(used_at=now()))


def end_token(session: Session, actor: Actor, token_id: int) -> None:
    """End one of the person's own tokens: the next request with it is refused."""
    ended = session.execute(
        update(Token)
        .where(Token.id == token_id, Token.person_id == actor.id, Token.revoked_at.is_(None))
        .values(revoked_at=now())
        .returning(Token.scope, Token.project_id)
    ).one_or_none()
    if ended is None:
        raise NotFound("There is no such token; it may have ended already.")
    write_log(session, actor, "end token", project_id=ended.project_id,
              content={"person": actor.email, "scope": ended.scope})  # fmt: skip
