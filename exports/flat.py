"""Rows for training: one labelled sentence a row, every column typed, what came about how beside each.

JSONL, CSV, TSV and Parquet all write these rows. In the view `annotations` a row is a submitted answer, in `gold`
and `soft` a unit. Units without labels to learn from are no rows; `Snapshot.left_out` counts them by reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from annotator.layers.answer import Labels
from annotator.snapshot import CHOICES, LABELLED, Annotation, Line, Snapshot, provenance, why_left_out

PLACE = {
    "id": "text", "project": "text", "file": "text", "document_sha256": "text", "outlet": "text", "event": "text",
    "language": "text", "start": "number", "end": "number", "kind": "text", "text": "text", "text_sha256": "text",
    "split": "text", "group": "text",
}  # fmt: skip
ANSWER = {"annotator": "text", "version": "number", "flag": "text", "comment": "text", "created_at": "text",
          "updated_at": "text"}  # fmt: skip
LABELS = {
    "speaker": "text", "speaker_name": "text", "speaker_kind": "text", "speaker_start": "number",
    "speaker_end": "number", "speaker_text": "text", "attribution": "text", "stance_target": "text", "stance": "text",
    "claim_type": "text", "further_statements": "statements", "entities": "entities",
}  # fmt: skip
BASIS = {f"basis_{layer}": "text" for layer in (*CHOICES, "surface", "extra", "entities")}
SHARES = {f"{layer}_{what}": "shares" for layer in CHOICES for what in ("shares", "posterior")}
ENTITY_SHARES = {"entities": "entity_shares"}
PROVENANCE = {
    "votes": "number", "decided_by": "text", "schemes": "texts", "guidelines": "texts", "suggestion_seen": "truth",
    "suggestion_changed": "truth", "propagated_from": "text", "outlet_shown": "truth", "active_ms": "number",
}  # fmt: skip
#: View → column → type: text, number, truth, texts, statements, entities, shares or entity_shares. Any may be null.
COLUMNS: dict[str, dict[str, str]] = {
    "annotations": {**PLACE, **ANSWER, **LABELS, **PROVENANCE},
    "gold": {**PLACE, **LABELS, **BASIS, **PROVENANCE},
    "soft": {**PLACE, **SHARES, **ENTITY_SHARES, **PROVENANCE},
}
STATEMENT = {key: kind for key, kind in LABELS.items() if key not in ("further_statements", "entities")}


def rows(snapshot: Snapshot) -> Iterator[dict[str, Any]]:
    """The rows in the order of the format of record, each with every column of the view."""
    for line in snapshot.lines:
        if snapshot.what == "annotations":
            for answer in line.annotations:
                if answer.state == "submitted":
                    yield {**_place(line), **_answer(answer), **_labels(answer.labels), "votes": 1,
                           **provenance([answer])}  # fmt: skip
        elif snapshot.what == "gold" and line.gold is not None and why_left_out(line, "gold") == LABELLED:
            basis = {key: line.gold.basis.get(key.removeprefix("basis_")) for key in BASIS}
            yield {**_place(line), **_labels(line.gold.labels), **basis, "votes": line.gold.votes,
                   **_told(line.gold.provenance)}  # fmt: skip
        elif snapshot.what == "soft" and line.soft is not None:
            yield {**_place(line), **_soft(line.soft)}


def _place(line: Line) -> dict[str, Any]:
    document = line.document
    return {
        "id": line.id, "project": line.project, "file": document.file, "document_sha256": document.sha256,
        "outlet": document.outlet, "event": document.event, "language": document.language, "start": line.start,
        "end": line.end, "kind": line.kind, "text": line.text, "text_sha256": line.text_sha256, "split": line.split,
        "group": line.group,
    }  # fmt: skip


def _answer(answer: Annotation) -> dict[str, Any]:
    return {key: getattr(answer, key) for key in ANSWER}


def _labels(labels: Labels) -> dict[str, Any]:
    statements = [_statement(row) for row in labels.statements]
    return {
        **(statements[0] if statements else dict.fromkeys(STATEMENT)),
        "further_statements": statements[1:],
        "entities": [asdict(entity) for entity in labels.entities],
    }


def _statement(row: Any) -> dict[str, Any]:
    speaker = row.speaker
    return {
        "speaker": speaker and speaker.id, "speaker_name": speaker and speaker.canonical,
        "speaker_kind": speaker and speaker.kind, "speaker_start": speaker and speaker.start,
        "speaker_end": speaker and speaker.end, "speaker_text": speaker and speaker.text,
        "attribution": row.attribution, "stance_target": row.stance.target, "stance": row.stance.value,
        "claim_type": row.claim_type,
    }  # fmt: skip


def _soft(soft: Any) -> dict[str, Any]:
    shares = {key: soft["layers"][layer][what] for key in SHARES for layer, _, what in [key.rpartition("_")]}
    return {**shares, "entities": soft["entities"], "votes": soft["votes"], **_told(soft["provenance"])}


def _told(given: Any) -> dict[str, Any]:
    """Provenance as columns; releases of earlier versions tell less."""
    return {key: given.get(key, [] if kind == "texts" else None)
            for key, kind in PROVENANCE.items() if key != "votes"}  # fmt: skip
