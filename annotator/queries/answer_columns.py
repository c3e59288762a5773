"""Submitted answers of whole documents by columns, as the tallies count them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Integer, Select, Text, cast, func, select
from sqlalchemy.orm import Session

from annotator.agreement.answers import Answers, Spans, Texts
from annotator.agreement.numbering import Ints, Names, distinct, places, runs, together
from annotator.agreement.tallies import SEP
from annotator.models import Annotation, Sentence, Span, StatementRow
from annotator.queries.columns import columns
from annotator.queries.counted import Speakers, first_copies, left_out, shown

_NONE = -1  # numbers that are null


class Reader:
    """Reads the answers of a project, some documents at a time; what is read together shares its names."""

    def __init__(self, session: Session, project_id: int, names: Names | None = None) -> None:
        self._session, self._project = session, project_id
        self._left_out = np.array(sorted(left_out(session, project_id)), np.int64)
        self.names = Names() if names is None else names
        for label in ("none", "mixed"):
            self.names[label]
        speakers = Speakers(session, project_id).named
        self.entries = np.array([_NONE, *speakers], np.int64)
        named = list(speakers.values())
        self.speaker = self.names.numbers(["", *(key for key, _ in named)])
        self.own_name = self.names.numbers(["", *(name.replace(SEP, " ") for _, name in named)])

    def read(self, among: ColumnElement[bool], *, by_sentence: bool = False) -> Answers:
        """The answers of the sentences `among`, a condition on the table of sentences. Their units are documents, or
        themselves."""
        ids, unit, groups, lengths, whole = columns(self._session, _sentences(among), whole="text")
        texts = Texts.joined(whole, lengths)
        sentence, answer, person, day, guideline, provenance = columns(self._session, _answers(among))
        statements = _Statements(self, columns(self._session, _statements(among)))
        sentence = places(ids, sentence)
        counts = (places(statements.answers, answer) >= 0) & ~np.isin(person, self._left_out)
        order = np.flatnonzero(counts)
        order = order[np.argsort(together([sentence[order], person[order]]), kind="stable")]
        answer, sentence = answer[order], sentence[order]
        primary = statements.first[places(statements.answers, answer)]
        flags = Names()
        told = flags.numbers(provenance)[order]
        shown_of = np.array([shown(text) for text in flags.texts], np.bool_).reshape(-1, 2)
        days = sorted(set(day))
        number = {one: i for i, one in enumerate(days)}
        further, own = statements.further(answer)
        return Answers(
            self.names, ids if by_sentence else unit, self._copies(ids, groups), texts, sentence, person[order], days,
            np.fromiter(map(number.__getitem__, day), np.int64, len(day))[order],
            self.names.numbers(guideline)[order], shown_of[told, 0], shown_of[told, 1],
            statements.labels(primary, texts, sentence), self._spans(among, answer), further, own,
        )  # fmt: skip

    def _copies(self, ids: Ints, groups: list[str]) -> Any:
        firsts = first_copies(self._session, self._project, {group for group in groups if group})
        first = np.fromiter((firsts.get(group, 0) for group in groups), np.int64, len(groups))
        return (first > 0) & (first != ids)

    def _spans(self, among: ColumnElement[bool], answers: Ints) -> Spans:
        answer, start, end, label = columns(self._session, _spans(among))
        answer = places(answers, answer)
        own = answer >= 0
        kind = self.names.numbers(label, len(label))
        return Spans(answer[own], start[own], end[own], kind[own])


class _Statements:
    """The statements of answers, in the order of (answer, n): `answers` (D,) have some, the first is row `first`."""

    def __init__(self, reader: Reader, found: Sequence[Any]) -> None:
        self._reader = reader
        answer, n, entry, *surface = found[:5]
        names = reader.names
        labels = [names.numbers(texts, len(texts)) for texts in found[5:]]
        order = np.argsort(together([answer, n]), kind="stable")
        self._answer = answer[order]
        self.first = runs(self._answer)[:-1]
        self.answers = self._answer[self.first]
        entry = np.maximum(places(reader.entries, entry[order]), 0)
        self._speaker, self._own_name = reader.speaker[entry], reader.own_name[entry]
        self._start, self._end = (column[order] for column in surface)
        self._attribution, self._target, self._stance, self._claim = (column[order] for column in labels)

    def labels(self, row: Ints, texts: Texts, sentence: Ints) -> list[Ints]:
        """Of these rows, in these sentences: a column for each layer of CHOICES."""
        names, speaker, stance = self._reader.names, self._speaker[row], self._stance[row]
        target = np.where(self._target[row] == 0, names["none"], self._target[row])
        return [
            speaker, self._raw(row, texts, sentence), self._attribution[row], target, stance,
            _pairs(target, stance, names), self._claim[row],
        ]  # fmt: skip

    def _raw(self, row: Ints, texts: Texts, sentence: Ints) -> Ints:
        """The words marked as the speaker, else the speaker's own name."""
        raw = self._own_name[row]
        marked = np.flatnonzero(self._start[row] >= 0)
        begin, stop = texts.begin[sentence[marked]], texts.end[sentence[marked]]
        begins = np.minimum(begin + self._start[row[marked]], stop).tolist()
        ends = np.minimum(begin + self._end[row[marked]], stop).tolist()
        whole = texts.whole.replace(SEP, " ")
        raw[marked] = self._reader.names.numbers(
            [whole[begin:end] for begin, end in zip(begins, ends, strict=True)], len(marked)
        )
        return np.where(raw == 0, self._speaker[row], raw)

    def further(self, answers: Ints) -> tuple[Ints, Ints]:
        """Statements beyond the first: the place of each one's answer among `answers`, a number of what it says."""
        more = np.ones(len(self._answer), np.bool_)
        more[self.first] = False
        place = places(answers, self._answer[more])
        says = together([self._speaker, self._attribution, self._target, self._stance, self._claim])[more]
        return place[place >= 0], distinct(says[place >= 0])[1]


def _pairs(target: Ints, stance: Ints, names: Names) -> Ints:
    found, place = distinct(together([target, stance]))
    example = np.empty(len(found), np.int64)
    example[place] = np.arange(len(place))
    texts = names.texts
    told = [f"{texts[t]} {texts[s]}" for t, s in zip(target[example].tolist(), stance[example].tolist(), strict=True)]
    return names.numbers(told)[place]


def _sentences(among: ColumnElement[bool]) -> Any:
    found: Any = select(
        Sentence.id, Sentence.document_id, func.coalesce(Sentence.near_group, "").label("near_group"),
        func.length(Sentence.text, type_=Integer).label("length"), Sentence.text,
    )  # fmt: skip
    return found.where(among)


def _answers(among: ColumnElement[bool]) -> Select[Any]:
    provenance = func.coalesce(cast(Annotation.provenance, Text), "")
    return _of_answers(
        among, Annotation.sentence_id, Annotation.id, Annotation.person_id,
        func.substr(Annotation.updated_at, 1, 10, type_=Text).label("day"),
        func.coalesce(Annotation.guideline, "").label("guideline"), provenance.label("provenance"),
    ).where(Annotation.state == "submitted")  # fmt: skip


def _statements(among: ColumnElement[bool]) -> Select[Any]:
    row = StatementRow
    return _of_answers(
        among, row.annotation_id, row.n, func.coalesce(row.entry_id, _NONE).label("entry"),
        func.coalesce(row.start, _NONE).label("begin"), func.coalesce(row.end, _NONE).label("stop"),
        *(func.coalesce(column, "").label(column.key)
          for column in (row.attribution, row.target, row.stance, row.claim_type)),
    ).join(row, row.annotation_id == Annotation.id)  # fmt: skip


def _spans(among: ColumnElement[bool]) -> Select[Any]:
    return _of_answers(among, Span.annotation_id, Span.start, Span.end, Span.label).join(
        Span, Span.annotation_id == Annotation.id
    )


def _of_answers(among: ColumnElement[bool], *wanted: Any) -> Select[Any]:
    """Of all answers: whether one is submitted only its own row tells, but an index leads to its statements and spans.
    Those of drafts are read in vain."""
    return (
        select(*wanted).select_from(Sentence).join(Annotation, Annotation.sentence_id == Sentence.id).where(among)
    )
