"""Votes and their sums against independent libraries, against each other, and against the coefficients' own modules."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any

import krippendorff  # an oracle: never imported by what runs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

from annotator.agreement import team
from annotator.agreement.answers import columns_of
from annotator.agreement.contents import document_content
from annotator.agreement.layouts import ChoiceLayout, counts_of
from annotator.agreement.open_layout import OpenLayout
from annotator.agreement.packed import Packed
from annotator.agreement.report import report
from annotator.agreement.rows import Rows
from annotator.agreement.selection import Selection, rows_of, selected
from annotator.agreement.spans import ALL, SpanCounts, compare
from annotator.agreement.sums import Parts, add, add_votes
from annotator.agreement.tallies import CHOICES, SEP, Answer, Row, labels_of
from annotator.agreement.tokens import TokenCounts, count_tokens, tokens
from annotator.agreement.votes import votes
from tests.agreement.slow_tallies import reduce

TEXT = "قال وزير الخارجية المصري سامح شكري في القاهرة أمس إن بلاده ترفض ذلك"
PEOPLE = {3: "c@example.org", 5: "a@example.org", 11: "b@example.org"}
TYPES = ("PERS", "ORG", "LOC")

Sentences = list[tuple[str, bool, list[Answer]]]


def a_row(draw: random.Random) -> Row:
    target = draw.choice([None, "dam", "talks"])
    stance = "none" if target is None else draw.choice(["favor", "against", "neutral"])
    speaker = draw.choice(["ARTICLE", "UNCLEAR", "minister", "union"])
    return Row(speaker, draw.choice([speaker, "الوزير"]), draw.choice(["none", "direct"]), target, stance,
               draw.choice(["fact", "assess", "deny", "no_claim"]))  # fmt: skip


def some_spans(draw: random.Random) -> list[tuple[int, int, str]]:
    places = tokens(TEXT)
    chosen = {}
    for _ in range(draw.randrange(4)):
        first = draw.randrange(len(places) - 2)
        start, end = places[first][0], places[first + draw.randrange(3)][1]
        chosen[start, end] = draw.choice(TYPES)
    return [(start, end, kind) for (start, end), kind in chosen.items()]


def sentences(seed: int, size: int = 60, *, all_answer: bool = False) -> Sentences:
    """Answers of three people who mostly follow the first, with some missing."""
    draw = random.Random(seed)
    made: Sentences = []
    for n in range(size):
        row, spans = a_row(draw), some_spans(draw)
        answers = []
        for person in PEOPLE:
            if not all_answer and draw.random() < 0.25:
                continue
            own = row if draw.random() < 0.7 else a_row(draw)
            rows = [own, *(a_row(draw) for _ in range(draw.randrange(2)))]
            marked = spans if draw.random() < 0.6 else some_spans(draw)
            answers.append(Answer(person, rows, marked, f"2026-0{1 + n % 3}-0{1 + n % 9}T00:00:00Z",
                                  draw.choice(["guideline@1", "guideline@1", "guideline@2"])))  # fmt: skip
        made.append((TEXT, n % 7 == 0, answers))
    return made


def parts_of(given: Sentences, selection: Selection | None = None) -> Parts:
    rows, _ = rows_of_articles([given], selection)
    return rows.whole()


def rows_of_articles(articles: Sequence[Sentences], selection: Selection | None = None) -> tuple[Rows, int]:
    """The rows of articles, each a home, and how many have some."""
    answers = columns_of((n, *sentence) for n, own in enumerate(articles) for sentence in own)
    counted = votes(answers, lambda moment: moment[:7])
    rows, units = rows_of([counted], selection or Selection(), answers.names, confused=True)
    return rows, len(units)


def matrix(given: Sentences, layer: str) -> list[list[str | None]]:
    """Annotators × sentences."""
    at = CHOICES.index(layer)
    by_person: list[dict[int, str]] = [{a.person: labels_of(a.rows[0])[at] for a in answers} for _, _, answers in given]
    return [[own.get(person) for own in by_person] for person in PEOPLE]


def value(figure: dict[str, Any]) -> float:
    assert figure["value"] is not None
    return float(figure["value"])


@pytest.mark.parametrize("layer", CHOICES)
@pytest.mark.parametrize("seed", range(4))
def test_alpha_and_kappa_are_those_of_other_libraries(layer: str, seed: int) -> None:
    made = sentences(seed)
    rows = matrix(made, layer)
    labels = sorted({label for row in rows for label in row if label is not None})
    coded = np.array([[labels.index(one) if one is not None else np.nan for one in row] for row in rows])
    told = report(parts_of(made), PEOPLE)[layer]
    assert value(told["alpha"]) == pytest.approx(krippendorff.alpha(coded, level_of_measurement="nominal"), abs=1e-9)
    for i, label in enumerate(labels):
        binary = np.where(np.isnan(coded), np.nan, coded == i)
        assert value(told["labels"][label]["alpha"]) == pytest.approx(
            krippendorff.alpha(binary, value_domain=[0, 1], level_of_measurement="nominal"), abs=1e-9
        )
    weighted = shared = agreeing = 0.0
    for pair in told["pairs"]:
        first, second = (rows[list(PEOPLE.values()).index(pair[side])] for side in ("a", "b"))
        both = [(x, y) for x, y in zip(first, second, strict=True) if x is not None and y is not None]
        kappa = cohen_kappa_score([x for x, _ in both], [y for _, y in both])
        assert pair["n"] == len(both)
        assert value(pair["kappa"]) == pytest.approx(kappa, abs=1e-9)
        assert value(pair["percent"]) == pytest.approx(sum(x == y for x, y in both) / len(both))
        weighted, shared = weighted + kappa * len(both), shared + len(both)
        agreeing += sum(x == y for x, y in both)
    assert value(told["kappa"]) == pytest.approx(weighted / shared, abs=1e-9)
    assert value(told["percent"]) == pytest.approx(agreeing / shared, abs=1e-9)


@pytest.mark.parametrize("layer", CHOICES)
def test_fleiss_is_that_of_statsmodels_where_all_answer(layer: str) -> None:
    made = sentences(9, all_answer=True)
    table, _ = aggregate_raters(np.array(matrix(made, layer)).T)
    told = report(parts_of(made), PEOPLE)[layer]
    assert value(told["fleiss"]) == pytest.approx(fleiss_kappa(table), abs=1e-9)
    assert told["n_sentences"] == 60 and told["n_annotators"] == 3


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000))
def test_open_layers_give_what_patterns_and_tables_give(seed: int) -> None:
    """The speaker's closed forms, on a layer whose patterns are kept."""
    own_votes = selected(document_content(sentences(seed, 30), lambda _: ""), Selection())
    closed = {
        who: {**{name: own for name, own in by.items() if name == "n"}, "speaker": by.get("claim_type", {})}
        for who, by in own_votes.items()
    }
    parts, open_parts = reduce(own_votes), reduce(closed)
    choice = ChoiceLayout(parts.get("claim_type", {}))
    both = {**open_parts.get("speaker", {}), **open_parts.get("speaker pairs", {})}
    opened = OpenLayout(open_parts.get("speaker", {}), open_parts.get("speaker pairs", {}))
    own = dict(zip(choice.paths, choice.values(counts_of(parts["claim_type"], choice.cells)), strict=True))
    other = dict(zip(opened.paths, opened.values(counts_of(both, opened.cells)), strict=True))
    assert set(own) == set(other)
    for path, found in own.items():
        assert other[path] == pytest.approx(found, abs=1e-9, nan_ok=True), path


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000))
def test_entities_are_counted_as_their_modules_count(seed: int) -> None:
    made = [one for one in sentences(seed, 12) if len(one[2]) > 1]
    told = report(parts_of(made), PEOPLE)["entities"]
    counted: dict[tuple[int, int], SpanCounts] = {}
    token_counts = TokenCounts()
    for text, _, answers in made:
        token_counts += count_tokens(tokens(text), [answer.spans for answer in answers])
        for i, first in enumerate(answers):
            for second in answers[i + 1 :]:
                key = first.person, second.person
                counts = compare(first.spans, second.spans)[ALL]
                counted[key] = counted.get(key, SpanCounts()) + counts
    total = sum(counted.values(), SpanCounts())
    for name, matched in (("exact_f1", total.exact), ("boundary_f1", total.boundary), ("overlap_f1", total.overlap),
                          ("overlap_untyped_f1", total.overlap_untyped)):  # fmt: skip
        _same(told[name], total.f1(matched))
    _same(told["token_alpha"], token_counts.micro())
    for kind, alpha in token_counts.alphas().items():
        _same(told["types"][kind]["token_alpha"], alpha)


def _same(figure: dict[str, Any], expected: float) -> None:
    if math.isnan(expected):
        assert figure["value"] is None and figure["reason"] in ("no overlap", "no variation")
    else:
        assert value(figure) == pytest.approx(expected, abs=1e-9)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.integers(1, 29))
def test_parts_add_up_and_come_off_again(seed: int, cut: int) -> None:
    made = sentences(seed, 30)
    whole, first, second = parts_of(made), parts_of(made[:cut]), parts_of(made[cut:])
    total: Parts = {}
    add(total, first)
    add(total, second)
    assert total == _without_empty(whole)
    add(total, second, -1)
    assert total == _without_empty(first)
    both: dict[str, dict[str, Any]] = {}
    for half in (made[:cut], made[cut:]):
        add_votes(both, selected(document_content(half, lambda moment: moment[:7]), Selection()))
    assert _without_empty(reduce(both)) == _without_empty(whole)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.integers(1, 29))
def test_packed_counts_add_up_and_come_off_again(seed: int, cut: int) -> None:
    """Equal counts, equal texts, whichever way they came about."""
    made = sentences(seed, 30)
    for part in ("speaker_raw", "speaker_raw pairs"):
        whole, first, second = (Packed.of(parts_of(some).get(part, {})) for some in (made, made[:cut], made[cut:]))
        assert first.plus(second).as_json() == second.plus(first).as_json() == whole.as_json()
        assert whole.plus(second, -1).as_json() == first.as_json()
        assert whole.plus(whole, -1).as_json() == Packed.of({}).as_json()
        assert {group: dict(cells) for group, cells in Packed.parse(whole.as_json()).items()} == dict(whole)


def _without_empty(parts: Parts) -> Parts:
    clean: Parts = {}
    add(clean, parts)
    return clean


@pytest.mark.parametrize("out", PEOPLE)
def test_leaving_an_annotator_out_is_as_if_they_never_answered(out: int) -> None:
    made = sentences(4)
    left = [(text, False, [a for a in answers if a.person != out]) for text, _, answers in made]
    assert _without_empty(parts_of(made, Selection(without=frozenset({out})))) == _without_empty(parts_of(left))


def test_a_selection_counts_what_it_names() -> None:
    made = sentences(5)
    mine = [one for one in made if len(one[2]) > 1]
    once = report(parts_of(made, Selection(copies="once")), PEOPLE)["stance"]["n_sentences"]
    assert once == sum(not copy for _, copy, _ in mine)
    second = report(parts_of(made, Selection(guideline="guideline@2")), PEOPLE)["stance"]["n_sentences"]
    assert second == sum({a.guideline for a in answers} == {"guideline@2"} for _, _, answers in mine)
    mixed = report(parts_of(made, Selection(guideline="mixed")), PEOPLE)["stance"]["n_sentences"]
    assert mixed == sum(len({a.guideline for a in answers}) > 1 for _, _, answers in mine)


def test_what_is_undefined_says_why() -> None:
    nobody = report({}, {})
    assert nobody["stance"]["alpha"] == {"value": None, "reason": "no overlap"} == nobody["entities"]["exact_f1"]
    row = Row("ARTICLE", "ARTICLE", "none", None, "none", "fact")
    alike = [(TEXT, False, [Answer(person, [row], [], "2026-01-01") for person in PEOPLE])] * 3
    told = report(parts_of(alike), PEOPLE)
    for layer in CHOICES:
        assert value(told[layer]["percent"]) == 1.0
        for name in ("alpha", "kappa", "scott", "fleiss", "ac1"):
            assert told[layer][name] == {"value": None, "reason": "no variation"}
    assert told["entities"]["exact_f1"] == {"value": None, "reason": "no variation"}
    assert told["stance_where_same_target"]["alpha"] == {"value": None, "reason": "no overlap"}


def test_the_order_of_annotators_and_sentences_does_not_matter() -> None:
    made = sentences(6)
    turned = [(text, copy, answers[::-1]) for text, copy, answers in reversed(made)]
    assert report(parts_of(made), PEOPLE) == report(parts_of(turned), PEOPLE)


def test_confusion_members_and_inference_read_the_same_votes() -> None:
    made = sentences(7)
    given = selected(document_content(made, lambda _: ""), Selection())
    rows = team.rows(given, "claim_type")
    members = team.members(rows)
    by_person = {person: dict(zip(range(len(made)), row, strict=True))
                 for person, row in zip(PEOPLE, matrix(made, "claim_type"), strict=True)}  # fmt: skip
    for person, own in members.items():
        pairs = [(by_person[person][n], other[n]) for who, other in by_person.items() if who != person
                 for n in range(len(made)) if by_person[person][n] and other[n]]  # fmt: skip
        assert (own.standing.agreeing, own.standing.pairs) == (sum(x == y for x, y in pairs), len(pairs))
    confusion = team.confusion(reduce(given), "claim_type", (5, 3))
    both = [(x, y) for x, y in zip(by_person[5].values(), by_person[3].values(), strict=True) if x and y]
    for i, first in enumerate(confusion.labels):
        for j, second in enumerate(confusion.labels):
            assert confusion.table[i, j] == both.count((first, second))
    inferred = team.infer(rows)
    assert inferred is not None and inferred.truth.converged
    assert inferred.truth.posterior.shape == (len(rows), len(inferred.labels))
    confused = team.most_confused(reduce(given), "speaker")
    assert sum(n for *_, n in confused) == sum(
        labels[i] != labels[j] for _, labels, n in team.rows(given, "speaker") for _ in range(n)
        for i in range(len(labels)) for j in range(i)
    )  # fmt: skip


def test_a_separator_in_marked_words_does_no_harm() -> None:
    row = Row("x", f"a{SEP}b", "direct", None, "none", "fact")
    made = [(TEXT, False, [Answer(person, [row], [], "2026-01-01") for person in PEOPLE])]
    assert report(parts_of(made), PEOPLE)["speaker_raw"]["labels"].keys() == {"a b"}
