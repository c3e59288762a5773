"""flask release."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import orjson

from annotator.actions import releases as acting
from annotator.cli.shared import named_project, opened, refusing, tell_retracted
from annotator.cli.waiting import waiting
from annotator.context import settings
from annotator.errors import Refused
from annotator.freezing import freeze
from annotator.permissions import OPERATOR
from annotator.queries import releases as reading
from annotator.releases import files
from annotator.releases.diff import Change, differences
from annotator.releases.manifest import read_manifest
from annotator.releases.splits import GROUPINGS, Plan, dealt, far, reached

_SHARES = re.compile(r"(\d{1,3})/(\d{1,3})/(\d{1,3})\Z", re.ASCII)


@click.group()
def release() -> None:
    """Freeze a project into a named dataset, list, compare, check and retract such releases."""


@release.command("add")
@click.argument("name")
@click.option("--project", "project_name", required=True, metavar="P", help="The project's name.")
@click.option("--note", help="What this release is for; it stands in the data sheet.")
@click.option("--split", "shares", metavar="T/D/T", help="Percent of train/dev/test, as 80/10/10.")
@click.option("--seed", default=0, show_default=True, help="Decides where equal groups go.")
@click.option("--by", default="event", show_default=True, type=click.Choice(GROUPINGS),
              help="What stays in one part, beside near-copies.")  # fmt: skip
@refusing
def add(name: str, project_name: str, note: str | None, shares: str | None, seed: int, by: str) -> None:
    """Freeze the project as it is now. Without --split, sentences keep the parts they were imported with."""
    database = opened()
    with database.read() as session:
        project = named_project(session, project_name)
    wanted = acting.Wanted(name, note, None if shares is None else _plan(shares, seed, by))
    with waiting("freezing"):
        row = freeze(database, OPERATOR, project.id, wanted, settings().releases)
    if wanted.plan is not None:
        held, groups = row.manifest["splits"], row.manifest["groups"]
        for part, share in reached(held).items():
            wished = getattr(wanted.plan, part)
            click.echo(f"{part}: {held.get(part, 0)} units, {100 * share:.1f} % (wanted: {wished} %)", err=True)
        if far(asdict(wanted.plan), held):
            known = f"the event “{groups['event']}”" if groups["event"] else f"the document “{groups['file']}”"
            told = f"Groups are never parted; the largest, around {known}, holds {groups['units']} units."
            click.echo(told, err=True)
    click.echo(f"{row.name}\t{row.sha256}\t{settings().releases / str(project.id) / row.name}")


def _plan(shares: str, seed: int, by: str) -> Plan:
    found = _SHARES.match(shares)
    if found is None:
        raise Refused("“{value}” is no split: write the percents as 80/10/10.", path="--split", value=shares[:40])
    train, dev, test = map(int, found.groups())
    return Plan(train, dev, test, seed, by)


@release.command("list")
@click.option("--project", "project_name", required=True, metavar="P", help="The project's name.")
@refusing
def list_(project_name: str) -> None:
    """List the releases, newest first: name, hash, time, units, gold, retracted or not, note, percent of each part."""
    with opened().read() as session:
        found = reading.releases(session, named_project(session, project_name).id)
    for row in found:
        state = "" if row.retracted_at is None else f"retracted: {_on_one_line(row.retracted_reason or '')}"
        click.echo("\t".join((row.name, row.sha256, row.created_at, f"{row.manifest['units']} units",
                              f"{row.manifest['gold']} gold", state, _on_one_line(row.note or ""),
                              _shares(row.manifest))))  # fmt: skip


def _on_one_line(text: str) -> str:
    """What somebody wrote, perhaps in several lines, in a list of one thing a line."""
    return " ".join(text.split())


def _shares(manifest: Mapping[str, Any]) -> str:
    found = dealt(manifest)
    return "/".join(f"{100 * share:.0f}" for share in found[0].values()) if found else ""


@release.command("diff")
@click.argument("old")
@click.argument("new")
@click.option("--project", "project_name", metavar="P", help="The project's name; left out where both are folders.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@refusing
def diff(old: str, new: str, project_name: str | None, as_json: bool) -> None:
    """What changed from one release to another: what, from what to what, by whom, why."""
    left, right = folder_of(old, project_name), folder_of(new, project_name)
    same = True
    for change in differences(files.lines(left), files.lines(right)):
        same = False
        click.echo(orjson.dumps(asdict(change)).decode() if as_json else _readable(change))
    if same:
        click.echo("Nothing differs between the sentences of these releases.", err=True)


def _readable(change: Change) -> str:
    what = change.kind if change.layer is None else f"{change.kind} {change.layer}"
    sides = (f"{value or '–'} ({basis})" if basis else value or "–"
             for value, basis in zip((change.before, change.after), change.basis, strict=True))  # fmt: skip
    told = f"{change.file}\t{change.id}\t{what}: {' → '.join(sides)}"
    why = [_on_one_line(one) for one in change.why]
    by = f"\tby {', '.join(change.who)}" if change.who else ""
    return f"{told}{by}" + (f"\t({'; '.join(why)})" if why else "")


@release.command("verify")
@click.argument("name", metavar="NAME|FOLDER")
@click.option("--project", "project_name", metavar="P", help="The project's name; left out for a folder.")
@refusing
def verify(name: str, project_name: str | None) -> None:
    """Check a release again: every hash, every sentence, the counts, the split. A folder needs no database."""
    with waiting(f"checking {name}"):
        checked = files.verify(folder_of(name, project_name))
    if checked.faults:
        raise Refused(checked.faults)
    told = checked.manifest
    click.echo(f"{told['release']}: {told['sha256']}, {told['units']} units, {told['gold']} gold: all sound")


@release.command("retract")
@click.argument("name")
@click.option("--project", "project_name", required=True, metavar="P", help="The project's name.")
@click.option("--reason", required=True, help="Why it should not be used; it is shown with the release.")
@refusing
def retract(name: str, project_name: str, reason: str) -> None:
    """Mark a release as not to be used. Its files stay and can still be checked."""
    with opened().write() as session:
        acting.retract(session, OPERATOR, named_project(session, project_name), name, reason)
    click.echo(f"{name}\tretracted")


def folder_of(name: str, project_name: str | None) -> Path:
    """The folder of a release: the one of that name in the project, or the path itself where none is given."""
    if project_name is None:
        folder = Path(name)
        read_manifest(folder)
        return folder
    with opened().read() as session:
        project = named_project(session, project_name)
        tell_retracted(acting.named(session, project, name))
    return acting.folder_of(settings().releases, project.id, name)
