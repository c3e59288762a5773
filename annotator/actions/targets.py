"""The agreement that a lead wants to reach, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from annotator.actions.log import write_log
from annotator.errors import Fault, Refused
from annotator.models import Project
from annotator.permissions import Actor

LAYERS = ("speaker", "attribution", "stance_target", "stance", "claim_type", "entities")


def set_targets(session: Session, actor: Actor, project: Project, targets: Mapping[str, float | None]) -> None:
    """Set the target lines of these layers, each above 0 and at most 1; null takes one away.

    Raises Refused with a fault for each layer that is none, or value out of bounds.
    """
    faults = [
        Fault("“{value}” is none of {known}.", {"value": layer, "known": ", ".join(LAYERS)}, layer)
        for layer in targets
        if layer not in LAYERS
    ]
    faults += [
        Fault("The target is {value}; it must be above 0 and at most 1, as 0.8.", {"value": value}, layer)
        for layer, value in targets.items()
        if value is not None and not 0 < value <= 1
    ]
    if faults:
        raise Refused(faults)
    changed = {**project.targets, **{layer: value for layer, value in targets.items() if value is not None}}
    for layer, value in targets.items():
        if value is None:
            changed.pop(layer, None)
    project.targets = changed
    write_log(session, actor, "set targets", project_id=project.id, content={"targets": changed})
