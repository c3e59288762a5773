"""One annotator's labels of one sentence, as values."""

from __future__ import annotations

from dataclasses import dataclass

ARTICLE = "ARTICLE"
UNCLEAR = "UNCLEAR"


@dataclass(frozen=True, slots=True)
class Speaker:
    """A registry entry as the source of a statement, with the words that name it, if any.

    `start` and `end` are code points of the sentence, half-open, both or neither null;
    `text` is `sentence[start:end]`.
    """

    id: str
    canonical: str
    kind: str
    start: int | None = None
    end: int | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Stance:
    """A value toward a target of the project's list; value `none` exactly when there is no target."""

    target: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One row: who says it, how it is attributed, the stance, the type of claim. Null = not answered."""

    speaker: Speaker | None
    attribution: str | None
    stance: Stance
    claim_type: str | None


@dataclass(frozen=True, slots=True)
class Entity:
    """A marked stretch of the sentence, code points, half-open; `text` is `sentence[start:end]`."""

    start: int
    end: int
    text: str
    label: str


@dataclass(frozen=True, slots=True)
class Labels:
    """The whole answer: the primary statement first, entities by start, -end, label."""

    statements: tuple[Statement, ...] = ()
    entities: tuple[Entity, ...] = ()
