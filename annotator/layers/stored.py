"""Labels that were checked when they were stored, as values again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from annotator.layers.answer import Entity, Labels, Speaker, Stance, Statement
from annotator.layers.quick import quick

#: A statement as stored: speaker's id, canonical name and kind, start and end of the words that name it,
#: attribution, stance's target and value, claim type.
StatementRow = tuple[
    str | None, str | None, str | None, int | None, int | None, str | None, str | None, str | None, str | None
]
#: An entity as stored: start, end, label.
EntityRow = tuple[int, int, str]
_new_statement, _new_entity = quick(Statement), quick(Entity)
_new_speaker, _new_stance = quick(Speaker), quick(Stance)


class StoredLabels(Labels):
    """Labels as their rows, turned into values when somebody looks at these: most exports never do.

    Equal to, and hashed like, the plain labels of the same values.
    """

    __slots__ = ("entity_rows", "statement_rows", "text")
    __setattr__ = object.__setattr__  # the frozen class's own refuses; what follows sets each slot once

    def __init__(self, statements: Sequence[StatementRow], entities: Sequence[EntityRow], text: str) -> None:
        self.statement_rows, self.entity_rows, self.text = statements, entities, text

    def __getattr__(self, name: str) -> Any:
        """`statements` and `entities`, at the first look."""
        if name == "statements":
            object.__setattr__(self, name, tuple(_statement(row, self.text) for row in self.statement_rows))
        elif name == "entities":
            marked = (_new_entity(s, e, self.text[s:e], label) for s, e, label in self.entity_rows)
            object.__setattr__(self, name, tuple(marked))
        else:
            raise AttributeError(name)
        return getattr(self, name)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Labels):
            return NotImplemented
        return (self.statements, self.entities) == (other.statements, other.entities)

    def __hash__(self) -> int:
        return hash((self.statements, self.entities))

    def __reduce__(self) -> tuple[type[Labels], tuple[Any, ...]]:
        return Labels, (self.statements, self.entities)


def _statement(row: StatementRow, text: str) -> Statement:
    key, canonical, kind, start, end, attribution, target, value, claim_type = row
    speaker = None
    if key is not None and canonical is not None and kind is not None:
        words = None if start is None else text[start:end]
        speaker = _new_speaker(key, canonical, kind, start, end, words)
    return _new_statement(speaker, attribution, _new_stance(target, value), claim_type)


def statement_rows(labels: Labels) -> Sequence[StatementRow]:
    """The statements of any labels in the form in which they are stored."""
    if isinstance(labels, StoredLabels):
        return labels.statement_rows
    return [
        (
            *((None,) * 5 if s.speaker is None else (s.speaker.id, s.speaker.canonical, s.speaker.kind,
                                                     s.speaker.start, s.speaker.end)),
            s.attribution, s.stance.target, s.stance.value, s.claim_type,
        )
        for s in labels.statements
    ]  # fmt: skip


def entity_rows(labels: Labels) -> Sequence[EntityRow]:
    """The entities of any labels in the form in which they are stored."""
    if isinstance(labels, StoredLabels):
        return labels.entity_rows
    return [(e.start, e.end, e.label) for e in labels.entities]


def stored_labels(content: Mapping[str, Any]) -> Labels:
    """From JSON in the form of the format of record. Nothing is checked again."""
    return Labels(
        tuple(
            Statement(
                row["speaker"] and Speaker(**row["speaker"]), row["attribution"],
                Stance(**(row["stance"] or {"target": None, "value": None})), row["claim_type"],
            )
            for row in content["statements"]
        ),
        tuple(Entity(e["start"], e["end"], e["text"], e["label"]) for e in content["entities"]),
    )  # fmt: skip
