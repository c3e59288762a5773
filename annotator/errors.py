"""What may go wrong, said once: plain exceptions that know neither Flask nor the database.

A message is an English gettext id with named placeholders; whoever shows it (a page, the
API, the command line) translates it and fills in the values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and where.

    `path` is the field inside a body or a line, as in `labels.entities[2].end`; `line` counts from 1. `remedy`: the
    choice of the import that would mend it, by the name of its field, and after a blank what to give there.
    """

    message: str
    values: Mapping[str, object] = field(default_factory=dict)
    path: str = ""
    file: str | None = None
    line: int | None = None
    remedy: str = ""

    def text(self, translate: Callable[[str], str] = str) -> str:
        """The sentence for a person, without its place."""
        return translate(self.message).format(**self.values)

    def place(self, translate: Callable[[str], str] = str) -> str:
        """Where it stands: file, line and field, as far as they are known."""
        parts = [self.file] if self.file else []
        if self.line is not None:
            parts.append(translate("line {line}").format(line=self.line))
        if self.path:
            parts.append(self.path)
        return ", ".join(parts)

    def full(self, translate: Callable[[str], str] = str) -> str:
        place = self.place(translate)
        return f"{place}: {self.text(translate)}" if place else self.text(translate)


class Refused(Exception):
    """A rule says no (HTTP 422). Shown to the person in whole; nothing was changed."""

    status = 422

    def __init__(self, message: str | Iterable[Fault], *, path: str = "", remedy: str = "", **values: object) -> None:
        if isinstance(message, str):
            self.faults: tuple[Fault, ...] = (Fault(message, values, path, remedy=remedy),)
        else:
            self.faults = tuple(message)
        super().__init__("; ".join(fault.full() for fault in self.faults))

    def at(self, *, file: str | None = None, line: int | None = None, path: str = "") -> Refused:
        """The same refusal, told where it happened: keeps what is already known."""
        return type(self)(
            replace(
                fault,
                file=fault.file or file,
                line=line if fault.line is None else fault.line,
                path=_join(path, fault.path),
            )
            for fault in self.faults
        )


class NotAllowed(Refused):
    """The person may see the thing but not do this to it (HTTP 403)."""

    status = 403


class NotFound(Refused):
    """There is no such thing, or it is not this person's to see: the answer is the same (HTTP 404)."""

    status = 404


class Taken(Refused):
    """The state of the thing forbids it now: a name in use, a unit already labelled (HTTP 409)."""

    status = 409


def _join(outer: str, inner: str) -> str:
    if not outer or not inner:
        return outer or inner
    return f"{outer}{inner}" if inner.startswith("[") else f"{outer}.{inner}"
