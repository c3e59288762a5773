"""What exports and agreement read: frozen values, no rows, no sessions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from annotator.layers.answer import Labels
from annotator.layers.scheme import Scheme
from annotator.text.kinds import SERVED

LABELLED = "labelled"
#: Why a unit has no labels to learn from, in the order in which the reasons are tried.
REASONS = ("kind not served", "never answered", "skipped", "draft only", "no majority")
#: The layers of a statement that are one answer each.
CHOICES = ("speaker", "attribution", "stance_target", "stance", "claim_type")
#: The layers of which one decided is enough to learn from.
DECISIVE = (*CHOICES, "entities")


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
    number of submitted answers counted; `provenance` is what `provenance` below tells of them.
    """

    labels: Labels
    basis: Mapping[str, str]
    votes: int
    provenance: Mapping[str, object] = field(default_factory=dict)


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
    """A project at one moment. `lines` may be read once, in the order of the format of record.

    `what` is the view: annotations, gold or soft. `left_out` is filled while the lines are read: reason →
    units without labels to learn from, and under `labelled` those with; together they are all units.
    """

    project: str
    scheme: Scheme
    lines: Iterable[Line]
    what: str = "annotations"
    left_out: dict[str, int] = field(default_factory=dict)


def viewed(lines: Iterable[Line], what: str, left_out: dict[str, int]) -> Iterator[Line]:
    """The lines as a view shows them, the others' fields empty; counts in `left_out` as `Snapshot` says."""
    for line in lines:
        reason = why_left_out(line, what)
        left_out[reason] = left_out.get(reason, 0) + 1
        if what == "annotations":
            yield line if line.gold is None and line.soft is None else replace(line, gold=None, soft=None)
        else:
            gold, soft = (line.gold, None) if what == "gold" else (None, line.soft)
            yield replace(line, annotations=(), gold=gold, soft=soft)


def why_left_out(line: Line, what: str, decisive: Sequence[str] = DECISIVE) -> str:
    """Why the unit has no labels to learn from in this view: one of REASONS, or LABELLED when it has them.

    Gold has some where one of the `decisive` layers was decided.
    """
    if what == "gold" and line.gold is not None:
        undecided = all(line.gold.basis.get(layer) == "none" for layer in decisive)
        return "no majority" if undecided else LABELLED
    states = {annotation.state for annotation in line.annotations}
    if not states and (what != "soft" or line.soft is None):
        return "kind not served" if line.kind not in SERVED else "never answered"
    if "submitted" in states or not states:
        return LABELLED
    return "skipped" if "skipped" in states else "draft only"


def provenance(answers: Sequence[Annotation], decided_by: str | None = None) -> dict[str, object]:
    """How labels came about, as far as the answers tell; null where nothing tells it. Keys in fixed order.

    `active_ms` is the time of all answers together.
    """
    told = [answer.provenance for answer in answers]
    offered = [_any(one["offered"]) for one in told if "offered" in one]
    taken = [_outcomes(one["taken"]) for one in told if "taken" in one]
    hidden = [one["outlet_hidden"] is True for one in told if "outlet_hidden" in one]
    sources = [source for one in told for source in _sources(one)]
    times = [answer.active_ms for answer in answers if answer.active_ms is not None]
    return {
        "decided_by": decided_by,
        "schemes": sorted({answer.scheme for answer in answers}),
        "guidelines": sorted({answer.guideline for answer in answers if answer.guideline is not None}),
        "suggestion_seen": any(offered) or any(map(bool, taken)) if offered or taken else None,
        "suggestion_changed": any(one - {"kept"} for one in taken) if taken else None,
        "propagated_from": sources[0] if sources else None,
        "outlet_shown": not all(hidden) if hidden else None,
        "active_ms": sum(times) if times else None,
    }


def _any(offered: object) -> bool:
    return any(offered.values()) if isinstance(offered, Mapping) else bool(offered)


def _sources(told: Mapping[str, object]) -> Iterator[str]:
    """The ids of the sentences from which labels were carried over and stayed."""
    taken = told.get("taken")
    offers = [told, *(taken if isinstance(taken, list) else [])]
    for offer in offers:
        source = offer.get("propagated_from") if isinstance(offer, Mapping) else None
        if isinstance(source, str) and offer.get("outcome") != "removed":
            yield source


def _outcomes(taken: object) -> set[object]:
    """What became of the suggestions that were taken over; anybody may have written this."""
    offers = taken if isinstance(taken, list) else []
    return {str(offer.get("outcome")) for offer in offers if isinstance(offer, dict)}
