"""flask import · seed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from annotator.actions import seeding
from annotator.actions.importing import FOREIGN, FORMATS, ImportOptions, ImportReport, try_file
from annotator.actions.importing_labels import mapped_labels
from annotator.actions.importing_reading import OFFSETS, ReadAhead, foreign_options, read_ahead
from annotator.cli.shared import flag, full, named_project, opened, refusing, tell
from annotator.cli.waiting import waiting
from annotator.context import settings
from annotator.db import Database
from annotator.errors import Fault, Refused
from annotator.importing import import_whole, trial
from annotator.permissions import OPERATOR

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_SUFFIXES = {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "label-studio"}
_NAMED = {**_SUFFIXES, ".conll": "conll", ".conllup": "conll"}
_TABLES = (".csv", ".tsv", ".jsonld", ".xml")  # no article, and of several formats or of none


@click.command("import")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", type=click.Path(exists=True, path_type=Path))
@click.option("--project", "name", required=True, metavar="P", help="The project's name.")
@click.option("--format", "format_name", type=click.Choice([*FORMATS, *FOREIGN]),
              help="Left out: by the file's ending (.jsonl, .json, .conll, .conllup, else text).")  # fmt: skip
@click.option("--outlet", help="Who published the text.")
@click.option("--event", help="The event that it covers.")
@click.option("--published", metavar="DATE", help="As 2026-01-31.")
@click.option("--url", help="Where it was published.")
@click.option("--metadata", metavar="FILE.toml", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="[[document]] tables with file, outlet, event, published, url.")  # fmt: skip
@click.option("--encoding", help="Encoding of texts that are not UTF-8, as windows-1256.")
@click.option("--new-speakers", is_flag=True, help="Add speakers that the file names and the project lacks.")
@click.option("--new-annotators", is_flag=True, help="Add annotators that the file names and the project lacks.")
@click.option("--annotator", "whose", multiple=True, metavar="[NAME=]EMAIL",
              help="Whose the marks of another tool's file are; with NAME, of who is called so there.")  # fmt: skip
@click.option("--map", "mapped", multiple=True, metavar="THEIRS=OURS", help="A label there and the one it is here.")
@click.option("--offsets", type=click.Choice(list(OFFSETS)),
              help="What a doccano file counts, where its texts leave it open.")  # fmt: skip
@click.option("--predictions-as", metavar="EMAIL", help="Whose drafts Label Studio's predictions become.")
@click.option("--dry-run", is_flag=True, help="Do everything, tell it, and write nothing.")
@refusing
def import_(
    paths: tuple[Path, ...], name: str, format_name: str | None, metadata: Path | None, mapped: tuple[str, ...],
    whose: tuple[str, ...], offsets: str | None, dry_run: bool, **given: Any,
) -> None:  # fmt: skip
    """Import files into a project: each whole or not at all. Folders are read for .txt, .jsonl and .json."""
    files = list(_files(paths))
    about = _read_metadata(metadata, {path.name for path in files}) if metadata else {}
    given |= foreign_options(whose, mapped, offsets)
    database = opened()
    refused = 0
    with database.read() as session:
        project = named_project(session, name)
        project_id, served = project.id, project.served_kinds

    def options_of(path: Path) -> ImportOptions:
        options = ImportOptions(name=path.name, format=format_name or _format_of(path), **given)
        return seeding.described(options, about.get(path.name, {}))

    ahead: dict[Path, ReadAhead] = {}
    for path in files if dry_run else ():  # before the trial, which keeps other writers waiting
        with suppress(Refused):  # told in its turn
            with database.read() as session:
                _tell_labels(session, project_id, path, options_of(path))
            with waiting(f"reading {path.name}"):
                ahead[path] = read_ahead(_read(path), options_of(path), served)
    with trial(database) if dry_run else nullcontext() as trying:
        for path in files:
            try:
                with waiting(f"importing {path.name}"):
                    report = _import(database, trying, name, _read(path), options_of(path), ahead.get(path))
            except Refused as refusal:
                tell(refusal.at(file=path.name))
                refused += 1
                continue
            tell_report(report)
    if dry_run:
        click.echo("This was a dry run: nothing was written.", err=True)
    if refused:
        click.echo(f"{refused} of {len(files)} files refused; nothing of them was imported.", err=True)
        raise SystemExit(1)


def _format_of(path: Path) -> str:
    """The format that the ending tells. Raises Refused where it tells no more than that this is no article."""
    ending = path.suffix.lower()
    if ending in _TABLES:
        raise Refused("The ending {value} does not tell what the file holds: name its format.", remedy="format",
                      value=ending).at(file=path.name)  # fmt: skip
    return _NAMED.get(ending, "text")


def _import(
    database: Database, trying: Session | None, name: str, raw: bytes, options: ImportOptions, ahead: ReadAhead | None
) -> ImportReport:
    """Import a file, or try it within a trial, in which the files before are there."""
    if trying is not None:
        return try_file(trying, OPERATOR, named_project(trying, name), raw, options, ahead)
    return import_whole(database, OPERATOR, partial(named_project, name=name), raw, options)


def _tell_labels(session: Session, project_id: int, path: Path, options: ImportOptions) -> None:
    """What becomes of each speaker and label of a file."""
    place = "task" if options.format == "label-studio" else "line"
    for label in mapped_labels(session, project_id, _read(path), options):
        fate = f"→ {label.ours}{' (new)' if label.new else ''}"
        if label.why is not None:
            fate = label.why.text() + flag(label.why)
        where = f": {label.count}, first in {place} {label.line}" if label.count else ""
        click.echo(f"{options.name}: {label.layer} {label.theirs} {fate}{where}", err=True)


def _read(path: Path) -> bytes:
    size, limit = path.stat().st_size, settings().max_import_bytes
    if size > limit:
        raise Refused("The file has {size} bytes; the limit is {limit} (ANNOTATOR_MAX_IMPORT_MB).",
                      size=size, limit=limit).at(file=path.name)  # fmt: skip
    return path.read_bytes()


def _files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        if path.is_dir():
            found = sorted(p for p in path.iterdir() if p.suffix.lower() in (".txt", *_SUFFIXES) and p.is_file())
            if not found:
                raise Refused("The folder holds no .txt, .jsonl or .json file.").at(file=str(path))
            yield from found
        else:
            yield path


def _read_metadata(path: Path, files: Collection[str]) -> Mapping[str, dict[str, str]]:
    """What is said of each file, by name; what has no effect is told."""
    notes: list[Fault] = []
    about = seeding.read_metadata(path.read_bytes(), file=path.name, notes=notes)
    notes += [
        Fault("“{value}” is none of the files that are imported here.", {"value": name}, "document", path.name)
        for name in about if name not in files
    ]  # fmt: skip
    for note in notes:
        tell(Refused([note]))
    return about


def tell_report(report: ImportReport) -> None:
    for note in report.notes:
        click.echo(full(note), err=True)
    there = f", {report.already_there} already there" if report.already_there else ""
    click.echo(
        f"{report.file}: {report.documents} documents, {report.sentences} units, "
        f"{report.annotations} annotations{there}"
    )


@click.command()
@refusing
def seed() -> None:
    """Load the sample corpus and demo project into an empty database; does nothing to any other."""
    with opened().write() as session:
        made = seeding.seed(session)
    click.echo(f"Made the demo project “{made}”." if made else "The database is not empty; nothing was added.")


