"""Sound labels read quickly: imports have hundreds of thousands of them, hardly ever a faulty one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from annotator.layers.answer import ARTICLE
from annotator.layers.parsing import MOST_ENTITIES, MOST_STATEMENTS, KnownSpeaker
from annotator.layers.scheme import Label, Scheme
from annotator.layers.stored import EntityRow, StatementRow, StoredLabels

_NO_WORDS = (None, None)
_NAME = (str, type(None))


class Sound:
    """Reads labels against a scheme and a registry that stay the same; `speakers` may grow.

    Without `retired`, an answer that holds a retired label is one to look closer at.
    """

    def __init__(self, scheme: Scheme, speakers: Mapping[str, KnownSpeaker], *, retired: bool = True) -> None:
        def ids(labels: tuple[Label, ...]) -> set[str]:
            return {label.id for label in labels if retired or not label.retired}

        self._speakers = speakers
        self._attributions, self._claims = ids(scheme.attributions), ids(scheme.claim_types)
        self._targets, self._values = ids(scheme.targets), ids(scheme.stance_values)
        self._entities = ids(scheme.entity_labels)

    def labels(self, payload: Mapping[str, Any], text: str) -> StoredLabels | None:
        """The labels of a complete answer as `parse_labels` reads them; null where that must look closer.

        Whatever is faulty gives null, and so does what is sound but seldom.
        """
        rows, marks = payload.get("statements"), payload.get("entities")
        if type(rows) is not list or not 0 < len(rows) <= MOST_STATEMENTS:
            return None
        statements = []
        for row in rows:
            statement = self._statement(row, text)
            if statement is None:
                return None
            statements.append(statement)
        entities = self._marked([] if marks is None else marks, text)
        return None if entities is None else StoredLabels(statements, entities, text)

    def _statement(self, row: Any, text: str) -> StatementRow | None:
        if type(row) is not dict:
            return None
        speaker, stance = row.get("speaker"), row.get("stance")
        attribution, claim_type = row.get("attribution"), row.get("claim_type")
        if type(speaker) is not dict or type(stance) is not dict:
            return None
        key, target, value = speaker.get("id"), stance.get("target"), stance.get("value")
        answers = (key, attribution, claim_type, value)
        if not all([type(answer) is str for answer in answers]) or not (target is None or type(target) is str):
            return None
        if type(speaker.get("canonical")) not in _NAME or type(speaker.get("kind")) not in _NAME:
            return None
        entry = self._speakers.get(str(key))
        if entry is None or (entry.id == ARTICLE) != (attribution == "none"):
            return None
        if attribution not in self._attributions or claim_type not in self._claims or value not in self._values:
            return None
        if (value == "none") != (target is None) or not (target is None or target in self._targets):
            return None
        place: tuple[Any, Any] = _NO_WORDS
        if speaker.get("start") is not None or speaker.get("end") is not None or speaker.get("text"):
            if not _stands(speaker, text):
                return None
            place = (speaker["start"], speaker["end"])
        return (entry.id, entry.canonical, entry.kind, *place, attribution, target, value, claim_type)

    def _marked(self, marks: Any, text: str) -> list[EntityRow] | None:
        if type(marks) is not list or len(marks) > MOST_ENTITIES:
            return None
        found: list[EntityRow] = []
        for mark in marks:
            if type(mark) is not dict or not _stands(mark, text):
                return None
            label = mark.get("label")
            if type(label) is not str or label not in self._entities:
                return None
            found.append((mark["start"], mark["end"], label))
        if len(found) > 1:
            found.sort(key=lambda mark: (mark[0], -mark[1], mark[2]))
            if not _nested(found):
                return None
        return found


def _stands(place: dict[str, Any], text: str) -> bool:
    """Whether the offsets lie in the text and its quote is there; UTF-16 offsets only where they are the same."""
    start, end = place.get("start"), place.get("end")
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
        return False
    quote = place.get("text")
    if quote is not None and quote != text[start:end]:
        return False
    if "start_utf16" in place or "end_utf16" in place:
        if place.get("start_utf16", start) != start or place.get("end_utf16", end) != end:
            return False
        return max(text) <= "\uffff"
    return True


def _nested(ordered: list[EntityRow]) -> bool:
    """Whether no two cross and no two are the same stretch; in order of start, the longer first."""
    ends: list[int] = []
    before = (-1, -1)
    for start, end, _ in ordered:
        while ends and ends[-1] <= start:
            ends.pop()
        if (start, end) == before or (ends and end > ends[-1]):
            return False
        ends.append(end)
        before = (start, end)
    return True
