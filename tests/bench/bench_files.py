"""Import and export of 20,000 sentences, with two answers each, through the commands.

Peers on the same kind of machine, 10,000 items: Label Studio 1.23.2 imports 4,900/s bare and 1,120/s
labelled, and exports 772/s; Potato exports 4,000-8,800/s, doccano 2,260/s.
"""

from __future__ import annotations

import io
import json
import os
import tempfile
import time
from collections.abc import Iterator

import app  # noqa: F401 - as the commands do: it sets the garbage collector
from annotator import upgrading
from annotator.actions import corpus
from annotator.actions.importing import ImportOptions, import_file
from annotator.db import Database
from annotator.models import Project
from annotator.permissions import OPERATOR
from annotator.queries import snapshots
from annotator.settings import read_settings
from exports import format_named
from tests.bench import Figure
from tests.bench.bench_cycles import TEXT, _answer
from tests.bench.server import resident_mb

SENTENCES = 20_000


def run() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({"ANNOTATOR_INSTANCE": folder})
        database = Database(settings.database_url)
        upgrading.ready(database, settings)
        yield Figure("import, bare sentences", _import(database, "bare", _lines(labelled=False)), "/s", "LS 4,900/s")
        yield Figure("import, two answers each", _import(database, "two", _lines(labelled=True)), "/s", "LS 1,120/s")
        for name in ("jsonl", "label-studio"):
            before = _resident_mb()
            per_second, first = _export(database, "two", name)
            yield Figure(f"export, {name}", per_second, "/s", "LS 772/s, Potato 4,000-8,800/s")
            yield Figure("    first byte", 1000 * first, "ms")
            yield Figure("    memory growth", _resident_mb() - before, "MB")
        database.close()


def _lines(*, labelled: bool) -> bytes:
    out = io.BytesIO()
    for n in range(SENTENCES):
        text = TEXT.format(n=n)
        line: dict[str, object] = {"text": text}
        if labelled:
            labels = json.loads(_answer(text))["labels"]
            line["annotations"] = [{"annotator": f"{who}@example.org", "labels": labels} for who in ("a", "b")]
        out.write(json.dumps(line).encode() + b"\n")
    return out.getvalue()


def _import(database: Database, name: str, raw: bytes) -> float:
    with database.write() as session:
        corpus.add_project(session, OPERATOR, name, None, 2)
    begun = time.perf_counter()
    with database.write() as session:
        project = session.query(Project).filter_by(name=name).one()
        options = ImportOptions(name="bench.jsonl", format="jsonl", new_annotators=True)
        import_file(session, OPERATOR, project, raw, options)
    return SENTENCES / (time.perf_counter() - begun)


def _export(database: Database, name: str, format_name: str) -> tuple[float, float]:
    """Sentences a second, and the seconds until the first byte."""
    begun, first = time.perf_counter(), 0.0
    with database.snapshot() as session:
        project = session.query(Project).filter_by(name=name).one()
        with tempfile.TemporaryFile() as file:
            for part in format_named(format_name).write(snapshots.take(session, project)):
                first = first or time.perf_counter() - begun
                file.write(part)
    return SENTENCES / (time.perf_counter() - begun), first


def _resident_mb() -> float:
    return resident_mb(os.getpid())
