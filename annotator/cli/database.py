"""flask backup · restore · upgrade · check."""

from __future__ import annotations

from pathlib import Path

import click

from annotator import upgrading
from annotator.actions import releases
from annotator.actions.checking import check as check_contents
from annotator.actions.counting import recount_all
from annotator.cli.shared import opened, refusing
from annotator.cli.waiting import waiting
from annotator.context import database, settings
from annotator.db import Database
from annotator.errors import Refused


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@refusing
def backup(file: Path) -> None:
    """Write a checked copy of the database while others go on working."""
    with waiting("copying the database"):
        upgrading.backup(opened(), file)
    click.echo(f"{file}: {file.stat().st_size} bytes")
    with database().read() as session:
        if releases.any_made(session):
            click.echo(f"The files of the releases are not in it; copy {settings().releases} too.", err=True)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@refusing
def restore(file: Path) -> None:
    """Put a backup in the database's place; what was there is kept beside it. Stop the server first."""
    with waiting(f"restoring {file.name}"):
        kept = upgrading.restore(database(), file, settings())
    if kept is not None:
        click.echo(f"The database that was there is kept as {kept}.", err=True)
    fresh = Database(settings().database_url)
    revision = upgrading.current_revision(fresh)
    fresh.close()
    click.echo(f"{file}: restored, version {revision}")


@click.command()
@refusing
def upgrade() -> None:
    """Bring the database to this program's version, after a backup."""
    with waiting("copying the database, then upgrading it"):
        made = upgrading.upgrade(database(), settings())
    if made is not None:
        click.echo(f"Backup: {made}", err=True)
    click.echo(f"The database is of version {upgrading.current_revision(database())}.")


@click.command()
@click.option("--recount", is_flag=True, help="First set all counts anew from the stored answers.")
@refusing
def check(recount: bool) -> None:
    """Check the stored bytes, texts, offsets, quotes, hashes and counts, answers by the log, and releases' files."""
    with waiting("checking the stored bytes"):
        found = upgrading.check(opened())
    if recount and not found:
        with waiting("counting"), database().write() as session:
            recount_all(session)
    with waiting("checking"), database().snapshot() as session:
        counts, faults = check_contents(session)
        faults += releases.lost(session, settings().releases)
    if found or faults:
        raise Refused([*(upgrading.as_fault(line) for line in found), *faults])
    click.echo(", ".join(f"{n} {what}" for what, n in counts.items()) + ": all sound")
