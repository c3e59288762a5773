"""Gold by rule, layer by layer: unanimous, else a majority of at least two thirds, else none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

from annotator.layers.answer import Entity, Labels, Speaker, Stance, Statement
from annotator.snapshot import Annotation, Gold

T = TypeVar("T", bound=Hashable)


def gold(annotations: Sequence[Annotation], text: str) -> Gold | None:
    """The labels on which the submitted answers came out; null where nobody has submitted.

    Decided one by one: speaker (the entry), attribution, stance_target, stance, claim_type of the
    primary statement; the words that name the speaker (surface) among those who chose that speaker;
    each entity and each extra statement is kept when two thirds of the answers hold it exactly.
    The rules between layers survive, since equal answers to one side are equal answers to the other;
    a stance is decided only with its target.
    """
    answers = [annotation.labels for annotation in annotations if annotation.state == "submitted"]
    if not answers:
        return None
    votes = len(answers)
    rows = [labels.statements[0] for labels in answers]
    basis: dict[str, str] = {}
    speakers = {row.speaker.id: row.speaker for row in rows if row.speaker}
    speaker_id, basis["speaker"] = decide([row.speaker.id if row.speaker else None for row in rows])
    attribution, basis["attribution"] = decide([row.attribution for row in rows])
    target, basis["stance_target"] = decide([row.stance.target for row in rows])
    value, basis["stance"] = decide([row.stance.value for row in rows])
    if basis["stance_target"] == "none":  # a value toward nobody knows what says nothing
        value, basis["stance"] = None, "none"
    claim_type, basis["claim_type"] = decide([row.claim_type for row in rows])
    surface, basis["surface"] = decide(
        [(row.speaker.start, row.speaker.end) for row in rows if row.speaker and row.speaker.id == speaker_id]
    )
    speaker = None
    if speaker_id is not None:
        entry = speakers[speaker_id]
        start, end = surface or (None, None)
        words = text[start:end] if start is not None else None
        speaker = Speaker(entry.id, entry.canonical, entry.kind, start, end, words)
    primary = Statement(speaker, attribution, Stance(target, value), claim_type)
    extra, basis["extra"] = _kept((labels.statements[1:] for labels in answers), votes)
    entities, basis["entities"] = _kept((labels.entities for labels in answers), votes)
    ordered = tuple(sorted(entities, key=_place))
    return Gold(Labels((primary, *extra), ordered), basis, votes)


def decide(answers: Sequence[T]) -> tuple[T | None, str]:
    """The answer that the votes come out on, and the basis: unanimous, majority, single or none."""
    if not answers:
        return None, "none"
    if len(answers) == 1:
        return answers[0], "single"
    answer, count = Counter(answers).most_common(1)[0]
    if count == len(answers):
        return answer, "unanimous"
    return (answer, "majority") if 3 * count >= 2 * len(answers) else (None, "none")


def _kept(answers: Iterable[Sequence[T]], votes: int) -> tuple[list[T], str]:
    """What at least two thirds hold, in order of first appearance; unanimous when all hold the same."""
    held = [list(dict.fromkeys(answer)) for answer in answers]
    counts = Counter(thing for answer in held for thing in answer)
    kept = [thing for thing, count in counts.items() if 3 * count >= 2 * votes]
    if votes == 1:
        return kept, "single"
    if all(count == votes for count in counts.values()):
        return kept, "unanimous"
    return kept, "majority" if kept else "none"


def _place(entity: Entity) -> tuple[int, int, str]:
    return entity.start, -entity.end, entity.label
