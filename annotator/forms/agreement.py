"""Forms about agreement: target lines, and the width that a plan is made for."""

from __future__ import annotations

import math
from collections.abc import Mapping

from wtforms import StringField

from annotator.errors import Fault, Refused
from annotator.forms.shared import PlainForm, text

WIDTH = 0.05
_ARABIC = str.maketrans("٠١٢٣٤٥٦٧٨٩٫", "0123456789.")


class TargetsForm(PlainForm):
    """A field per layer that a lead sets a target for."""

    speaker = StringField()
    attribution = StringField()
    stance_target = StringField()
    stance = StringField()
    claim_type = StringField()
    entities = StringField()

    @classmethod
    def of_project(cls, targets: Mapping[str, float]) -> TargetsForm:
        return cls(data={layer: f"{target:g}" for layer, target in targets.items()})

    def value(self) -> dict[str, float | None]:
        """Layer → target, null where the field is empty. Raises Refused for what is no number."""
        found: dict[str, float | None] = {}
        faults = []
        for layer in self._fields:
            given = str(self[layer].data or "").strip()
            number = _number(given)
            if given and number is None:
                faults.append(Fault("“{value}” is no number; write it as 0.8.", {"value": given}, layer))
            found[layer] = number
        if faults:
            raise Refused(faults)
        return found


class PlanForm(PlainForm):
    width = StringField(default=str(WIDTH))

    def value(self) -> float:
        """The half width wanted. Raises Refused for what cannot be one."""
        given = text(self.width).strip()
        number = _number(given)
        if number is None or not 0.005 <= number <= 0.5:
            raise Refused("The width is {value}; it must be from 0.005 to 0.5.", path="width", value=given)
        return number


def _number(given: str) -> float | None:
    """Digits of both scripts, a point or a comma."""
    try:
        number = float(given.translate(_ARABIC).replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None
