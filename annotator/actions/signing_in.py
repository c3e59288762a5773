"""Failed sign-ins, and the browsers that are signed in."""

from __future__ import annotations

import secrets
from datetime import timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from annotator.errors import NotFound, Refused
from annotator.models import Attempt, BrowserSession, Person, now
from annotator.permissions import Actor
from annotator.queries import people as reading
from annotator.queries.people import THROTTLE_AT, before, secret_hash


class Throttled(Refused):
    """Too many failed sign-ins (HTTP 429)."""

    status = 429


def count_attempt(session: Session, email: str, address: str) -> None:
    """Count a sign-in as failed before it is checked, so that many at once cannot pass the limit.

    Raises Throttled from the eleventh within 15 minutes, for an account or for an address.
    """
    keys = _attempt_keys(email, address)
    session.execute(delete(Attempt).where(Attempt.at < before(timedelta(days=1))))
    if any(reading.failures(session, key) >= THROTTLE_AT for key in keys):
        raise Throttled("Too many failed attempts. Wait {minutes} minutes, then try again.", minutes=15)
    session.add_all(Attempt(key=key) for key in keys)


def start_session(session: Session, person_id: int, user_agent: str) -> str:
    """A signed-in browser; the raw id for its cookie."""
    raw = secrets.token_urlsafe(32)
    session.execute(
        delete(BrowserSession).where(
            (BrowserSession.seen_at < before(reading.IDLE)) | (BrowserSession.created_at < before(reading.LONGEST))
        )
    )
    session.add(BrowserSession(person_id=person_id, token_hash=secret_hash(raw), user_agent=user_agent[:300]))
    return raw


def forget_attempts(session: Session, email: str, address: str) -> None:
    """A sign-in went well: the account starts anew, the address gets its last try back."""
    account, place = _attempt_keys(email, address)
    session.execute(delete(Attempt).where(Attempt.key == account))
    last = session.scalar(select(Attempt.id).where(Attempt.key == place).order_by(Attempt.id.desc()).limit(1))
    session.execute(delete(Attempt).where(Attempt.id == last))


def rehash(session: Session, person_id: int, password_hash: str) -> None:
    session.execute(update(Person).where(Person.id == person_id).values(password_hash=password_hash))


def _attempt_keys(email: str, address: str) -> tuple[str, str]:
    return secret_hash(f"account {email.strip().casefold()}"), secret_hash(f"address {network(address)}")


def network(address: str) -> str:
    """What stands for an address where tries are counted: whoever has one of IPv6 has all of its /64."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Network((int(found) >> 64 << 64, 64)))


def touch_session(session: Session, session_id: int) -> None:
    """The browser was seen: its idle time begins anew."""
    session.execute(update(BrowserSession).where(BrowserSession.id == session_id).values(seen_at=now()))


def end_session(session: Session, actor: Actor, session_id: int) -> None:
    """Sign one of the person's own browsers out."""
    ended = session.scalar(
        delete(BrowserSession)
        .where(BrowserSession.id == session_id, BrowserSession.person_id == actor.id)
        .returning(BrowserSession.id)
    )
    if ended is None:
        raise NotFound("There is no such session; it may have ended already.")


def end_sessions(session: Session, person_id: int, *, but: int | None = None) -> None:
    """Sign the person out everywhere, except in one browser when told so."""
    session.execute(
        delete(BrowserSession).where(
            BrowserSession.person_id == person_id, BrowserSession.id != (-1 if but is None else but)
        )
    )
