"""The numbers of a release, counted from its lines: what the data sheet says and a reader can count again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from annotator.snapshot import DECISIVE, LABELLED, Line, why_left_out

SHOWN = ("attribution", "stance_target", "stance", "claim_type")


def count(lines: Iterable[Line], decisive: Sequence[str] = DECISIVE) -> dict[str, Any]:
    """Everything counted in one pass, as JSON: units, answers, labels, gold, splits, what was left out.

    `excluded` says per reason how many units have no gold; with those that have it, they are all units. It has some
    where one of the `decisive` layers was decided.
    """
    counting = _Counting(decisive)
    for line in lines:
        counting.add(line)
    return counting.as_json()


class _Counting:
    def __init__(self, decisive: Sequence[str]) -> None:
        self.decisive = decisive
        self.documents: set[str] = set()
        self.plain: Counter[str] = Counter()
        self.by: dict[str, Counter[str]] = {
            name: Counter()
            for name in ("kinds", "outlets", "events", "annotators", "states", "guidelines", "schemes",
                         "excluded", "splits", "answers_per_unit")
        }  # fmt: skip
        self.gold: dict[str, Counter[str]] = {name: Counter() for name in (*SHOWN, "entities")}
        self.basis: dict[str, Counter[str]] = {}
        self.groups: Counter[str] = Counter()

    def add(self, line: Line) -> None:
        self.plain["units"] += 1
        self.plain["code_points"] += line.end - line.start
        if line.document.file not in self.documents:
            self.documents.add(line.document.file)
            self.by["outlets"][line.document.outlet or ""] += 1
            self.by["events"][line.document.event or ""] += 1
        self.by["kinds"][line.kind] += 1
        self.by["splits"][line.split or ""] += 1
        if line.group is not None:
            self.groups[line.group] += 1
        submitted = 0
        for annotation in line.annotations:
            self.by["states"][annotation.state] += 1
            if annotation.state == "submitted":
                submitted += 1
                self.by["annotators"][annotation.annotator] += 1
                self.by["guidelines"][annotation.guideline or ""] += 1
                self.by["schemes"][annotation.scheme] += 1
        self.by["answers_per_unit"][str(submitted)] += 1
        reason = why_left_out(line, "gold", self.decisive)
        if reason != LABELLED:
            self.by["excluded"][reason] += 1
        elif line.gold is not None:
            self._add_gold(line)

    def _add_gold(self, line: Line) -> None:
        assert line.gold is not None
        self.plain["gold"] += 1
        for layer, basis in line.gold.basis.items():
            self.basis.setdefault(layer, Counter())[basis] += 1
        rows = line.gold.labels.statements
        for row in rows[:1]:
            # a layer on which nobody came out is counted by its basis, not as a label
            values = {"attribution": row.attribution, "stance": row.stance.value, "claim_type": row.claim_type}
            if line.gold.basis.get("stance_target") != "none":
                values["stance_target"] = row.stance.target or "none"
            for layer, value in values.items():
                if value is not None:
                    self.gold[layer][value] += 1
        self.gold["entities"].update(entity.label for entity in line.gold.labels.entities)

    def as_json(self) -> dict[str, Any]:
        return {
            "documents": len(self.documents),
            "units": self.plain["units"],
            "code_points": self.plain["code_points"],
            "gold": self.plain["gold"],
            **{name: _sorted(counter) for name, counter in self.by.items()},
            "near_copies": {"groups": len(self.groups), "units": sum(self.groups.values())},
            "labels": {layer: _sorted(counter) for layer, counter in self.gold.items()},
            "basis": {layer: _sorted(counter) for layer, counter in sorted(self.basis.items())},
        }


def _sorted(counter: Mapping[str, int]) -> dict[str, int]:
    """By count, the highest first, then by name: alike on every machine."""
    return dict(sorted(counter.items(), key=lambda pair: (-pair[1], pair[0])))
