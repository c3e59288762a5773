"""Counting by columns gives what counting sentence by sentence gives: votes, and the sums of many documents."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.agreement.answers import columns_of
from annotator.agreement.contents import contents, document_content
from annotator.agreement.matching import largest, most
from annotator.agreement.numbering import Ints, Names, distinct, number_rows, together, total
from annotator.agreement.selection import Selection, rows_of, scopes, selected
from annotator.agreement.stored import tables
from annotator.agreement.summing import Sums, grouped
from annotator.agreement.sums import Parts, add
from annotator.agreement.tallies import SEP, Answer, Row, Stratum
from annotator.agreement.votes import votes
from annotator.agreement.weighted import Counts
from tests.agreement import slow_tallies

TEXT = "قال وزير  الخارجية\u00a0المصري سامح شكري\nفي القاهرة أمس إن بلاده\tترفض ذلك 𐤀𐤁 "
Sentence = tuple[str, bool, list[Answer]]


def week(moment: str) -> str:
    return moment[:7]


def a_row(draw: random.Random) -> Row:
    """Also one without labels, as of an answer that was imported half empty."""
    return Row(
        draw.choice([None, "ARTICLE", "minister", "union"]), draw.choice([None, "الوزير", f"a{SEP}b"]),
        draw.choice([None, "direct", "indirect"]), draw.choice([None, "dam", "talks"]),
        draw.choice([None, "none", "favor", "against"]), draw.choice([None, "fact", "deny"]),
    )  # fmt: skip


def some_spans(draw: random.Random) -> list[tuple[int, int, str]]:
    """Nested and overlapping ones, of one place in two types, a few beyond the text."""
    found = []
    for _ in range(draw.choice([0, 0, 1, 2, 4, 7])):
        start = draw.randrange(len(TEXT))
        found.append((start, start + draw.randint(1, 18), draw.choice(["PERS", "ORG", "LOC"])))
    return found + found[: draw.randrange(2)]


def some_answers(draw: random.Random) -> list[Answer]:
    """Answers that mostly follow the first, of at most six people out of order."""
    row, spans = a_row(draw), some_spans(draw)
    return [
        Answer(
            person,
            [row if draw.random() < 0.6 else a_row(draw), *(a_row(draw) for _ in range(draw.choice([0, 0, 2])))],
            spans if draw.random() < 0.5 else some_spans(draw), f"2026-0{draw.randint(1, 3)}-01T00:00:00Z",
            draw.choice([None, "guideline@1", "guideline@1", "guideline@2"]), draw.random() < 0.2, draw.random() < 0.6,
        )
        for person in draw.sample(range(1, 15), draw.choice([0, 1, 2, 2, 3, 3, 6]))
    ]  # fmt: skip


def a_document(draw: random.Random) -> list[Sentence]:
    return [
        (TEXT[: draw.randint(0, len(TEXT))], draw.random() < 0.2, some_answers(draw)) for _ in range(draw.randrange(8))
    ]


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 10**9))
def test_votes_are_those_of_counting_one_by_one(seed: int) -> None:
    draw = random.Random(seed)
    documents = {number: a_document(draw) for number in draw.sample(range(1, 100), draw.randrange(5))}
    rows = [(number, *sentence) for number, own in documents.items() for sentence in own]
    draw.shuffle(rows)
    slow = {number: slow_tallies.document_content(own, week) for number, own in documents.items()}
    assert contents(votes(columns_of(rows), week)) == {number: content for number, content in slow.items() if content}
    for number, own in documents.items():
        assert document_content(own, week) == slow[number]


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10**9))
def test_sums_are_those_of_adding_up_document_by_document(seed: int) -> None:
    draw = random.Random(seed)
    places = {number: (draw.choice([None, 1, 2]), draw.choice([None, 7])) for number in range(1, 6)}
    wanted: dict[tuple[str, str], Parts] = {}
    names, sums = Names(), None
    for numbers in ((1, 2), (3,), (4, 5)):  # read at several times
        documents = {number: a_document(draw) for number in numbers}
        columns = columns_of([(number, *one) for number, own in documents.items() for one in own], names)
        sums = sums or Sums(columns.names)
        for counted in votes(columns, week):
            sums.take(counted, {number: place for number, place in places.items() if number != 4})
        for number, own in documents.items():
            if number != 4:  # one that is due counts as it is stored
                _add(wanted, slow_tallies.document_content(own, week), places[number])
    assert sums is not None
    found: dict[tuple[str, str], Parts] = {}
    for scope, copy, part, cells in sums.parts():
        named = {group: dict(own) for group, own in cells.items()}
        assert found.setdefault(scope, {}).setdefault(f"copies {part}" if copy else part, named) is named
    assert found == {scope: parts for scope, parts in wanted.items() if parts}


def _add(into: dict[tuple[str, str], Parts], content: Any, place: tuple[int | None, int | None]) -> None:
    for key, own in content.items():
        stratum = Stratum.parse(key)
        parts = {f"copies {part}" if stratum.copy else part: cells for part, cells in slow_tallies.reduce(own).items()}
        for scope in scopes(stratum, *place):
            add(into.setdefault(scope, {}), parts)


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 10**9))
def test_stored_votes_are_read_back_and_selected_as_one_by_one(seed: int) -> None:
    """As tables again they are what was stored; what a selection takes of each document is what adding up makes."""
    draw = random.Random(seed)
    stored = {number: document_content(a_document(draw), week) for number in draw.sample(range(1, 100), 4)}
    names = Names()
    read = list(tables(stored.items(), names))
    assert contents(read) == {number: content for number, content in stored.items() if content}
    chosen = Selection(
        guideline=draw.choice([None, None, "guideline@1", "mixed"]), week=draw.choice([None, "2026-01"]),
        seen=draw.choice([None, None, False]), hidden=draw.choice([None, None, True]),
        copies=draw.choice(["all", "once"]), without=frozenset(draw.sample(range(1, 15), draw.choice([0, 1, 5]))),
    )  # fmt: skip
    numbers = sorted(stored)
    batches = [tables([(one, stored[one]) for one in some], names) for some in (numbers[:1], numbers[1:])]
    rows, units = rows_of(batches, chosen, names, confused=True)
    wanted = {
        number: parts for number, content in sorted(stored.items())
        if (parts := _plain(slow_tallies.reduce(selected(content, chosen), chosen.without)))
    }  # fmt: skip
    assert dict(zip(units, map(_plain, rows.by_home(len(units))), strict=True)) == wanted
    whole: Parts = {}
    for parts in wanted.values():
        add(whole, parts)
    assert _plain(rows.whole()) == whole
    assert all(list(one.layers) == ["stance"] for one in tables(stored.items(), Names(), layers=["stance"]))


def _plain(parts: Parts) -> Parts:
    told: Parts = {}
    add(told, parts)
    return told


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10**9))
def test_groups_of_articles_are_those_of_adding_up_one_by_one(seed: int) -> None:
    """Articles take turns in each slice in the order of their ids; with three groups, more than one is of several."""
    draw = random.Random(seed)
    copies, most = draw.random() < 0.5, 3
    stored = {number: document_content(a_document(draw), week) for number in range(1, 9)}
    places = {number: (draw.choice([None, 1, 2]), draw.choice([None, 7])) for number in stored}
    wanted: dict[tuple[str, str], list[Parts]] = {}
    seen: Counter[tuple[str, str]] = Counter()
    for number, content in stored.items():
        here: set[tuple[str, str]] = set()
        for key, own in content.items():
            stratum = Stratum.parse(key)
            if stratum.copy and not copies:
                continue
            for scope in scopes(stratum, *places[number]):
                groups = wanted.setdefault(scope, [])
                if seen[scope] % most == len(groups):
                    groups.append({})
                add(groups[seen[scope] % most], slow_tallies.reduce(own))
                here.add(scope)
        seen.update(here)
    names = Names()
    found = grouped(tables(stored.items(), names), places, names, ["speaker", "speaker pairs", "stance"], copies, most)
    assert {scope: own.size for scope, own in found.items() if own.size} == {s: len(own) for s, own in wanted.items()}
    for scope, groups in wanted.items():
        told: list[Parts] = [{} for _ in groups]
        for part in found[scope].parts:
            for n, counts in part.by_sum(np.arange(len(groups))):
                told[n][part.name] = {group: dict(cells) for group, cells in counts.items()}
        parts = found[scope].parts
        assert told == [{part.name: own[part.name] for part in parts if part.name in own} for own in groups]


@given(st.integers(0, 10**9))
def test_draws_are_summed_exactly(seed: int) -> None:
    """Also of cells that nobody has, that everybody has, and whose counts leave room for one draw in a number."""
    rng = np.random.default_rng(seed)
    units, cells = rng.integers(1, 30, 2).tolist()
    table = rng.poisson(rng.choice([0.05, 0.5, 3], cells), (units, cells)) * rng.choice([1, 1, 50, 10**4], cells)
    weights = rng.integers(0, rng.choice([2, 9, 255]), (rng.integers(0, 70), units)).astype(np.uint8)
    unit, cell = np.nonzero(table)
    order = rng.permutation(len(unit))
    unit, cell = unit[order], cell[order]
    drawn = Counts(unit, cell, table[unit, cell], table.shape).drawn(weights)
    assert drawn.tolist() == (weights.astype(np.int64) @ table).tolist()


TABLES = st.lists(st.tuples(*[st.sampled_from([0, 1, 2, 5, 2**31, 2**61])] * 3), max_size=30)


@given(TABLES)
def test_rows_are_numbered_however_large_their_numbers(rows: list[tuple[int, int, int]]) -> None:
    table: Ints = np.array(rows, np.int64).reshape(-1, 3)
    found, place = number_rows(table)
    assert found[place].tolist() == table.tolist() and len(found) == len(set(rows))
    columns, counts = total([table[:, i] for i in range(3)])
    told = list(zip(*(column.tolist() for column in columns), counts.tolist(), strict=True))
    assert told == [(*row, rows.count(row)) for row in sorted(set(rows))]
    assert len(distinct(together(list(table.T)))[0]) == len(set(rows))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 4)), unique=True, max_size=40))
def test_many_graphs_are_matched_as_each_is(edges: list[tuple[int, int, int]]) -> None:
    owner, left, right = np.array(edges, np.int64).reshape(-1, 3).T
    graphs, sizes = largest(owner, left, right)
    assert graphs.tolist() == sorted({edge[0] for edge in edges})
    for graph, size in zip(graphs.tolist(), sizes.tolist(), strict=True):
        own: dict[int, list[int]] = {}
        for _, a, b in (edge for edge in edges if edge[0] == graph):
            own.setdefault(a, []).append(b)
        assert size == most(own)


@pytest.mark.parametrize("given", [[], [(TEXT, False, [])], [(TEXT, False, [Answer(1, [Row(*[None] * 6)], [], "")])]])
def test_nothing_comes_of_fewer_than_two_answers(given: list[Sentence]) -> None:
    assert document_content(given, week) == {}
