"""flask label-studio."""

from __future__ import annotations

import sys
from functools import partial

import click

from annotator.actions.importing import ImportOptions
from annotator.cli.corpus import tell_report
from annotator.cli.shared import named_project, opened, refusing, snapshot_of
from annotator.cli.waiting import waiting
from annotator.importing import import_whole
from annotator.permissions import OPERATOR
from annotator.progress import tell
from exports import label_studio, label_studio_server


@click.group("label-studio")
def label_studio_group() -> None:
    """Send a project to a live Label Studio server, and fetch what was annotated there."""


@label_studio_group.command("push")
@click.option("--what", default="annotations", show_default=True, type=click.Choice(("annotations", "gold")),
              help="Every annotator's answers, or the gold labels.")  # fmt: skip
@click.option("--release", metavar="R", help="Send this release instead of the project as it is now.")
@click.option("--title", help="Title of the project there; left out: the project's name.")
@click.option("--to", type=int, metavar="ID", help="Add to this project there; left out: a new one is made.")
@click.option("--project", "name", required=True, metavar="P", help="The project's name here.")
@click.option("--url", required=True, metavar="URL", help="Address of the server, as http://127.0.0.1:8080.")
@click.option("--token", required=True, metavar="T", help="Access token there; - reads it from stdin.")
@refusing
def push(
    what: str, release: str | None, title: str | None, to: int | None, name: str, url: str, token: str
) -> None:
    """Send every unit as a task with its annotations. What is there already is left alone."""
    with label_studio.server(url, _read(token)) as client, opened().snapshot() as session:
        project = named_project(session, name)
        snapshot = snapshot_of(session, project, what, release)
        with waiting(f"sending to {url}"):
            for pushed in label_studio_server.push(client, snapshot, title=title or name, to=to):
                tell("tasks sent", pushed.tasks)
    click.echo(f"{pushed.project}\t{pushed.tasks} tasks sent\t{pushed.already_there} already there")


@label_studio_group.command("pull")
@click.option("--from", "source", type=int, required=True, metavar="ID", help="The project's number there.")
@click.option("--new-annotators", is_flag=True, help="Add annotators whom the project here lacks.")
@click.option("--new-speakers", is_flag=True, help="Add speakers whom the project here lacks.")
@click.option("--predictions-as", metavar="EMAIL", help="Whose drafts the predictions there become; else left out.")
@click.option("--project", "name", required=True, metavar="P", help="The project's name here.")
@click.option("--url", required=True, metavar="URL", help="Address of the server, as http://127.0.0.1:8080.")
@click.option("--token", required=True, metavar="T", help="Access token there; - reads it from stdin.")
@refusing
def pull(
    source: int, new_annotators: bool, new_speakers: bool, predictions_as: str | None, name: str, url: str, token: str
) -> None:
    """Fetch the annotations of a project there. What is here already counts as already there; what was changed
    there becomes an annotation of who changed it."""
    with label_studio.server(url, _read(token)) as client:
        with waiting(f"fetching from {url}"):
            raw = label_studio_server.pull(client, source, predictions=predictions_as is not None)
    options = ImportOptions(
        name=f"label-studio-{source}.json", format=label_studio.NAME, new_annotators=new_annotators,
        new_speakers=new_speakers, predictions_as=predictions_as,
    )  # fmt: skip
    with waiting("importing"):
        report = import_whole(opened(), OPERATOR, partial(named_project, name=name), raw, options)
    tell_report(report)


def _read(token: str) -> str:
    return sys.stdin.readline().strip() if token == "-" else token
