"""flask project · scheme · guideline."""

from __future__ import annotations

from pathlib import Path

import click

from annotator.actions import corpus
from annotator.actions import scheme as schemes
from annotator.cli.shared import named_project, opened, refusing
from annotator.permissions import OPERATOR
from annotator.queries import scheme as reading
from annotator.queries.corpus import projects
from annotator.text.decoding import decode

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def project() -> None:
    """Make and list projects."""


@project.command("add")
@click.argument("name")
@click.option("--scheme", "scheme_file", metavar="FILE", type=FILE, help="Label scheme; left out: seeds/scheme.json.")
@click.option("--overlap", default=2, show_default=True, metavar="K", help="Annotators per sentence.")
@refusing
def add(name: str, scheme_file: Path | None, overlap: int) -> None:
    """Make a project."""
    source = scheme_file.read_bytes() if scheme_file else None
    file = scheme_file.name if scheme_file else "scheme.json"
    with opened().write() as session:
        made = corpus.add_project(session, OPERATOR, name, source, overlap, file=file)
        used = reading.in_force(session, made.id).scheme.id
    click.echo(f"{made.id}\t{made.name}\toverlap {made.overlap}\tscheme {used}")


@project.command("list")
@refusing
def list_() -> None:
    """List the projects: id, name, documents, sentences served, overlap, scheme."""
    with opened().read() as session:
        for found in projects(session):
            used = reading.in_force(session, found.id).scheme.id
            click.echo(f"{found.id}\t{found.name}\t{found.documents} documents\t{found.served} served\t"
                       f"overlap {found.overlap}\tscheme {used}")  # fmt: skip


@click.group()
def scheme() -> None:
    """Change the label scheme."""


@scheme.command("set")
@click.argument("file", type=FILE)
@click.option("--project", "name", required=True, metavar="P", help="The project's name.")
@refusing
def set_scheme(file: Path, name: str) -> None:
    """Make a new version of a project's scheme. Labels in use that it lacks stay, retired."""
    with opened().write() as session:
        found = named_project(session, name)
        row = schemes.set_scheme(session, OPERATOR, found, file.read_bytes(), file=file.name)
        retired = reading.in_force(session, found.id).scheme.retired_labels()
    for layer, label in retired:
        click.echo(f"{layer}: “{label}” is retired; answers hold it.", err=True)
    click.echo(f"{row.name}@{row.version}")


@click.group()
def guideline() -> None:
    """Change the guideline."""


@guideline.command("set")
@click.argument("file", type=FILE)
@click.option("--project", "name", required=True, metavar="P", help="The project's name.")
@click.option("--language", required=True, type=click.Choice(["ar", "en"]))
@refusing
def set_guideline(file: Path, name: str, language: str) -> None:
    """Make a new version of a project's guideline (Markdown)."""
    text = decode(file.read_bytes(), file=file.name).text
    with opened().write() as session:
        found = named_project(session, name)
        version = schemes.set_guideline(session, OPERATOR, found, language, text, file=file.name)
    click.echo(f"guideline@{version}")
