"""How annotators agree, and how they came out: coefficients, intervals, gold by rule. Knows neither Flask nor SQL.

`COEFFICIENTS` is the only list of coefficients. Importing this package must not import numpy, since a starting
server needs `gold` only: so each coefficient is named here and loaded when it is first computed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


def _N(message: str) -> str:
    """Marks a text that is translated where it is shown."""
    return message


class Coefficient(NamedTuple):
    """A coefficient of nominal labels. `over` says what `function` takes.

    "patterns": a Patterns; "pairs": confusion tables (..., L, L) of two annotators each, whose values
    `kappa.mean_over_pairs` then averages. It gives an array (...), NaN where undefined.
    """

    name: str
    title: str
    over: Literal["patterns", "pairs"]
    place: str
    paper: str

    @property
    def function(self) -> Callable[[Any], Any]:
        module, _, name = self.place.rpartition(".")
        found: Callable[[Any], Any] = getattr(import_module(f"annotator.agreement.{module}"), name)
        return found


COEFFICIENTS = (
    Coefficient("percent", _N("Percent agreement"), "patterns", "percent.percent", "Holsti 1969"),
    Coefficient("alpha", _N("Krippendorff’s α"), "patterns", "alpha.nominal", "Krippendorff 2011"),
    Coefficient("kappa", _N("Cohen’s κ"), "pairs", "kappa.cohen", "Cohen 1960"),
    Coefficient("scott", _N("Scott’s π"), "pairs", "kappa.scott", "Scott 1955"),
    Coefficient("fleiss", _N("Fleiss’ κ"), "patterns", "fleiss.fleiss", "Fleiss 1971"),
    Coefficient("ac1", _N("Gwet’s AC1"), "patterns", "ac1.ac1", "Gwet 2008"),
)
