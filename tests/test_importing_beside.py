"""Imports beside which near-copies are found, and bare sentences in columns: the same rows as without."""

from __future__ import annotations

import json
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select

from annotator import importing
from annotator.actions.checking import check
from annotator.actions.near_copies import name_groups
from annotator.beside import Grouping
from annotator.errors import Refused
from annotator.models import Sentence
from annotator.permissions import OPERATOR
from tests.test_importing import COUNT, OPTIONS, answered, lines, made, many_turns, project_of, stored

__all__ = ["many_turns"]  # for all that stands here


def bare_lines() -> bytes:
    return b"".join(json.dumps({"text": json.loads(line)["text"]}).encode() + b"\n" for line in lines(0, COUNT))


@pytest.mark.parametrize("asked", [0, 1, 12, 1000])
@pytest.mark.parametrize("bare", [True, False])
def test_groups_that_are_known_late_are_stored_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: int, bare: bool
) -> None:
    """They are known when so many units have asked for theirs."""
    raw = b"".join(lines(0, COUNT)) if not bare else bare_lines()
    dumps = []
    for few, waits in ((10_000, 0), (0, asked)):
        waiting = count(waits, -1)
        monkeypatch.setattr(Grouping, "ready", lambda _, waiting=waiting: next(waiting) <= 0)
        monkeypatch.setattr(importing, "FEW", few)
        with closing(made(tmp_path / str(few))) as database:
            importing.import_whole(database, OPERATOR, project_of, raw, OPTIONS)
            dumps.append(stored(database))
            with database.read() as session:
                assert check(session)[1] == []
    assert dumps[0] == dumps[1]
    assert {row[14] for row in dumps[0]["sentence"]} > {None}


def test_a_second_process_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "FEW", 0)
    dumps = []
    for many in (10_000, 10):
        monkeypatch.setattr("annotator.actions.importing_reading.MANY", many)
        for name, raw in (("bare", bare_lines()), ("answered", answered())):
            with closing(made(tmp_path / f"{name}{many}")) as database:
                importing.import_whole(database, OPERATOR, project_of, raw, OPTIONS)
                dumps.append(stored(database))
    assert dumps[:2] == dumps[2:]


def test_bare_sentences_in_columns_are_stored_as_lines_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dumps = []
    for name in ("columns", "lines"):
        with closing(made(tmp_path / name)) as database:
            importing.import_whole(database, OPERATOR, project_of, bare_lines(), OPTIONS)
            dumps.append(stored(database))
        monkeypatch.setattr("annotator.actions.importing_lines.bare_text", lambda *_: None)
    assert dumps[0] == dumps[1]


def test_a_bare_sentence_that_stands_twice_is_refused_by_its_line(tmp_path: Path) -> None:
    with closing(made(tmp_path)) as database, pytest.raises(Refused) as refusal:
        importing.import_whole(database, OPERATOR, project_of, bare_lines() + bare_lines(), OPTIONS)
    [fault] = refusal.value.faults
    assert (fault.file, fault.line, fault.path, fault.values["first"]) == ("many.jsonl", COUNT + 1, "text", 1)


def test_names_reach_those_that_are_meant_and_no_one_between(tmp_path: Path) -> None:
    with closing(made(tmp_path)) as database:
        importing.import_whole(database, OPERATOR, project_of, bare_lines(), OPTIONS)
        with database.write() as session:
            first = min(session.scalars(select(Sentence.id)))
            changes = [(0, "ا"), (1, "ا"), (3, "ا"), (4, "ب"), (5, "ب"), (7, None), (6, "ب"), (8, "ب")]
            name_groups(session, [{"sentence": first + n, "group": name} for n, name in changes])
        with database.read() as session:
            named = session.execute(select(Sentence.id, Sentence.near_group).order_by(Sentence.id).limit(10)).all()
    told = {key - first: name for key, name in named if name in ("ا", "ب", None)}
    assert {n: name for n, name in changes} == {n: told.get(n) for n, _ in changes}
    assert not {2, 9} & {n for n, name in told.items() if name}
