"""What changed from one release to another: unit by unit, layer by layer, by whom and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from annotator.layers.answer import Labels, Statement
from annotator.snapshot import Annotation, Line

Show = Callable[[Labels], object]


def _primary(answer: Callable[[Statement], object]) -> Show:
    return lambda labels: answer(labels.statements[0]) if labels.statements else None


#: The layers compared, with what stands for each in a readable line.
LAYERS: dict[str, Show] = {
    "speaker": _primary(lambda row: row.speaker and row.speaker.canonical),
    "attribution": _primary(lambda row: row.attribution),
    "stance_target": _primary(lambda row: row.stance.target),
    "stance": _primary(lambda row: row.stance.value),
    "claim_type": _primary(lambda row: row.claim_type),
    "extra": lambda labels: len(labels.statements[1:]) or None,
    "entities": lambda labels: "، ".join(f"{e.text} ({e.label})" for e in labels.entities) or None,
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `kind`: added, removed (units); answer, gold (a layer, or the state of an answer); split, group.

    `before`, `after`: labels, or what stands for them; `basis`: how gold came about before and after, null where there
    was none. `who`: the annotators or the adjudicator behind it; `why`: their comments and flags, and a new guideline
    or scheme.
    """

    kind: str
    id: str
    file: str
    text: str
    layer: str | None = None
    before: str | None = None
    after: str | None = None
    who: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    basis: tuple[str | None, str | None] = (None, None)


def differences(old: Iterable[Line], new: Iterable[Line]) -> Iterator[Change]:
    """The changes, in the order of the new release; what was removed comes last.

    Both are read once. The old one is kept in memory by id, only as far as it differs.
    """
    earlier = {line.id: line for line in old}
    for line in new:
        before = earlier.pop(line.id, None)
        if before is None:
            yield Change("added", line.id, line.document.file, line.text, after=line.kind)
        elif before != line:
            yield from _between(before, line)
    for line in earlier.values():
        yield Change("removed", line.id, line.document.file, line.text, before=line.kind)


def _between(old: Line, new: Line) -> Iterator[Change]:
    where = (new.id, new.document.file, new.text)
    changed: list[Annotation] = []
    answers = {annotation.annotator: annotation for annotation in old.annotations}
    for annotation in new.annotations:
        before = answers.pop(annotation.annotator, None)
        if before != annotation:
            changed.append(annotation)
            yield from _answer(where, before, annotation)
    for gone in answers.values():
        yield Change("answer", *where, before=gone.state, who=(gone.annotator,))
    who, why = _deciders(old, new, changed), tuple(r for a in changed for r in _reasons(None, a))
    for layer, shown in LAYERS.items():
        left, right = (line.gold and shown(line.gold.labels) for line in (old, new))
        if left != right:
            one, other = (line.gold.basis.get(layer) if line.gold else None for line in (old, new))
            yield Change("gold", *where, layer, _text(left), _text(right), who, why, (one, other))
    for name, one, other in (("split", old.split, new.split), ("group", old.group, new.group)):
        if one != other:
            yield Change(name, *where, before=one, after=other)


def _deciders(old: Line, new: Line, changed: list[Annotation]) -> tuple[str, ...]:
    """Who is behind new gold: the adjudicator who decided meanwhile, else those whose answers changed."""
    before, after = (line.gold.provenance.get("decided_by") if line.gold else None for line in (old, new))
    if isinstance(after, str) and after != before:
        return (after,)
    return tuple(annotation.annotator for annotation in changed)


def _answer(where: tuple[str, str, str], old: Annotation | None, new: Annotation) -> Iterator[Change]:
    why = tuple(_reasons(old, new))
    if old is None or old.state != new.state:
        yield Change("answer", *where, None, old.state if old else None, new.state, (new.annotator,), why)
    for layer, shown in LAYERS.items():
        before, after = old and shown(old.labels), shown(new.labels)
        if before != after:
            yield Change("answer", *where, layer, _text(before), _text(after), (new.annotator,), why)


def _reasons(old: Annotation | None, new: Annotation) -> Iterator[str]:
    """What the annotator said, and what had changed around the answer."""
    for said in (new.comment, new.flag, new.skip_reason):
        if said and (old is None or said not in (old.comment, old.flag, old.skip_reason)):
            yield said
    if old is not None:
        for name in ("guideline", "scheme"):
            if getattr(old, name) != getattr(new, name):
                yield f"{getattr(old, name)} → {getattr(new, name)}"


def _text(value: object) -> str | None:
    return None if value is None else str(value)
