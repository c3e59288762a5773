"""What an export reads: a project in one view (annotations, gold, soft), with what it leaves out counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from annotator.agreement.gold import gold
from annotator.agreement.soft import CLOSED, NO_TARGET, Posterior, posteriors, soft
from annotator.layers.stored import stored_labels
from annotator.models import Annotation, Decision, Document, Person, Project, Sentence, StatementRow
from annotator.queries import registry, snapshots
from annotator.snapshot import Gold, Line, Snapshot, provenance, viewed

WHAT = ("annotations", "gold", "soft")
ALL = "all"  # every answer, and what came of them: what a release holds
LAYERS = ("speaker", "attribution", "stance_target", "stance", "claim_type", "surface", "extra", "entities")


def take(session: Session, project: Project, what: str = "annotations") -> Snapshot:
    """The project at the moment of the session's transaction; `lines` reads as it is iterated.

    The posteriors of soft labels are computed once, before the first line, from all votes.
    """
    snapshot = snapshots.take(session, project)
    lines, left_out = snapshot.lines, snapshot.left_out
    if what in (ALL, "gold"):
        lines = _with_gold(session, project, lines)  # type: ignore[arg-type]
    if what in (ALL, "soft"):
        lines = _with_soft(session, project, lines)  # type: ignore[arg-type]
    shown = lines if what == ALL else viewed(lines, what, left_out)
    return Snapshot(snapshot.project, snapshot.scheme, shown, what, left_out)


def _with_gold(session: Session, project: Project, lines: Iterator[Line]) -> Iterator[Line]:
    """Gold by rule; where an adjudicator has decided, the decision."""
    any_decided = session.scalar(
        select(func.count()).select_from(Decision).join(Sentence, Sentence.id == Decision.sentence_id)
        .where(Sentence.project_id == project.id)
    )  # fmt: skip
    file, decided = None, {}
    for line in lines:
        if any_decided and line.document.file != file:
            file = line.document.file
            decided = _decisions(session, project.id, file)
        answers = [answer for answer in line.annotations if answer.state == "submitted"]
        found = gold(line.annotations, line.text)
        if line.id in decided:
            labels, email = decided[line.id]
            told = provenance(answers, decided_by=email)
            found = Gold(stored_labels(labels), dict.fromkeys(LAYERS, "adjudicated"), len(answers), told)
        elif found is not None:
            found = replace(found, provenance=provenance(answers))
        yield line if found is None else replace(line, gold=found)


def _decisions(session: Session, project_id: int, file: str) -> dict[str, tuple[Mapping[str, object], str]]:
    """Sentence uid → (labels, the adjudicator's address) of one document."""
    rows = session.execute(
        select(Sentence.uid, Decision.labels, Person.email)
        .join(Sentence, Sentence.id == Decision.sentence_id)
        .join(Document, Document.id == Sentence.document_id)
        .join(Person, Person.id == Decision.person_id)
        .where(Document.project_id == project_id, Document.file == file)
    ).all()
    emails = {row.uid: row.email for row in rows}
    labels = registry.named_anew(session, project_id, {row.uid: row.labels for row in rows})
    return {uid: (labels[uid], email) for uid, email in emails.items()}


def _with_soft(session: Session, project: Project, lines: Iterator[Line]) -> Iterator[Line]:
    by_layer = _posteriors(session, project.id)
    for line in lines:
        own = {layer: found[line.id] for layer, found in by_layer.items() if line.id in found}
        made = soft(line.annotations, own)
        yield line if made is None else replace(line, soft=made)


def _posteriors(session: Session, project_id: int) -> dict[str, dict[str, Posterior]]:
    """Layer → sentence uid → label → probability."""
    rows = session.execute(
        select(Sentence.uid, Person.email, StatementRow.attribution, StatementRow.target, StatementRow.stance,
               StatementRow.claim_type)
        .join(Annotation, Annotation.sentence_id == Sentence.id)
        .join(Person, Person.id == Annotation.person_id)
        .join(StatementRow, StatementRow.annotation_id == Annotation.id)
        .where(Annotation.project_id == project_id, Annotation.state == "submitted", StatementRow.n == 1)
    ).all()  # fmt: skip
    votes = {
        "attribution": [(row.uid, row.email, row.attribution) for row in rows],
        "stance_target": [(row.uid, row.email, row.target or NO_TARGET) for row in rows],
        "stance": [(row.uid, row.email, row.stance) for row in rows],
        "claim_type": [(row.uid, row.email, row.claim_type) for row in rows],
    }
    return {layer: posteriors(vote for vote in votes[layer] if vote[2] is not None) for layer in CLOSED}
