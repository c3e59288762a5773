"""Annotators beside each other: what their page shows. Loaded when first asked for, as `agreement_reading`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from annotator import folding
from annotator.agreement.annotators import LEAST, Drift, Standing, careless, drift, drift_of_marks, leave_one_out
from annotator.agreement.clusters import ratio
from annotator.agreement.figure import Figure
from annotator.agreement.outvoting import decided, met, told_apart
from annotator.agreement.patterns import NO_OVERLAP
from annotator.agreement.selection import Selection
from annotator.agreement.sums import ENTITIES
from annotator.agreement.team import Given, Marker, Votes, history, infer, marked_history, markers
from annotator.context import database
from annotator.errors import NotFound
from annotator.queries import agreement, agreement_people, agreement_sentences
from annotator.views.agreement_reading import MATRIX_LABELS, WAIT, share
from annotator.views.jobs import jobs

if TYPE_CHECKING:
    from annotator.db import Database

#: The layers on which annotators are set beside each other.
LAYERS = ("speaker", "attribution", "stance_target", "stance", "claim_type", ENTITIES)
MOST_LABELS = 60  # the model of Dawid and Skene grows with the square of the labels
Pairs = Counter[tuple[str, str]]


@dataclass(frozen=True)
class Member:
    """An annotator on one layer; (own label, other's label) → pairs in `beside`; (true, own) → sentences in the two
    others: against the labels that the model of Dawid and Skene thinks likeliest, and against decisions."""

    id: int
    name: str
    email: str
    sentences: int
    figure: dict[str, Any]
    flagged: bool | None
    competence: float | None
    gold: dict[str, Any]
    n_gold: int
    seconds: float | None
    beside: Pairs
    consensus: Pairs
    decided: Pairs
    marker: Marker | None = None  # on entities, which have spans and no labels to set side by side

    def labels(self) -> list[str]:
        known = (self.beside, self.consensus, self.decided)
        return sorted({label for pairs in known for one in pairs for label in one})

    def mistakes(self, most: int = 3) -> list[tuple[str, str, int]]:
        """(Consensus, own, sentences) that differ, the most frequent first."""
        return self._apart[:most]

    @cached_property
    def _apart(self) -> list[tuple[str, str, int]]:
        """All that differ: of thousands of speakers there are a hundred thousand."""
        pairs = self.consensus or Counter({(other, own): n for (own, other), n in self.beside.items()})
        apart = [(true, own, n) for (true, own), n in pairs.items() if true != own]
        return sorted(apart, key=lambda one: (-one[2], one[0], one[1]))

    def bias(self) -> list[tuple[str, float, float]]:
        """(Label, own share, the others' share there), the farthest apart first; of entities spans a sentence."""
        if self.marker is not None:
            return self.marker.bias()
        own, other = Counter[str](), Counter[str]()
        for (mine, theirs), n in self.beside.items():
            own[mine] += n
            other[theirs] += n
        total = own.total() or 1
        rows = [(label, own[label] / total, other[label] / total) for label in own | other]
        return sorted(rows, key=lambda row: (-abs(row[1] - row[2]), row[0]))


@dataclass(frozen=True, slots=True)
class Team:
    """Everybody on one layer; `middle`: the median of their agreement with the others; `likeliest`: the label that the
    model thinks likeliest, by who gave which."""

    layer: str
    members: tuple[Member, ...]
    middle: float | None
    likeliest: Mapping[Given, str] = field(default_factory=dict)

    def member(self, person: int) -> Member | None:
        return next((one for one in self.members if one.id == person), None)


def team(project_id: int, layer: str, selection: Selection) -> Team | None:
    """Null while it is being counted."""
    opened = database()
    with opened.read() as session:
        state = agreement_people.state(session, project_id)
    key = ("team", project_id, layer, selection.key(), state)
    return jobs().outcome(key, partial(_count, opened, project_id, layer, selection), WAIT)


def cell_of(
    project_id: int, layer: str, truth: str, person: int | None, cell: tuple[str, str], selection: Selection
) -> Callable[..., tuple[list[agreement_sentences.CellSentence], str | None]] | None:
    """What finds the sentences of a cell of `tables`, given a session; null while the consensus is being counted."""
    if truth not in ("consensus", "gold") or layer not in LAYERS or layer == ENTITIES or person is None:
        raise NotFound("There is no such table.")
    if truth == "gold":
        return partial(agreement_sentences.sentences_by_decision, project_id=project_id, layer=layer, cell=cell,
                       person=person, selection=selection)  # fmt: skip
    found = team(project_id, layer, selection)
    if found is None:
        return None
    return partial(agreement_sentences.sentences_by_consensus, project_id=project_id, layer=layer, cell=cell,
                   likeliest=found.likeliest, person=person, selection=selection)  # fmt: skip


def drift_of(project_id: int, person: int, layer: str) -> Drift | None:
    """An annotator's agreement in windows of equal count; null while it is being counted."""
    opened = database()
    with opened.read() as session:
        state = agreement_people.state(session, project_id)
    key = ("drift", project_id, person, layer, state)
    return jobs().outcome(key, partial(_drift, opened, project_id, person, layer), WAIT)


def _drift(opened: Database, project_id: int, person: int, layer: str) -> Drift:
    with opened.snapshot() as session:
        if layer == ENTITIES:
            marked = agreement_sentences.marked_history(session, project_id, person)
            return drift_of_marks(*marked_history(marked, person))
        found = agreement_sentences.history(session, project_id, person, layer)
    return drift(*history(found, person))


def _count(opened: Database, project_id: int, layer: str, selection: Selection) -> Team:
    folding.fold(opened, project_id)
    if layer == ENTITIES:
        return _count_marks(opened, project_id, selection)
    with opened.snapshot() as session:
        votes = agreement_sentences.votes(session, project_id, layer, selection)
        standings, beside = _pairs(votes)
        names = agreement_people.names(session, standings)
        seconds = agreement_people.median_seconds(session, project_id, standings)
        decided = agreement_people.against_decisions(session, project_id, layer, selection)
    flags = careless({str(person): one for person, one in standings.items()})
    competence, consensus, likeliest = _inferred(votes)
    shares = [one.share for one in standings.values() if one.pairs]
    members = [
        Member(person, *names.get(person, ("", str(person))), one.sentences, leave_one_out(one).as_json(),
               flags[str(person)], competence.get(person) if one.sentences >= LEAST else None,
               *_gold(decided.get(person, Counter())), seconds.get(person), beside[person],
               consensus.get(person, Counter()), decided.get(person, Counter()))
        for person, one in standings.items()
    ]  # fmt: skip
    ordered = tuple(sorted(members, key=lambda member: (member.name, member.email)))
    return Team(layer, ordered, float(np.median(shares)) if shares else None, likeliest)


def _count_marks(opened: Database, project_id: int, selection: Selection) -> Team:
    """On entities: exact F1 beside the others. Nobody is judged on them: the rule was measured on labels."""
    with opened.snapshot() as session:
        rows, articles = agreement.document_rows(session, project_id, selection, layers=())
        found = markers(rows.by_home(len(articles)))
        names = agreement_people.names(session, found)
        seconds = agreement_people.median_seconds(session, project_id, found)
        decided = agreement_people.marks_against_decisions(session, project_id, selection)
    members, shares = [], []
    for person, one in found.items():
        figure = ratio(one.matched, one.marked, NO_OVERLAP)
        shares += [] if figure.value is None else [figure.value]
        gold = decided.get(person, ([], []))
        members.append(
            Member(person, *names.get(person, ("", str(person))), one.sentences, figure.as_json(), None, None,
                   ratio(*gold, NO_OVERLAP).as_json(), len(gold[0]), seconds.get(person), Counter(), Counter(),
                   Counter(), one)
        )  # fmt: skip
    ordered = tuple(sorted(members, key=lambda member: (member.name, member.email)))
    return Team(ENTITIES, ordered, float(np.median(shares)) if shares else None)


def _pairs(votes: Votes) -> tuple[dict[int, Standing], dict[int, Pairs]]:
    beside: dict[int, Pairs] = defaultdict(Counter)
    shared: Counter[int] = Counter()
    for people, given, n in votes:
        for i, person in enumerate(people):
            shared[person] += n
            for j, label in enumerate(given):
                if i != j:
                    beside[person][given[i], label] += n
    return {
        person: Standing(sum(n for (a, b), n in beside[person].items() if a == b), beside[person].total(), n)
        for person, n in sorted(shared.items())
    }, beside


def _inferred(votes: Votes) -> tuple[dict[int, float], dict[int, Pairs], dict[Given, str]]:
    """Competence, and (likeliest label, own) → sentences, of each annotator, and the likeliest labels themselves, where
    answers tell them; nothing for a layer of many labels."""
    if len({label for _, given, _ in votes for label in given}) > MOST_LABELS:
        return {}, {}, {}
    found = infer(votes)
    if found is None:
        return {}, {}, {}
    known = told_apart(met((people, n) for people, _, n in votes))
    likeliest = found.truth.posterior.argmax(1).tolist()
    consensus: dict[int, Pairs] = defaultdict(Counter)
    labels: dict[Given, str] = {}
    for (people, given, n), true in zip(votes, likeliest, strict=True):
        if not decided(people, known):
            continue
        labels[frozenset(zip(people, given, strict=True))] = found.labels[true]
        for person, label in zip(people, given, strict=True):
            consensus[person][found.labels[true], label] += n
    competence = dict(zip(found.people, found.truth.competence().tolist(), strict=True))
    return {person: one for person, one in competence.items() if person in known}, consensus, labels


def _gold(pairs: Pairs) -> tuple[dict[str, Any], int]:
    return share(sum(n for (true, own), n in pairs.items() if true == own), pairs.total()), pairs.total()


def windows(found: Drift) -> list[dict[str, Any]]:
    """The figures of the windows, the oldest first."""
    return [figure.as_json() if isinstance(figure, Figure) else figure for figure in found.windows]


@dataclass(frozen=True, slots=True)
class Table:
    """A confusion table of one annotator: rows are `truth`, columns the own labels; (sentences, shade 0 to 9)."""

    truth: str  # consensus or gold
    labels: list[str]
    cells: list[list[tuple[int, int]]]


def tables(member: Member) -> list[Table]:
    """Against the consensus, and against gold where there are decisions; none for a layer of many labels."""
    found = []
    for truth, pairs in (("consensus", member.consensus), ("gold", member.decided)):
        labels = sorted({label for one in pairs for label in one})
        if labels and len(labels) <= MATRIX_LABELS:
            found.append(Table(truth, labels, [_shaded(pairs, true, labels) for true in labels]))
    return found


def _shaded(pairs: Pairs, true: str, labels: list[str]) -> list[tuple[int, int]]:
    counts = [pairs[true, own] for own in labels]
    total = sum(counts) or 1
    return [(n, 0 if not n else max(1, round(9 * n / total))) for n in counts]
