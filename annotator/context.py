"""What the running app holds: its database and its settings."""

from __future__ import annotations

from flask import current_app

from annotator.db import Database
from annotator.settings import Settings


def database() -> Database:
    found = current_app.extensions["isnad.database"]
    assert isinstance(found, Database)
    return found


def settings() -> Settings:
    found = current_app.extensions["isnad.settings"]
    assert isinstance(found, Settings)
    return found
