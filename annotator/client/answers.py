"""What the API answers about sentences and labels, as typed dictionaries. See `annotator.client.shapes`."""

from __future__ import annotations

from typing import Any, Literal

from typing_extensions import TypedDict

from annotator.client.shapes import OwnProgress, State


class DocumentRef(TypedDict):
    """The document of a sentence."""

    id: int
    file: str
    outlet: str | None
    event: str | None
    published: str | None


class Speaker(TypedDict):
    """Who says it; `start`, `end` and `text` are the words that name the speaker, all null without."""

    id: str
    canonical: str
    kind: str
    start: int | None
    end: int | None
    text: str | None


class Stance(TypedDict):
    """A value toward a target; value `none` exactly when the target is null."""

    target: str | None
    value: str | None


class Statement(TypedDict):
    """One row of an answer; the first is the sentence's primary statement."""

    speaker: Speaker | None
    attribution: str | None
    stance: Stance
    claim_type: str | None


class Entity(TypedDict):
    """A marked stretch of the sentence."""

    start: int
    end: int
    start_utf16: int
    end_utf16: int
    text: str
    label: str


class Labels(TypedDict):
    """One annotator's labels of a sentence, in the form of the JSONL of record."""

    statements: list[Statement]
    entities: list[Entity]


class Annotation(TypedDict):
    """Your own whole answer to a sentence."""

    labels: Labels
    state: State
    version: int
    flag: str | None
    comment: str | None
    skip_reason: str | None
    active_ms: int | None
    provenance: dict[str, Any]
    updated_at: str


class Neighbour(TypedDict):
    """A unit before or after a sentence."""

    id: int
    text: str
    kind: str


class EntryRef(TypedDict):
    """A speaker by id and canonical name."""

    id: str
    canonical: str


class Sentence(TypedDict):
    """A sentence to label, with what stands around it. `version` is 0 until you have answered it."""

    id: int
    uid: str
    project: int
    text: str
    kind: str
    language: str
    document: DocumentRef
    position: int
    before: list[Neighbour]
    after: list[Neighbour]
    version: int
    annotation: Annotation | None
    lease_end: str | None
    previous_speaker: EntryRef | None


class Lease(TypedDict):
    """Sentences reserved for you until `lease_end`; none: nothing is left."""

    sentences: list[Sentence]
    progress: OwnProgress


class Saved(TypedDict):
    """A stored answer. `surplus`: the overlap was full meanwhile, it is kept as a draft. `speakers` tells which id
    of the registry stands for each new one that came along."""

    version: int
    state: State
    surplus: bool
    speakers: dict[str, str]
    progress: OwnProgress


class PlaceOf(TypedDict):
    """A document by id and file name."""

    id: int
    file: str


class OwnAnswer(TypedDict):
    """One of your answers in short; `id` is the sentence's."""

    id: int
    text: str
    state: State
    flag: str | None
    comment: str | None
    skip_reason: str | None
    updated_at: str
    document: PlaceOf


class UnitLabels(TypedDict):
    """Your primary statement, null where it is not answered. `speaker` is the id, `name` the canonical name."""

    speaker: str | None
    name: str | None
    target: str | None
    stance: str | None
    claim_type: str | None


class Unit(TypedDict):
    """A unit of a document; `mine` is the state of your own answer, `labels` what it says, null while there is none."""

    id: int
    text: str
    kind: str
    start: int
    end: int
    mine: State | None
    labels: UnitLabels | None


class DocumentUnits(TypedDict):
    """The units of a document in their order."""

    id: int
    file: str
    sentences: list[Unit]
    next: str | None


class OwnAnswers(TypedDict):
    """Your own answers, newest first."""

    sentences: list[OwnAnswer]
    next: str | None


class SpeakerSentence(TypedDict):
    """One statement that you gave to a speaker; `n` counts the statements of its sentence from 1."""

    id: int
    text: str
    document: PlaceOf
    state: State
    n: int
    start: int | None
    end: int | None
    attribution: str | None
    stance: Stance
    claim_type: str | None
    updated_at: str


class SpeakerSentences(TypedDict):
    """What you gave to a speaker, newest first."""

    speaker: EntryRef
    sentences: list[SpeakerSentence]
    next: str | None


class Spread(TypedDict):
    """The middle and the outer tenths of a figure over answers; all null for no answers."""

    median: float | None
    tenth: float | None
    ninetieth: float | None


class OwnStatistics(TypedDict):
    """How your last submitted answers went, in milliseconds of active work."""

    answers: int
    active_ms: Spread
    events: Spread
    layer_ms: dict[str, Spread]
    suggestions: dict[str, int]
    per_hour: float | None


class Phrase(TypedDict):
    """Words that were marked as an entity before, and who says so: you, or two annotators alike."""

    text: str
    label: str
    basis: Literal["own", "agreed"]


class Phrases(TypedDict):
    """What was marked before in a project, each wording once."""

    phrases: list[Phrase]
