"""The commands: `flask …`. Results go to stdout, messages to stderr; exit 0, 1 (refused) or 2 (usage)."""

from __future__ import annotations

from flask import Flask

from annotator.cli import agreement, corpus, database, files, label_studio, people, projects, releases
from annotator.cli.shared import starting

__all__ = ["COMMANDS", "register", "starting"]

COMMANDS = (
    files.split, corpus.import_, files.export, files.verify, projects.project, projects.scheme,
    projects.guideline, people.person, people.token, corpus.seed, database.backup, database.restore,
    database.upgrade, database.check, releases.release, agreement.agreement,
    label_studio.label_studio_group,
)  # fmt: skip


def register(app: Flask) -> None:
    for command in COMMANDS:
        app.cli.add_command(command)
