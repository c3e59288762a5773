"""What happens before the first request: the database is made or upgraded, and seeded when empty."""

from __future__ import annotations

from flask import Flask

from annotator import making, sweeping, upgrading
from annotator.actions import people, seeding
from annotator.db import Database
from annotator.permissions import OPERATOR
from annotator.queries.people import by_email
from annotator.settings import Settings


def open_database(app: Flask) -> str | None:
    """Make an absent database; an older or newer one is refused with its cure."""
    database, settings = _parts(app)
    upgrading.ready(database, settings)
    sweeping.sweep(database)
    making.sweep(settings.releases)
    return None


def prepare(app: Flask) -> str | None:
    """Upgrade, seed an empty database. Gives the token of a sign-in link for the seeds' lead, if that is there."""
    database, settings = _parts(app)
    made = upgrading.upgrade(database, settings)
    if made is not None:
        print(f"The database was of an older version and is upgraded; as it was before: {made}", flush=True)
    sweeping.sweep(database)
    making.sweep(settings.releases)
    with database.write() as session:
        seeding.seed(session)
    with database.write() as session:
        if by_email(session, seeding.lead_email()) is None:
            return None
        return people.new_link(session, OPERATOR, seeding.lead_email())


def _parts(app: Flask) -> tuple[Database, Settings]:
    database, settings = app.extensions["isnad.database"], app.extensions["isnad.settings"]
    assert isinstance(database, Database) and isinstance(settings, Settings)
    return database, settings
