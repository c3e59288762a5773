"""Import and export of 100,000 sentences with an answer each, as the commands do it; and with two answers each.

Peers on the same kind of machine, 10,000 items: Label Studio 1.23.2 imports 4,900/s bare and 1,120/s
labelled, and exports 772/s; Potato exports 4,000-8,800/s, doccano 2,260/s.
"""

from __future__ import annotations

import io
import json
import os
import random
import resource
import tempfile
import time
from collections.abc import Iterator

import app  # noqa: F401 - as the commands do: it sets the garbage collector
from annotator import upgrading
from annotator.actions import corpus
from annotator.actions.importing import ImportOptions
from annotator.db import Database
from annotator.importing import import_whole
from annotator.models import Project
from annotator.permissions import OPERATOR
from annotator.queries import snapshots
from annotator.settings import read_settings
from exports import format_named
from tests.bench import Figure
from tests.bench.bench_cycles import TEXT, _answer
from tests.bench.server import resident_mb

SENTENCES = 100_000
LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"


def run() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({"ANNOTATOR_INSTANCE": folder})
        database = Database(settings.database_url)
        upgrading.ready(database, settings)
        for name, people, count, against in (
            ("bare sentences", "", SENTENCES, "wanted 30,000; LS 4,900/s, doccano 3,700-7,500/s"),
            ("one answer each", "a", SENTENCES, "wanted 5,000; LS 1,120/s, doccano 1,490/s"),
            ("two answers each", "ab", SENTENCES // 5, ""),
        ):
            before = _resident_mb()
            per_second = import_rate(database, name, answered_lines(people, count), count)
            yield Figure(f"import, {name}", per_second, "/s", against)
            yield Figure("    memory growth", _resident_mb() - before, "MB")
            if not people:
                for who, what in ((resource.RUSAGE_SELF, ""), (resource.RUSAGE_CHILDREN, " of the second process")):
                    highest = resource.getrusage(who).ru_maxrss / 1024
                    yield Figure(f"    memory at its highest{what}", highest, "MB")
        per_second = import_rate(database, "varied", varied_lines(SENTENCES), SENTENCES)
        yield Figure("import, bare sentences of drawn words", per_second, "/s", "wanted 30,000")
        for name, wanted in (("jsonl", 20_000), ("label-studio", 15_000), ("huggingface", 0)):
            before = _resident_mb()
            per_second, first = _export(database, "one answer each", name)
            against = f"wanted {wanted:,}; LS 772/s, doccano 2,260/s, Potato 4,000-8,800/s" if wanted else ""
            yield Figure(f"export, {name}, one answer each", per_second, "/s", against)
            yield Figure("    first byte", 1000 * first, "ms", "wanted 500")
            yield Figure("    memory growth", _resident_mb() - before, "MB", "wanted 50")
        database.close()


def answered_lines(people: str, count: int) -> bytes:
    """JSONL of record: so many sentences, each answered by each of these people, a letter a person."""
    out = io.BytesIO()
    for n in range(count):
        text = TEXT.format(n=n)
        line: dict[str, object] = {"text": text}
        if people:
            labels = json.loads(_answer(text))["labels"]
            line["annotations"] = [{"annotator": f"{who}@example.org", "labels": labels} for who in people]
        out.write(json.dumps(line).encode() + b"\n")
    return out.getvalue()


def varied_lines(count: int) -> bytes:
    """JSONL of bare sentences of 8 to 30 words drawn as often as words are in language (Zipf); one in ten is nearly
    another: what near-copies are looked for in."""
    draw = random.Random(1)
    words = ["".join(draw.choices(LETTERS, k=draw.randint(2, 7))) for _ in range(30_000)]
    shares = [1 / (rank + 5) for rank in range(len(words))]
    texts: list[list[str]] = []
    for n in range(count):
        text = draw.choices(words, shares, k=draw.randint(8, 30))
        if n % 10 == 9:
            text = [*draw.choice(texts), draw.choice(words)]
        texts.append(text)
    return b"".join(json.dumps({"text": " ".join(text)}).encode() + b"\n" for text in texts)


def import_rate(database: Database, name: str, raw: bytes, count: int) -> float:
    with database.write() as session:
        corpus.add_project(session, OPERATOR, name, None, 2)
    options = ImportOptions(name="bench.jsonl", format="jsonl", new_annotators=True)
    begun = time.perf_counter()
    import_whole(database, OPERATOR, lambda session: session.query(Project).filter_by(name=name).one(), raw, options)
    return count / (time.perf_counter() - begun)


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
