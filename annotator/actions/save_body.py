"""The body of a save: what it says beside the labels, read before anything is touched."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson

from annotator.errors import Fault, Refused
from annotator.models import STATES

TEXT_LIMIT = 10_000  # characters of a comment, flag or reason


@dataclass(frozen=True, slots=True)
class Body:
    """What a save says beside the labels."""

    state: str
    labels: object
    active_ms: int | None = None
    skip_reason: str | None = None
    flag: str | None = None
    comment: str | None = None
    provenance: dict[str, Any] = field(default_factory=dict)
    speakers: object = None


def parse_body(payload: object) -> Body:
    """The body of a save. Raises Refused with every fault and its path."""
    if not isinstance(payload, dict):
        raise Refused("The body is not a JSON object.")
    faults: list[Fault] = []
    state = payload.get("state", "submitted")
    if state not in STATES:
        faults.append(Fault("“{value}” is none of {known}.", {"value": state, "known": ", ".join(STATES)}, "state"))
    active_ms = payload.get("active_ms")
    if active_ms is not None and (type(active_ms) is not int or not 0 <= active_ms < 2**53):
        faults.append(Fault("“{value}” is not a number of milliseconds.", {"value": active_ms}, "active_ms"))
    texts: dict[str, str | None] = {}
    for name in ("skip_reason", "flag", "comment"):
        value = payload.get(name)
        if value is not None and (not isinstance(value, str) or len(value) > TEXT_LIMIT or "\0" in value):
            faults.append(Fault("“{value}” is not a text of at most {limit} characters.",
                                {"value": str(value)[:100], "limit": TEXT_LIMIT}, name))  # fmt: skip
            value = None
        texts[name] = value
    if state == "skipped" and not texts["skip_reason"]:
        faults.append(Fault("A skip needs its reason.", {}, "skip_reason"))
    provenance = {} if payload.get("provenance") is None else payload["provenance"]
    if not isinstance(provenance, dict) or len(orjson.dumps(provenance)) > 100_000:
        faults.append(Fault("This is not an object of at most 100 kB.", {}, "provenance"))
    if "labels" not in payload and state == "submitted":
        faults.append(Fault("This is missing.", {}, "labels"))
    if faults:
        raise Refused(faults)
    return Body(
        state=state, active_ms=active_ms,
        labels={"statements": [], "entities": []} if payload.get("labels") is None else payload["labels"],
        skip_reason=texts["skip_reason"] if state == "skipped" else None, flag=texts["flag"] or None,
        comment=texts["comment"] or None, provenance=provenance, speakers=payload.get("speakers"),
    )  # fmt: skip
