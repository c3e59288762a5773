"""Passwords: what is accepted, and argon2id. Slow on purpose: never call it inside a write transaction."""

from __future__ import annotations

import threading
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from annotator.errors import Refused

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, ADVISED, LONGEST = 8, 15, 1000
_COMMON = Path(__file__).with_name("common_passwords.txt")
_AT_ONCE = threading.BoundedSemaphore(2)  # each takes 32 MiB while it runs


def accept(password: str, *, email: str, name: str) -> str:
    """The password as it is hashed. Refused when too short, too long or easily guessed; no other rules."""
    password = unicodedata.normalize("NFC", password)
    if len(password) < SHORTEST:
        raise Refused(
            "The password has {length} characters; it needs at least {least}, and {advised} are better.",
            path="password", length=len(password), least=SHORTEST, advised=ADVISED,
        )  # fmt: skip
    if len(password) > LONGEST:
        raise Refused("The password has {length} characters; the limit is {most}.",
                      path="password", length=len(password), most=LONGEST)  # fmt: skip
    folded = password.casefold()
    own = {email.casefold(), email.partition("@")[0].casefold(), name.casefold().strip()}
    if folded in _common() or folded in own or len(set(folded)) < 3:
        raise Refused("This password is easily guessed: choose another, such as four unrelated words.",
                      path="password")  # fmt: skip
    return password


def hashed(password: str) -> str:
    """The argon2id hash of an accepted password, with its parameters and salt."""
    with _AT_ONCE:
        return _hasher().hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether this is the password; takes as long when there is no hash to compare with."""
    from argon2.exceptions import InvalidHashError, VerificationError

    password = unicodedata.normalize("NFC", password)[: LONGEST + 1]
    with _AT_ONCE:
        try:
            return _hasher().verify(stored or _dummy(), password) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher().check_needs_rehash(stored)


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    # above OWASP's least (19 MiB, 2 passes), below the library's default, which takes 64 MiB each
    return PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)


@cache
def _dummy() -> str:
    return _hasher().hash("no one has this password")


@cache
def _common() -> frozenset[str]:
    return frozenset(_COMMON.read_text("utf-8").split())
