"""One figure: a value with its interval, or the reason why there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A share or coefficient as an unrounded double; `low` and `high` bound its 95 % interval.

    Undefined is a state with a reason (a gettext id), never a number: then value, low and high are None.
    An interval may be missing beside a value (too few draws were defined); then both its ends are None.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    reason: str | None = None

    @classmethod
    def of(cls, value: float, low: float = math.nan, high: float = math.nan, reason: str | None = None) -> Figure:
        """From doubles in which NaN stands for undefined."""
        if not math.isfinite(value):
            return cls(None, None, None, reason)
        if not (math.isfinite(low) and math.isfinite(high)):
            return cls(float(value))
        return cls(float(value), float(low), float(high))

    def as_json(self) -> dict[str, float | str | None]:
        if self.value is None:
            return {"value": None, "reason": self.reason}
        return {"value": self.value, "low": self.low, "high": self.high}
