"""What the page of a release draws and lists, from the counts and the agreement that are sealed in it.

The pictures in the folder belong to the data sheet, which is English and printed on white. Those of the page are drawn
from the same numbers in the reader's language, direction and theme.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from annotator.errors import NotFound
from annotator.i18n import direction, gettext, language
from annotator.releases import files
from annotator.releases.leaks import COPY
from annotator.views.agreement_words import LAYERS
from annotator.views.release_changes import Names, names

OLD_SEARCH = 0.3  # a report that does not say how far it looked, looked no further


@dataclass(frozen=True, slots=True)
class Row:
    """A label with its count and its share of the layer."""

    name: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Figure:
    """The agreement on a layer: its main figure with the interval, and the sentences it rests on."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """The files of a release as the page tells them. `looked_from`: see `annotator.releases.leaks.Leaks`."""

    counts: dict[str, Any]
    leaks: dict[str, Any] | None
    looked_from: float
    labels: dict[str, list[Row]]
    agreement: list[Figure]
    interval: dict[str, Any] | None

    @property
    def highest(self) -> float | None:
        """The similarity of the closest pair; null where none was found, however far the search came."""
        return self.leaks["pairs"][0]["similarity"] if self.leaks and self.leaks["pairs"] else None

    @property
    def copy(self) -> float:
        return float(self.leaks["copy"]) if self.leaks else COPY


def read(folder: Path) -> Shown:
    """What lies in the folder."""
    counts = _json(folder, "counts.json")
    leaks = _json(folder, "leaks.json") if (folder / "leaks.json").exists() else None
    agreement = _json(folder, "agreement.json")
    called = names(files.scheme(folder))
    labels = {}
    for layer, found in counts["labels"].items():
        total = sum(found.values())
        if total:
            labels[_title(layer)] = [Row(_label(called, layer, key), n, n / total) for key, n in found.items()]
    return Shown(counts, leaks, (leaks or {}).get("looked_from", OLD_SEARCH), labels, list(_figures(agreement)),
                 agreement.get("interval"))  # fmt: skip


def drawn(folder: Path, plot: str, theme: str, *, narrow: bool) -> bytes:
    """A picture as SVG. Raises NotFound where there is none of that name."""
    from annotator.charts import DARK, LIGHT, Dot, dots, shares

    found = read(folder)
    how: dict[str, Any] = {"rtl": direction(language()) == "rtl", "colours": DARK if theme == "dark" else LIGHT,
                           "width": 190 if narrow else 460}  # fmt: skip
    if plot == "labels":
        return shares([(layer, row.name, row.count) for layer, rows in found.labels.items() for row in rows], **how)
    if plot == "agreement":
        return dots([Dot(one.name, one.value, one.low, one.high) for one in found.agreement], **how)
    raise NotFound("There is no such plot.")


def _figures(agreement: dict[str, Any]) -> list[Figure]:
    found = []
    for layer, figures in agreement.get("layers", {}).items():
        head = figures.get("exact_f1") or figures.get("alpha")
        if head:
            found.append(Figure(_title(layer), head.get("value"), head.get("low"), head.get("high"),
                                figures["n_sentences"], head.get("reason")))  # fmt: skip
    return found


def _title(layer: str) -> str:
    return gettext(LAYERS[layer]) if layer in LAYERS else layer


def _label(called: Names, layer: str, key: str) -> str:
    if layer == "stance_target" and key == "none":
        return gettext("no target")
    return called.label(layer, key)


def _json(folder: Path, file: str) -> Any:
    return orjson.loads((folder / file).read_bytes())
