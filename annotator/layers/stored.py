"""Labels that were checked when they were stored, as values again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from annotator.layers.answer import Entity, Labels, Speaker, Stance, Statement


def stored_labels(content: Mapping[str, Any]) -> Labels:
    """From JSON in the form of the format of record. Nothing is checked again."""
    return Labels(
        tuple(
            Statement(
                row["speaker"] and Speaker(**row["speaker"]), row["attribution"],
                Stance(**(row["stance"] or {"target": None, "value": None})), row["claim_type"],
            )
            for row in content["statements"]
        ),
        tuple(Entity(e["start"], e["end"], e["text"], e["label"]) for e in content["entities"]),
    )  # fmt: skip
