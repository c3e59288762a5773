"""What changed between two releases, as the page shows it: a page at a time, in words of the reader's language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from annotator.i18n import language
from annotator.layers.scheme import Scheme
from annotator.releases import files
from annotator.releases.counts import SHOWN
from annotator.releases.diff import Change, differences

PAGE = 100  # sentences that something was said of, and as many that moved
MOVES = ("split", "group")  # many sentences change their part at once; what was said of them comes first


@dataclass(frozen=True, slots=True)
class Told:
    """Everything counted; the changes of one page of `pages`, sentence by sentence; those that moved.

    `people`: the addresses of those behind the changes shown.
    """

    counted: list[tuple[tuple[str, str], int]]
    total: int
    groups: list[list[Change]]
    moved: list[Change]
    page: int
    pages: int
    names: Names

    @property
    def people(self) -> set[str]:
        return {person for group in self.groups for change in group for person in change.who}


@dataclass(frozen=True, slots=True)
class Names:
    """What labels are called, by layer."""

    labels: Mapping[str, Mapping[str, str]]

    def __call__(self, layer: str | None, text: str) -> str:
        """The value of a layer in words; the type behind each entity is named, its words stay as they are."""
        if layer != "entities":
            return self.label(layer or "", text)
        return re.sub(r" \((\w+)\)(?=، |\Z)", lambda found: f" ({self.label(layer, found[1])})", text)

    def label(self, layer: str, label: str) -> str:
        return self.labels.get(layer, {}).get(label, label)


def names(scheme: Scheme) -> Names:
    """The names in the language of the page."""
    arabic = language() == "ar"
    return Names({
        layer: {label.id: (label.ar if arabic else label.en) or label.id for label in scheme.layer(layer)}
        for layer in (*SHOWN, "entities")
    })  # fmt: skip


def read(old: Path, new: Path, page: int) -> Told:
    """The changes from one folder to the other; a page beyond the last is the last."""
    counted: Counter[tuple[str, str]] = Counter()
    groups: list[list[Change]] = []
    moved: list[Change] = []
    for change in differences(files.lines(old), files.lines(new)):
        counted[change.kind, change.layer or ""] += 1
        if change.kind in MOVES:
            moved.append(change)
        elif groups and groups[-1][0].id == change.id:
            groups[-1].append(change)
        else:
            groups.append([change])
    pages = max(1, -(-max(len(groups), len(moved)) // PAGE))
    at = min(max(page, 1), pages)
    shown = slice((at - 1) * PAGE, at * PAGE)
    return Told(counted.most_common(), counted.total(), groups[shown], moved[shown], at, pages,
                names(files.scheme(new)))  # fmt: skip
