"""Soft labels: how the votes of a unit are shared, and what a model makes of them. Never a replacement of gold.

Shares keep the disagreement that a majority throws away (Uma et al. 2021, “Learning from Disagreement: A Survey”,
JAIR 72); the posterior is that of Dawid and Skene (see `truth`), which also weighs who answered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from annotator.snapshot import Annotation, provenance

#: Layers with a closed list of labels, for which there is a posterior.
CLOSED = ("attribution", "stance_target", "stance", "claim_type")
NO_TARGET = "none"
DIGITS = 6

Posterior = Mapping[str, float]


def soft(annotations: Sequence[Annotation], posteriors: Mapping[str, Posterior]) -> dict[str, object] | None:
    """The soft labels of a unit as JSON; null where nobody has submitted.

    Shares are of the submitted answers that have that layer; an entity's share is of all submitted answers.
    """
    answers = [annotation for annotation in annotations if annotation.state == "submitted"]
    if not answers:
        return None
    rows = [answer.labels.statements[0] for answer in answers]
    votes: dict[str, list[str | None]] = {
        "speaker": [row.speaker.id if row.speaker else None for row in rows],
        "attribution": [row.attribution for row in rows],
        "stance_target": [row.stance.target or NO_TARGET for row in rows],
        "stance": [row.stance.value for row in rows],
        "claim_type": [row.claim_type for row in rows],
    }
    layers = {layer: {"shares": shares(given), "posterior": posteriors.get(layer)} for layer, given in votes.items()}
    held = Counter(entity for answer in answers for entity in set(answer.labels.entities))
    entities = [
        {"start": e.start, "end": e.end, "text": e.text, "label": e.label, "share": round(n / len(answers), DIGITS)}
        for e, n in sorted(held.items(), key=lambda pair: (pair[0].start, -pair[0].end, pair[0].label))
    ]
    return {"votes": len(answers), "layers": layers, "entities": entities, "provenance": provenance(answers)}


def shares(votes: Iterable[str | None]) -> dict[str, float]:
    """Label → share of the votes, ordered by label."""
    counts = Counter(vote for vote in votes if vote is not None)
    total = sum(counts.values())
    return {label: round(counts[label] / total, DIGITS) for label in sorted(counts)}


def posteriors(votes: Iterable[tuple[str, str, str]]) -> dict[str, Posterior]:
    """Unit → label → probability, from (unit, annotator, label) of one layer; those that round to 0 are left out.

    Only units whose answers tell it, see `outvoting`. The order of the votes does not matter: equal votes give equal
    figures.
    """
    import numpy as np  # not for every start of the server

    from annotator.agreement.outvoting import decided, met, told_apart
    from annotator.agreement.truth import dawid_skene

    said: dict[str, list[tuple[str, str]]] = {}
    for unit, annotator, label in sorted(votes):
        said.setdefault(unit, []).append((annotator, label))
    # units that were answered alike are one, counted as often as they are: the rounds then cost next to nothing
    alike = sorted(Counter(map(tuple, said.values())).items())
    known = told_apart(met(((annotator for annotator, _ in votes_of), n) for votes_of, n in alike))
    if not known:
        return {}
    annotators = sorted({annotator for votes_of, _ in alike for annotator, _ in votes_of})
    labels = sorted({label for votes_of, _ in alike for _, label in votes_of})
    cells = np.array([
        (n, annotators.index(annotator), labels.index(label))
        for n, (votes_of, _) in enumerate(alike) for annotator, label in votes_of
    ])  # fmt: skip
    counts = np.array([count for _, count in alike])
    shape = (len(alike), len(annotators), len(labels))
    truth = dawid_skene(cells[:, 0], cells[:, 1], cells[:, 2], shape, counts)
    rounded = np.round(truth.posterior, DIGITS)
    told = [{label: float(p) for label, p in zip(labels, row, strict=True) if p > 0} for row in rounded]
    of = {votes_of: posterior for (votes_of, _), posterior in zip(alike, told, strict=True)}
    return {
        unit: of[tuple(votes_of)] for unit, votes_of in said.items()
        if decided((annotator for annotator, _ in votes_of), known)
    }  # fmt: skip
