"""Agreement at a million sentences with three annotators: the page's statistics, a save's share, a recount.

The sums of a million sentences are made by the code that makes any sum, from votes drawn here; the recount runs
over stored answers, and is told for a million too, beside what merely reading their rows costs. Speakers: 20,000, a
few of them often.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text

from annotator import folding, upgrading
from annotator.actions import corpus, people
from annotator.actions.agreement import Change, apply, prepare_fold, sum_text
from annotator.actions.due import documents_due, due
from annotator.agreement.numbering import Names
from annotator.agreement.report import report
from annotator.agreement.rows import Rows
from annotator.agreement.selection import Selection
from annotator.agreement.stored import tables
from annotator.agreement.tallies import CHOICES, SAME_TARGET, SEP, Stratum
from annotator.db import Database
from annotator.permissions import OPERATOR
from annotator.prepared import driver
from annotator.queries import agreement
from annotator.settings import read_settings
from tests.bench import Figure
from tests.bench.stored import PER_ARTICLE, store

MILLION = 1_000_000
STORED = 50_000
SPEAKERS = 20_000
LABELS = {"attribution": 4, "stance_target": 6, "stance": 5, "stance_pair": 25, "claim_type": 11, SAME_TARGET: 4}


def run() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({"ANNOTATOR_INSTANCE": folder})
        database = Database(settings.database_url)
        upgrading.ready(database, settings)
        with database.write() as session:
            project = corpus.add_project(session, OPERATOR, "bench", None, 3)
            annotators = []
            for name in "abc":
                email = f"{name}@example.org"
                person, _ = people.add_person(session, OPERATOR, name, email, project=project, role="annotator")
                annotators.append(person.id)
            project_id = project.id
        yield from _page(database, project_id, annotators)
        yield from _save(database, project_id)
        with database.write() as session:
            session.execute(text("DELETE FROM tally_sum"))
        yield from _recount(database, project_id, annotators)
        database.close()


def _drawn(labels: int, size: int, seed: int) -> NDArray[np.int64]:
    """(size, 3) answers of which one in seven leaves the common one; some labels are far more frequent."""
    rng = np.random.default_rng(seed)
    shares = 1 / np.arange(1, labels + 1)
    first = rng.choice(labels, size, p=shares / shares.sum())
    answers = np.repeat(first[:, None], 3, axis=1)
    other = rng.random((size, 3)) < 0.15
    answers[other] = rng.choice(labels, int(other.sum()), p=shares / shares.sum())
    return answers


def _joints(answers: NDArray[np.int64]) -> dict[str, int]:
    rows, counts = np.unique(answers, axis=0, return_counts=True)
    return {SEP.join(f"l{one}" for one in row): int(n) for row, n in zip(rows.tolist(), counts.tolist(), strict=True)}


def _votes(annotators: list[int], size: int) -> dict[str, dict[str, Any]]:
    votes: dict[str, Any] = {"n": size}
    for seed, layer in enumerate((*CHOICES, SAME_TARGET)):
        votes[layer] = _joints(_drawn(LABELS.get(layer, SPEAKERS), size, seed))
    types = ("PERS", "OCC", "ORG", "GPE", "LOC", "DATE", "NUM")
    measures = {"a": size // 5, "b": size // 5, "exact": size // 6, "overlap": size // 6}
    cells = {f"{kind}{SEP}{name}": n for kind in types for name, n in measures.items()}
    whole = {f"{SEP}{name}": 7 * size // 6 for name in ("exact", "overlap", "boundary", "untyped")}
    whole |= {f"{SEP}{name}": 7 * size // 5 for name in ("a", "b")}
    votes["spans"] = {f"{i} {j}": {**cells, **whole} for i, j in ((0, 1), (0, 2), (1, 2))}
    masks = {mask: dict.fromkeys(types, size // 20) for mask in ("001", "010", "111")}
    votes["tokens"] = {"": {"": 25 * size}, **masks}
    return {" ".join(map(str, annotators)): votes}


def _page(database: Database, project_id: int, annotators: list[int]) -> Iterator[Figure]:
    names = Names()
    [votes] = tables([(0, {Stratum(False, False, False, "", "").key(): _votes(annotators, MILLION)})], names)
    rows = Rows(names, confused=True)
    rows.take(votes, np.zeros(1, np.int64))
    parts = rows.whole()
    change = Change(project_id, 0)
    change.sums = {("project", "", part): sum_text(part, groups) for part, groups in parts.items()}
    with database.write() as session:
        assert apply(session, change)
    size = sum(len(one or "") for one in change.sums.values())
    yield Figure("stored sums of 1,000,000 sentences × 3", size / 1e6, "MB")
    times = []
    for _ in range(7):
        begun = time.perf_counter()
        with database.snapshot() as session:
            gathered = agreement.gather(session, project_id, Selection())
            report(gathered, agreement.emails(session, gathered))
        times.append(time.perf_counter() - begun)
    yield Figure("page's statistics, 1,000,000 sentences × 3", 1000 * min(times), "ms", "wanted 100")


def _save(database: Database, project_id: int) -> Iterator[Figure]:
    with database.write() as session:
        due(session, project_id, 1)
        begun = time.perf_counter()
        for n in range(10_000):
            due(session, project_id, n)
        spent = time.perf_counter() - begun
        session.execute(text("DELETE FROM tally_due"))
    yield Figure("a save's share: one appended row", 1e6 * spent / 10_000, "µs", "wanted 200")


def _recount(database: Database, project_id: int, annotators: list[int]) -> Iterator[Figure]:
    with database.write() as session:
        store(session, project_id, annotators, STORED)
    yield from _limits(database)
    change, spent, wall = _timed(lambda: folding.recount(database, project_id))
    assert len(change.documents) == STORED // PER_ARTICLE
    yield Figure(f"recount of {STORED:,} sentences × 3, first", spent, "s")
    times = []
    for _ in range(3):
        change, spent, wall = _timed(lambda: folding.recount(database, project_id))
        assert not change.documents and not change.sums
        times.append((spent, wall))
    spent, wall = (min(column) for column in zip(*times, strict=True))
    yield Figure(f"recount of {STORED:,} sentences × 3, all right", spent, "s")
    yield Figure("    for 1,000,000: processor", spent * MILLION / STORED, "s", "wanted 5")
    yield Figure("    for 1,000,000: clock", wall * MILLION / STORED, "s", "wanted 5")
    _, spent, _ = _timed(lambda: folding.draw(database, project_id, Selection()))
    yield Figure(f"intervals from {STORED // PER_ARTICLE:,} articles", spent, "s")
    yield from _folds(database, project_id)


def _folds(database: Database, project_id: int) -> Iterator[Figure]:
    """Of everything, as after an import, and of one answer."""
    with database.write() as session:
        for table in ("document_tally", "tally_sum"):
            session.execute(text(f"DELETE FROM {table}"))
        documents_due(session, project_id, session.scalars(text("SELECT id FROM document")))
    _, spent, _ = _timed(lambda: folding.fold(database, project_id))
    yield Figure(f"fold of {STORED:,} sentences × 3 that nothing is counted of", spent, "s")
    change = folding.recount(database, project_id)
    assert not change.documents and not change.sums
    with database.write() as session:
        due(session, project_id, 2)
        session.execute(text("UPDATE annotation SET state = 'draft' WHERE id = (SELECT MAX(a.id) FROM annotation a "
                             "JOIN sentence s ON s.id = a.sentence_id WHERE s.document_id = 2)"))  # fmt: skip
    begun = time.perf_counter()
    with database.snapshot() as session:
        fold = prepare_fold(session, project_id)
    prepared = time.perf_counter()
    assert fold is not None
    with database.write() as session:
        apply(session, fold)
    yield Figure("fold of one changed answer: reading", 1000 * (prepared - begun), "ms")
    yield Figure("    of it while savers wait", 1000 * (time.perf_counter() - prepared), "ms")


def _timed(function: Callable[[], Any]) -> tuple[Any, float, float]:
    """What it gives, seconds of the processor, seconds of the clock."""
    begun, clock = time.process_time(), time.perf_counter()
    found = function()
    return found, time.process_time() - begun, time.perf_counter() - clock


_OF = "sentence s JOIN annotation a ON a.sentence_id = s.id"
#: Every value that the tallies depend on, table by table, in the order of an index as a range of documents is read.
READ = (
    ("sentence s", ("s.id", "s.document_id", "s.near_group", "s.text")),
    (_OF, ("a.id", "a.sentence_id", "a.person_id", "a.state", "a.updated_at", "a.guideline", "a.provenance")),
    (f"{_OF} JOIN statement t ON t.annotation_id = a.id",
     ("t.annotation_id", "t.n", "t.entry_id", "t.start", 't."end"', "t.attribution", "t.target", "t.stance",
      "t.claim_type")),
    (f"{_OF} JOIN span p ON p.annotation_id = a.id", ("p.annotation_id", "p.start", 'p."end"', "p.label")),
)  # fmt: skip


def _limits(database: Database) -> Iterator[Figure]:
    """What merely reading the rows costs: within the database, and as objects of Python."""
    whole = "WHERE s.document_id > 0"
    for name, told in (("by the database alone", "sum(length({}))"), ("into tuples of Python", "{}")):
        total = 0.0
        for among, columns in READ:
            query = f"SELECT {', '.join(told.format(column) for column in columns)} FROM {among} {whole}"
            with database.snapshot() as session:
                cursor = driver(session).cursor
                total += min(_timed(lambda: cursor.execute(query).fetchall())[1] for _ in range(3))  # noqa: B023
        yield Figure(f"limit for 1,000,000: rows read {name}", total * MILLION / STORED, "s")
