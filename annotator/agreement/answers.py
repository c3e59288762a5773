"""Submitted answers by columns: what the tallies count, numbered.

S sentences, A answers in the order of (sentence, person), P spans and E further statements in the order of their
answers. Labels are numbers of `names`: 0 where an answer has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotator.agreement.numbering import Ints, Names
from annotator.agreement.tallies import CHOICES, Answer, Row, labels_of

Flags = NDArray[np.bool_]
#: What is no part of a token: as str.split and \s have it. None lies beyond these.
_SPACE = np.array([chr(point).isspace() for point in range(0x3001)])


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of S sentences in one, parted by a line feed: sentence s is whole[begin[s]:end[s]]."""

    whole: str
    begin: Ints
    end: Ints

    @classmethod
    def of(cls, texts: Sequence[str]) -> Texts:
        return cls.joined("\n".join(texts), np.fromiter(map(len, texts), np.int64, len(texts)))

    @classmethod
    def joined(cls, whole: str, lengths: Ints) -> Texts:
        ends = np.cumsum(lengths + 1) - 1
        if len(lengths) and ends[-1] != len(whole):
            raise ValueError("lengths that are not those of the texts")
        return cls(whole, ends - lengths, ends)

    def tokens(self) -> tuple[Ints, Ints]:
        """For each place in `whole`, and the place after it: how many tokens begin before it, how many have ended."""
        points = np.frombuffer(self.whole.encode("utf-32-le", "surrogatepass"), "<u4")
        inside = np.zeros(len(points) + 2, np.int8)
        inside[1:-1] = ~_SPACE[np.minimum(points, len(_SPACE) - 1)] | (points >= len(_SPACE))
        change = np.diff(inside)  # 1 where a token begins, -1 where one has ended
        begun = np.concatenate(([0], np.cumsum(change[:-1] == 1)))
        return begun, np.cumsum(change == -1)


@dataclass(frozen=True, slots=True)
class Spans:
    """P spans of answers, half-open in code points of their sentence. No answer has the same one twice."""

    answer: Ints
    start: Ints
    end: Ints
    kind: Ints


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers to S sentences. `unit` (S,): what each sentence is tallied with, such as its document. `copy` (S,):
    another sentence of its near-copies comes first. `moment` (A,) numbers `moments`, which ascend. `labels`: of
    the primary statement, (A,) for each layer of CHOICES. `further` (E,): equal statements, equal numbers.
    """

    names: Names
    unit: Ints
    copy: Flags
    texts: Texts
    sentence: Ints
    person: Ints
    moments: Sequence[str]
    moment: Ints
    guideline: Ints
    seen: Flags
    hidden: Flags
    labels: Sequence[Ints]
    spans: Spans
    further_answer: Ints
    further: Ints


def columns_of(sentences: Iterable[tuple[int, str, bool, Sequence[Answer]]], names: Names | None = None) -> Answers:
    """Each sentence's unit, text, whether it is a later near-copy, and answers → the same by columns."""
    given = list(sentences)
    names, statements = Names() if names is None else names, _Statements()
    answers = [one for *_, own in given for one in sorted(own, key=lambda answer: answer.person)]
    moments = sorted({answer.finished for answer in answers})
    place = {moment: i for i, moment in enumerate(moments)}
    spans = [(i, *span) for i, answer in enumerate(answers) for span in sorted(set(answer.spans))]
    further = [(i, statements.number(row)) for i, answer in enumerate(answers) for row in answer.rows[1:]]
    return Answers(
        names, _ints(unit for unit, *_ in given), np.array([copy for _, _, copy, _ in given], np.bool_),
        Texts.of([text for _, text, *_ in given]),
        _ints(s for s, (*_, own) in enumerate(given) for _ in own), _ints(answer.person for answer in answers),
        moments, _ints(place[answer.finished] for answer in answers),
        names.numbers(answer.guideline or "" for answer in answers),
        np.array([answer.seen for answer in answers], np.bool_),
        np.array([answer.hidden for answer in answers], np.bool_),
        list(names.numbers(label for one in answers for label in labels_of(one.rows[0])).reshape(-1, len(CHOICES)).T),
        Spans(_ints(i for i, *_ in spans), _ints(start for _, start, *_ in spans),
              _ints(end for *_, end, _ in spans), names.numbers(kind for *_, kind in spans)),
        _ints(i for i, _ in further), _ints(number for _, number in further),
    )  # fmt: skip


class _Statements(dict[tuple[str | None, ...], int]):
    """Numbers of whole statements; the words that mark a speaker are no part of them."""

    def number(self, row: Row) -> int:
        return self.setdefault((row.speaker, row.attribution, row.target, row.stance, row.claim_type), len(self))


def _ints(numbers: Iterable[int]) -> Ints:
    return np.fromiter(numbers, np.int64)
