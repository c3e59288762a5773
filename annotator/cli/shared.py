"""What the commands share: opening the database, refusing in one clear line, writing files whole."""

from __future__ import annotations

import functools
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

import click
from flask.cli import with_appcontext

from annotator import upgrading
from annotator.actions import releases
from annotator.context import database, settings
from annotator.db import Database
from annotator.errors import Fault, Refused
from annotator.outages import unusable
from annotator.queries import exporting
from annotator.queries.corpus import project_named, projects
from annotator.releases import files

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from annotator.models import Project, Release
    from annotator.snapshot import Snapshot

F = TypeVar("F", bound=Callable[..., Any])
_SURROGATE = re.compile("[\ud800-\udfff]")


def refusing(function: F) -> Callable[..., Any]:
    """Turn a refusal into its lines on stderr and exit code 1; the app's context is there."""

    @with_appcontext
    @functools.wraps(function)
    def command(*arguments: Any, **options: Any) -> Any:
        try:
            for name, value in options.items():
                _demand_text(name, value)
            return function(*arguments, **options)
        except Refused as refusal:
            tell(refusal)
        except BrokenPipeError:
            # the reader went away (`| head`); nothing to tell, and nothing more to flush to
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except OSError as error:
            told = error.strerror or str(error)
            click.echo(_shown(f"{error.filename}: {told}" if error.filename else told), err=True)
        except Exception as error:
            failure = unusable(error)
            if failure is None:
                raise
            tell(failure)
        raise SystemExit(1)

    return command


@contextmanager
def starting() -> Iterator[None]:
    """Where a command makes the app: what stops that is told as its refusals are. A server is told by its caller."""
    try:
        yield
    except Refused as refusal:
        if click.get_current_context(silent=True) is None:
            raise
        tell(refusal)
        raise SystemExit(1) from None


def _demand_text(name: str, value: object) -> None:
    """Refuse an argument whose bytes are no text in the system's encoding: nothing can store it or show it."""
    for one in value if isinstance(value, tuple) else (value,):
        given = str(one) if isinstance(one, str | Path) else ""
        if _SURROGATE.search(given):
            raise Refused("“{value}” holds bytes that are no text in UTF-8; rename it or write it anew.",
                          path=name, value=_shown(given))  # fmt: skip


def _shown(text: str) -> str:
    """The text as a terminal can write it: bytes that are no text as escapes."""
    return text.encode("utf-8", "backslashreplace").decode()


def tell(refusal: Refused) -> None:
    for fault in refusal.faults:
        click.echo(_shown(full(fault)), err=True)


def full(fault: Fault) -> str:
    """The fault with its place and the option that would mend it."""
    return fault.full() + flag(fault)


def flag(fault: Fault) -> str:
    """The option of the command line that would mend the fault, as ` (--encoding windows-1256)`."""
    name, _, value = fault.remedy.partition(" ")
    return f" (--{name.replace('_', '-')}{' ' * bool(value)}{value})" if name else ""


def opened() -> Database:
    """The database, made when absent."""
    upgrading.ready(database(), settings())
    return database()


def named_project(session: Session, name: str) -> Project:
    """The project of that name, or a refusal that lists those there are."""
    project = project_named(session, name)
    if project is None:
        known = ", ".join(f"“{p.name}”" for p in projects(session)) or "none"
        raise Refused("There is no project named “{name}”; there are: {known}.", name=name, known=known)
    return project


def project_if_named(session: Session, name: str | None) -> Project | None:
    """The same for an option that may be left out."""
    return named_project(session, name) if name else None


def snapshot_of(session: Session, project: Project, what: str, release: str | None) -> Snapshot:
    """A view of the project as it is now, or of one of its releases."""
    if release is None:
        return exporting.take(session, project, what)
    tell_retracted(releases.named(session, project, release))
    return files.snapshot(releases.folder_of(settings().releases, project.id, release), what)


def tell_retracted(release: Release) -> None:
    """Say on stderr that a release should not be used, where it is used all the same."""
    if release.retracted_at is not None:
        click.echo(f"The release “{release.name}” is retracted: {release.retracted_reason}", err=True)


def write_out(out: str, parts: Iterable[bytes]) -> None:
    """Write to stdout (`-`), or whole to a file: it appears under its name only when complete."""
    if out == "-":
        for part in parts:
            sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()
        return
    target = Path(out)
    partial = target.with_name(target.name + ".partial")
    try:
        with open(partial, "wb") as file:
            _write_durably(file, parts)
        os.replace(partial, target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def _write_durably(file: IO[bytes], parts: Iterable[bytes]) -> None:
    for part in parts:
        file.write(part)
    file.flush()
    os.fsync(file.fileno())
