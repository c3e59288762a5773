"""Agreement at a million sentences with three annotators: the page's statistics, a save's share, a recount.

The sums of a million sentences are made by the code that makes any sum, from votes drawn here; the recount runs
over stored answers, and is told for as many as were stored. Speakers: 20,000, a few of them often.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import insert, text

from annotator import folding, upgrading
from annotator.actions import corpus, people
from annotator.actions.agreement import Change, apply, prepare_fold, sum_text
from annotator.actions.due import due
from annotator.agreement.report import report
from annotator.agreement.selection import Selection
from annotator.agreement.sums import reduce
from annotator.agreement.tallies import CHOICES, SAME_TARGET, SEP
from annotator.db import Database
from annotator.models import Annotation, Document, Entry, Project, Sentence, Span, StatementRow, now, table_of
from annotator.permissions import OPERATOR
from annotator.queries import agreement
from annotator.settings import read_settings
from tests.bench import Figure

MILLION = 1_000_000
STORED = 20_000
PER_ARTICLE = 25
SPEAKERS = 20_000
LABELS = {"attribution": 4, "stance_target": 6, "stance": 5, "stance_pair": 25, "claim_type": 11, SAME_TARGET: 4}
WORDS = "قال المتحدث باسم الهيئة إن أعمال السد ستبدأ يوم الاثنين بعد مراجعة الدراسات"


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
    parts = reduce(_votes(annotators, MILLION))
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
    _store(database, project_id, annotators)
    begun = time.perf_counter()
    change = folding.recount(database, project_id)
    spent = time.perf_counter() - begun
    assert len(change.documents) == STORED // PER_ARTICLE
    yield Figure(f"recount of {STORED:,} sentences × 3, first", spent, "s")
    begun = time.perf_counter()
    change = folding.recount(database, project_id)
    spent = time.perf_counter() - begun
    assert not change.documents and not change.sums
    yield Figure(f"recount of {STORED:,} sentences × 3, all right", spent, "s", "wanted 5 s per 1,000,000")
    begun = time.perf_counter()
    folding.draw(database, project_id, Selection())
    yield Figure(f"intervals from {STORED // PER_ARTICLE:,} articles", time.perf_counter() - begun, "s")
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


def _store(database: Database, project_id: int, annotators: list[int]) -> None:
    """Articles with answers, put into the tables as they are."""
    with database.write() as session:
        project = session.get_one(Project, project_id)
        connection = session.connection()
        documents = [
            {"id": d, "project_id": project_id, "file": f"{d}.txt", "ordinal": d, "text": "", "sha256": "",
             "text_sha256": "", "origin": "text", "language": "ar", "meta": {}, "created_at": now()}
            for d in range(1, STORED // PER_ARTICLE + 1)
        ]  # fmt: skip
        connection.execute(insert(table_of(Document)), documents)
        for row in documents:
            place = SimpleNamespace(**row)
            units = [corpus.unit_row(project, place, n * 100, n * 100 + len(WORDS), "sentence", WORDS)  # type: ignore[arg-type]
                     for n in range(PER_ARTICLE)]  # fmt: skip
            connection.execute(insert(table_of(Sentence)), units)
        ids = [row[0] for row in session.execute(text("SELECT id FROM sentence ORDER BY position"))]
        connection.execute(
            insert(table_of(Entry)),
            [{"project_id": project_id, "key": f"s{n}", "canonical": f"متحدث {n}", "kind": "person",
              "scope": "project", "created_at": now()} for n in range(2000)],
        )  # fmt: skip
        entries = [row[0] for row in session.execute(text("SELECT id FROM entry WHERE key LIKE 's%'"))]
        _answer_all(connection, project_id, annotators, ids, entries)


def _answer_all(connection: Any, project_id: int, annotators: list[int], ids: list[int], entries: list[int]) -> None:
    draw = random.Random(1)
    at = now()
    answers, statements, spans = [], [], []
    common: dict[int, tuple[Any, ...]] = {}
    number = 0
    for sentence in ids:
        for person in annotators:
            number += 1
            if person == annotators[0] or draw.random() < 0.15:
                target = draw.choice([None, "other", "strike"])
                common[sentence] = (draw.choice(entries), draw.choice(["direct", "indirect"]), target,
                                    draw.choice(["favor", "against"]) if target else "none",
                                    draw.choice(["fact", "assess", "deny"]), draw.choice([4, 11, 16]))  # fmt: skip
            entry, attribution, target, stance, claim, end = common[sentence]
            answers.append({"id": number, "sentence_id": sentence, "project_id": project_id, "person_id": person,
                            "version": 1, "state": "submitted", "scheme": "x@1", "guideline": "guideline@1",
                            "provenance": {}, "created_at": at, "updated_at": at})  # fmt: skip
            statements.append({"annotation_id": number, "n": 1, "entry_id": entry, "start": 4, "end": 11,
                               "attribution": attribution, "target": target, "stance": stance,
                               "claim_type": claim})  # fmt: skip
            spans.append({"annotation_id": number, "start": 4, "end": end + 1, "label": "ORG"})
            spans.append({"annotation_id": number, "start": 20, "end": 26, "label": "PERS"})
    for table, rows in ((Annotation, answers), (StatementRow, statements), (Span, spans)):
        for begin in range(0, len(rows), 50_000):
            connection.execute(insert(table_of(table)), rows[begin : begin + 50_000])
