"""What the API takes, as types: their limits are those that the actions keep. Loaded for the document only."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from annotator.actions.queue import MOST
from annotator.actions.save_body import TEXT_LIMIT
from annotator.client.shapes import Role, State
from annotator.layers.parsing import MOST_ENTITIES, MOST_STATEMENTS

Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,80}$")]
Name = Annotated[str, Field(pattern=r"\S", min_length=1, max_length=500)]
Text = Annotated[str, Field(max_length=TEXT_LIMIT)]
Offset = Annotated[int, Field(ge=0)]



class LeaseWish(TypedDict):
    """How many sentences to reserve; `holding` are ids that you have already and do not want again."""

    count: NotRequired[Annotated[int, Field(ge=1, le=MOST)]]
    holding: NotRequired[Annotated[list[int], Field(max_length=50)]]


class SpeakerWish(TypedDict):
    """The registry's id of the speaker, `ARTICLE` or `UNCLEAR`, and the words that name the speaker, if any."""

    id: str
    start: NotRequired[Offset | None]
    end: NotRequired[Offset | None]
    text: NotRequired[str | None]


class StanceWish(TypedDict):
    """A target of the project's scheme and a value toward it."""

    target: NotRequired[str | None]
    value: NotRequired[str | None]


class StatementWish(TypedDict):
    """Labels of the project's scheme. All are needed in a submitted answer."""

    speaker: NotRequired[SpeakerWish | None]
    attribution: NotRequired[str | None]
    stance: NotRequired[StanceWish | None]
    claim_type: NotRequired[str | None]


class EntityWish(TypedDict):
    """A stretch of the sentence; a `text` that differs from the slice is refused."""

    start: Offset
    end: Offset
    label: str
    text: NotRequired[str | None]


class LabelsWish(TypedDict):
    """The labels of the sentence, in the form of the JSONL of record."""

    statements: NotRequired[Annotated[list[StatementWish], Field(max_length=MOST_STATEMENTS)] | None]
    entities: NotRequired[Annotated[list[EntityWish], Field(max_length=MOST_ENTITIES)] | None]


class EntryWish(TypedDict):
    """A new speaker; `kind` is one of the scheme's speaker kinds."""

    id: Key
    canonical: Name
    kind: str
    en: NotRequired[Name | None]
    scope: NotRequired[Literal["project", "document"] | None]
    aliases: NotRequired[list[Name] | None]


class SaveWish(TypedDict):
    """The whole answer to a sentence. `labels` is needed to submit, `skip_reason` to skip."""

    labels: NotRequired[LabelsWish | None]
    state: NotRequired[State]
    active_ms: NotRequired[Annotated[int, Field(ge=0, lt=2**53)] | None]
    skip_reason: NotRequired[Text | None]
    flag: NotRequired[Text | None]
    comment: NotRequired[Text | None]
    provenance: NotRequired[dict[str, Any] | None]
    speakers: NotRequired[list[EntryWish] | None]


class EntryChange(TypedDict):
    """The names that may be corrected; one at least. `en` null removes the English name."""

    canonical: NotRequired[Name]
    en: NotRequired[Name | None]


class AliasWish(TypedDict):
    """A spelling."""

    text: Name


class MergeWish(TypedDict):
    """The speaker of which this one becomes a part."""

    into: Key


class Invitation(TypedDict):
    """Whom to invite as what."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    email: Annotated[str, Field(min_length=3, max_length=254)]
    role: Role


class SplitWish(TypedDict):
    """Whole percents that sum to 100; `by`: what stays in one part beside near-copies."""

    train: Annotated[int, Field(ge=0, le=100)]
    dev: Annotated[int, Field(ge=0, le=100)]
    test: Annotated[int, Field(ge=0, le=100)]
    seed: NotRequired[Annotated[int, Field(ge=0)]]
    by: NotRequired[Literal["event", "document"]]


class ReleaseWish(TypedDict):
    """The name is a file name of letters, digits, dots, hyphens and low lines."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    note: NotRequired[Annotated[str, Field(max_length=2000)] | None]
    split: NotRequired[SplitWish | None]
