"""The votes of a document: how many sentences these annotators answered so. Every figure of agreement comes from them.

Votes add up, and an annotator can be left out of them again. `sums` makes of them what the coefficients need.
Only submitted answers count, and only sentences that two or more annotators answered.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any, NamedTuple

from annotator.agreement.spans import ALL, Span, compare
from annotator.agreement.tokens import bounds

SEP = "\x1f"
#: The layers of one label per answer, primary statement only. `speaker` is the canonical entry, `speaker_raw` the
#: words that the annotator marked, `stance_pair` target and value together.
CHOICES = ("speaker", "speaker_raw", "attribution", "stance_target", "stance", "stance_pair", "claim_type")
SAME_TARGET = "stance_where_same_target"
LABELLED = (*CHOICES, SAME_TARGET)
EXTRA = "extra_statements"
Content = dict[str, dict[str, dict[str, Any]]]  # {stratum: {annotators: votes}}


class Row(NamedTuple):
    """One statement: canonical id of the speaker, speaker as marked, attribution, target, stance value, claim type."""

    speaker: str | None
    raw: str | None
    attribution: str | None
    target: str | None
    stance: str | None
    claim_type: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A submitted answer. `finished` is ISO 8601; `seen`: suggestions were shown; `hidden`: the outlet was not."""

    person: int
    rows: Sequence[Row]
    spans: Sequence[Span]
    finished: str
    guideline: str | None = None
    seen: bool = False
    hidden: bool = False


class Stratum(NamedTuple):
    """What the answers of a sentence have in common. `copy`: another sentence of its near-copies comes first."""

    seen: bool
    hidden: bool
    copy: bool
    week: str
    guideline: str

    def key(self) -> str:
        return f"{self.seen:d}|{self.hidden:d}|{self.copy:d}|{self.week}|{self.guideline}"

    @classmethod
    def parse(cls, key: str) -> Stratum:
        seen, hidden, copy, week, guideline = key.split("|", 4)
        return cls(seen == "1", hidden == "1", copy == "1", week, guideline)


MIXED = "mixed"  # the answers to a sentence were given under different guideline versions


def document_content(sentences: Iterable[tuple[str, bool, Sequence[Answer]]], week: Callable[[str], str]) -> Content:
    """The votes of a document: of each sentence its text, whether it is a later near-copy, its answers.

    `week` names the week of a moment.
    """
    content: Content = {}
    for text, copy, answers in sentences:
        if len(answers) < 2:
            continue
        if len(answers) > 1:
            answers = sorted(answers, key=lambda answer: answer.person)
        guidelines = {answer.guideline for answer in answers}
        stratum = Stratum(
            any(answer.seen for answer in answers), all(answer.hidden for answer in answers), copy,
            week(max(answer.finished for answer in answers)),
            MIXED if len(guidelines) > 1 else guidelines.pop() or "",
        ).key()  # fmt: skip
        who = " ".join(str(answer.person) for answer in answers)
        votes = content.setdefault(stratum, {}).setdefault(who, _empty())
        votes["n"] += 1
        _count_choices(votes, answers)
        _count_spans(votes, text, answers)
        _count_extra(votes, answers)
    return _plain(content)


def _empty() -> dict[str, Any]:
    return {"n": 0, **{layer: defaultdict(int) for layer in LABELLED}, "spans": {}, "tokens": {}, EXTRA: {}}


def _plain(content: Content) -> Content:
    """Without what is empty."""
    return {
        stratum: {who: {name: value for name, value in votes.items() if value} for who, votes in by_who.items()}
        for stratum, by_who in content.items()
    }


def labels_of(row: Row) -> tuple[str, str, str, str, str, str, str]:
    """The label of each layer of CHOICES; empty where the answer has none."""
    target = row.target or "none"
    stance = row.stance or ""
    raw = (row.raw or row.speaker or "").replace(SEP, " ")
    return (row.speaker or "", raw, row.attribution or "", target, stance, f"{target} {stance}", row.claim_type or "")


def _count_choices(votes: dict[str, Any], answers: Sequence[Answer]) -> None:
    columns = [labels_of(answer.rows[0]) for answer in answers]
    for layer, *labels in zip(CHOICES, *columns, strict=True):
        votes[layer][SEP.join(labels)] += 1
    targets = [column[3] for column in columns]
    for target in set(targets):
        if target != "none" and targets.count(target) > 1:
            votes[SAME_TARGET][SEP.join(c[4] if c[3] == target else "" for c in columns)] += 1


def _count_spans(votes: dict[str, Any], text: str, answers: Sequence[Answer]) -> None:
    add_one(votes["tokens"], "", "", len(text.split()))  # as `tokens` cuts
    marked = [frozenset(answer.spans) for answer in answers]
    if not any(marked):
        return
    kinds = [_kinds(spans) for spans in marked]
    for i, j in combinations(range(len(marked)), 2):
        cells = votes["spans"].setdefault(f"{i} {j}", defaultdict(int))
        _count_pair(cells, marked[i], marked[j], kinds[i], kinds[j])
    starts, ends = bounds(text)
    touched: dict[tuple[str, int], list[str]] = {}  # (type, token) → which annotators' spans share a code point with it
    for i, spans in enumerate(marked):
        for start, end, kind in spans:
            for place in range(bisect_right(ends, start), bisect_left(starts, end)):
                touched.setdefault((kind, place), ["0"] * len(answers))[i] = "1"
    for (kind, _), mask in touched.items():
        add_one(votes["tokens"], "".join(mask), kind, 1)


def _kinds(spans: Iterable[Span]) -> dict[str, int]:
    found: dict[str, int] = {}
    for _, _, kind in spans:
        found[kind] = found.get(kind, 0) + 1
    return found


def _count_pair(
    cells: dict[str, int], first: frozenset[Span], second: frozenset[Span], of_first: dict[str, int],
    of_second: dict[str, int],
) -> None:  # fmt: skip
    """One sentence of two annotators, {type, measure} → spans, as `spans.compare` counts them.

    Where one of the two marked nothing but what both did, no matching has more pairs than those: hardly ever is one
    looked for.
    """
    alike = len(first) if first == second else len(first & second)
    if alike < len(first) and alike < len(second):
        for kind, counts in compare(first, second).items():
            _tell(cells, _cells(kind), counts.a, counts.b, counts.exact, counts.overlap)
            if kind == ALL:
                _tell(cells, _CELLS_OF_ALL, counts.boundary, counts.overlap_untyped)
        return
    for kind, a in of_first.items():
        b = of_second.get(kind, 0)
        _tell(cells, _cells(kind), a, b, min(a, b), min(a, b))
    for kind, b in of_second.items():
        if kind not in of_first:
            cells[_cells(kind)[1]] += b
    _tell(cells, _cells(ALL), len(first), len(second), alike, alike)
    _tell(cells, _CELLS_OF_ALL, alike, alike)


def _tell(cells: dict[str, int], names: tuple[str, ...], *counts: int) -> None:
    for name, count in zip(names, counts, strict=True):
        if count:
            cells[name] += count


@lru_cache(500)
def _cells(kind: str) -> tuple[str, str, str, str]:
    return (f"{kind}{SEP}a", f"{kind}{SEP}b", f"{kind}{SEP}exact", f"{kind}{SEP}overlap")


_CELLS_OF_ALL = (f"{ALL}{SEP}boundary", f"{ALL}{SEP}untyped")


def _count_extra(votes: dict[str, Any], answers: Sequence[Answer]) -> None:
    if all(len(answer.rows) < 2 for answer in answers):
        return
    further = [Counter((r.speaker, r.attribution, r.target, r.stance, r.claim_type) for r in answer.rows[1:])
               for answer in answers]  # fmt: skip
    for (i, first), (j, second) in combinations(enumerate(further), 2):
        for name, count in (("a", first.total()), ("b", second.total()), ("matched", (first & second).total())):
            add_one(votes[EXTRA], f"{i} {j}", name, count)


def add_one(cells: dict[str, Any], group: str, cell: str, count: int) -> None:
    if count:
        own = cells.setdefault(group, {})
        own[cell] = own.get(cell, 0) + count
