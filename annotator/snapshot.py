"""What exports and agreement read: frozen values, no rows, no sessions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from annotator.layers.answer import Labels
from annotator.layers.scheme import Scheme


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """Where a sentence stands. `sha256` is of the original decoded text in UTF-8."""

    file: str
    sha256: str
    outlet: str | None
    event: str | None
    language: str


@dataclass(frozen=True, slots=True)
class Annotation:
    """One annotator's whole answer to one sentence. Times are ISO 8601 in UTC, ending in Z."""

    annotator: str
    state: str
    version: int
    skip_reason: str | None
    flag: str | None
    labels: Labels
    comment: str | None
    active_ms: int | None
    created_at: str
    updated_at: str
    scheme: str
    guideline: str | None
    provenance: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gold:
    """The labels on which the annotators came out, with the basis per layer.

    `basis` maps each layer to unanimous, majority, single, adjudicated or none; `votes` is the
    number of submitted answers counted.
    """

    labels: Labels
    basis: Mapping[str, str]
    votes: int


@dataclass(frozen=True, slots=True)
class Line:
    """One unit with everything known of it: a line of the format of record."""

    id: str
    project: str
    document: DocumentRef
    start: int
    end: int
    kind: str
    text: str
    text_sha256: str
    annotations: tuple[Annotation, ...] = ()
    gold: Gold | None = None
    soft: Mapping[str, object] | None = None
    split: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A project at one moment. `lines` may be read once, in the order of the format of record."""

    project: str
    scheme: Scheme
    lines: Iterable[Line]
