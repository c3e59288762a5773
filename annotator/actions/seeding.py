"""Loading seeds/ into an empty database: the demo project of the sample corpus."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from annotator.actions import corpus, people
from annotator.actions.importing import ImportOptions, import_file
from annotator.actions.scheme import set_guideline
from annotator.errors import Fault, Refused
from annotator.models import Person, Project
from annotator.permissions import OPERATOR

SEEDS = corpus.SEEDS
_ABOUT = ("outlet", "event", "published", "url")


def seed(session: Session, folder: Path = SEEDS) -> str | None:
    """Make the demo project; its name, or null where the database holds anything already."""
    if session.scalar(select(exists(select(Project.id)))) or session.scalar(select(exists(select(Person.id)))):
        return None
    told = tomllib.loads((folder / "people.toml").read_text("utf-8"))
    name, overlap = told["project"]["name"], told["project"]["overlap"]
    project = corpus.add_project(session, OPERATOR, name, (folder / "scheme.json").read_bytes(), overlap)
    for person in told["person"]:
        row, _ = people.add_person(
            session, OPERATOR, person["name"], person["email"], project=project, role=person["role"]
        )
        row.admin = person["role"] == "lead"
    for language in ("ar", "en"):
        text = (folder / f"guideline.{language}.md").read_text("utf-8")
        set_guideline(session, OPERATOR, project, language, text, file=f"guideline.{language}.md")
    about = read_metadata((folder / "corpus.toml").read_bytes(), file="corpus.toml")
    for file, particulars in about.items():
        raw = (folder / "corpus" / file).read_bytes()
        import_file(session, OPERATOR, project, raw, described(ImportOptions(name=file), particulars))
    answers = ImportOptions(name="annotations.jsonl", format="jsonl")
    import_file(session, OPERATOR, project, (folder / "annotations.jsonl").read_bytes(), answers)
    return project.name


def lead_email(folder: Path = SEEDS) -> str:
    """Whom the sign-in link of a first start is for."""
    told = tomllib.loads((folder / "people.toml").read_text("utf-8"))
    return str(next(person["email"] for person in told["person"] if person["role"] == "lead"))


def described(options: ImportOptions, about: Mapping[str, str]) -> ImportOptions:
    """The options with what a metadata file says of this text."""
    return replace(
        options,
        outlet=about.get("outlet", options.outlet),
        event=about.get("event", options.event),
        published=about.get("published", options.published),
        url=about.get("url", options.url),
    )


def read_metadata(raw: bytes, *, file: str, notes: list[Fault] | None = None) -> dict[str, dict[str, str]]:
    """What a metadata file says of each text: `[[document]]` tables by their `file`. Unknown keys are noted.

    Raises Refused naming file, table and field.
    """
    unknown = [] if notes is None else notes
    try:
        told = tomllib.loads(raw.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused("This is not TOML: {reason}.", reason=str(error)).at(file=file) from error
    about: dict[str, dict[str, str]] = {}
    unknown += [_unknown(key, key, file) for key in told if key != "document"]
    tables = told.get("document", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise Refused("This is no list of tables: write [[document]] above each.", path="document").at(file=file)
    for n, table in enumerate(tables):
        unknown += [_unknown(key, f"document[{n}].{key}", file) for key in table if key not in ("file", *_ABOUT)]
        name = _text(table, "file", file, n)
        if name is None or name in about:
            raise Refused("“{value}” is missing or named twice.", path=f"document[{n}].file", value=name).at(file=file)
        found = {key: _text(table, key, file, n) for key in _ABOUT}
        about[name] = {key: value for key, value in found.items() if value is not None}
    return about


def _unknown(key: str, path: str, file: str) -> Fault:
    return Fault("The key “{key}” is not known and was left out.", {"key": key}, path, file)


def _text(table: dict[str, Any], key: str, file: str, n: int) -> str | None:
    value = table.get(key)
    if value is None:
        return None
    if key == "published" and isinstance(value, date):
        value = value.isoformat()
    if not isinstance(value, str):
        raise Refused("“{value}” is not a text.", path=f"document[{n}].{key}", value=value).at(file=file)
    return value
