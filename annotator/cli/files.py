"""flask split · export · verify."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path

import click
import orjson

from annotator.cli.shared import full, named_project, opened, refusing, snapshot_of, write_out
from annotator.cli.waiting import waiting
from annotator.errors import Refused
from annotator.layers.scheme import parse_scheme
from annotator.progress import tell
from annotator.queries import exporting
from annotator.queries.scheme import in_force
from annotator.snapshot import LABELLED, REASONS, Snapshot
from annotator.text.decoding import decode
from annotator.text.sentences import split as split_text
from exports import FORMATS, check_view, format_named, label_studio
from exports.verify import verify as verify_file

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="FILE…", type=FILE)
@click.option("--encoding", help="Encoding of files that are not UTF-8, as windows-1256.")
@refusing
def split(paths: tuple[Path, ...], encoding: str | None) -> None:
    """Cut texts into units: one JSON object a line (file, start, end, kind, text) on stdout.

    Offsets are code points of the decoded text, half-open.
    """
    refused = False
    for path in paths:
        try:
            decoded = decode(path.read_bytes(), file=path.name, encoding=encoding)
        except Refused as refusal:
            for fault in refusal.faults:
                click.echo(full(fault), err=True)
            refused = True
            continue
        for note in decoded.notes:
            click.echo(full(note), err=True)
        with waiting(f"cutting {path.name}"):
            units = split_text(decoded.text)
        for unit in units:
            text = decoded.text[unit.start : unit.end]
            line = {"file": path.name, "start": unit.start, "end": unit.end, "kind": unit.kind, "text": text}
            sys.stdout.buffer.write(orjson.dumps(line) + b"\n")
    sys.stdout.buffer.flush()
    if refused:
        raise SystemExit(1)


@click.command()
@click.option("--project", "name", required=True, metavar="P", help="The project's name.")
@click.option("--format", "format_name", required=True,
              type=click.Choice([form.NAME for form in FORMATS]), help="See docs/formats.md.")  # fmt: skip
@click.option("--what", default="annotations", show_default=True, type=click.Choice(exporting.WHAT),
              help="Every annotator's answers, the gold labels, or how the votes are shared.")  # fmt: skip
@click.option("--release", metavar="R", help="Write out this release instead of the project as it is now.")
@click.option("--completed-by", metavar="EMAIL",
              help="Label Studio only: the existing user there to whom annotations are given.")  # fmt: skip
@click.option("--out", required=True, metavar="FILE|-", help="Where to write; - is stdout.")
@refusing
def export(
    name: str, format_name: str, what: str, release: str | None, completed_by: str | None, out: str
) -> None:
    """Write a project out. Streams; a file appears only when it is whole."""
    check_view(format_named(format_name), what)
    database = opened()
    if completed_by is not None and format_name != label_studio.NAME:
        raise click.UsageError("--completed-by belongs to --format label-studio.")
    with database.snapshot() as session:
        project = named_project(session, name)
        snapshot = snapshot_of(session, project, what, release)
        if completed_by is not None:
            parts = label_studio.write(snapshot, completed_by=completed_by)
        else:
            parts = format_named(format_name).write(snapshot)
        with nullcontext() if out == "-" else waiting(f"writing {out}"):
            write_out(out, _weighed(parts))
    _tell_left_out(snapshot)


def _weighed(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The parts, telling how much has gone by."""
    size = 0
    for part in parts:
        yield part
        size += len(part)
        tell("MB written", size // 10**6)


def _tell_left_out(snapshot: Snapshot) -> None:
    """What has no labels in this view, by reason: labelled and left out together are all units."""
    counts = snapshot.left_out
    if not counts:
        return
    why = ", ".join(f"{counts[reason]} {reason}" for reason in REASONS if reason in counts)
    labelled = f"{sum(counts.values())} units: {counts.get(LABELLED, 0)} labelled"
    click.echo(f"{labelled}; without labels: {why}" if why else labelled, err=True)


@click.command()
@click.argument("path", metavar="FILE", type=FILE)
@click.option("--project", "name", metavar="P", help="Check the labels against this project's scheme too.")
@click.option("--scheme", "scheme_file", metavar="FILE", type=FILE, help="Check the labels against this scheme too.")
@refusing
def verify(path: Path, name: str | None, scheme_file: Path | None) -> None:
    """Check an export again: offsets, quotes, hashes, order and scheme rules."""
    scheme = None
    if scheme_file is not None:
        scheme = parse_scheme(scheme_file.read_bytes(), file=scheme_file.name)
    elif name is not None:
        with opened().read() as session:
            scheme = in_force(session, named_project(session, name).id).scheme
    with waiting(f"checking {path.name}"):
        report = verify_file(path, scheme=scheme)
    if report.faults:
        raise Refused(report.faults)
    click.echo(f"{path.name}: {report.format}, {report.lines} units, {report.annotations} annotations: all sound")
