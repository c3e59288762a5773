"""The statements of a Label Studio annotation, put together from its regions."""

from __future__ import annotations

from typing import Any

from annotator.errors import Refused
from annotator.layers.parsing import MOST_STATEMENTS
from exports.label_studio_config import SURFACE
from exports.label_studio_min import ANSWERS


def place(value: dict[str, Any]) -> dict[str, Any]:
    return {key: value.get(key) for key in ("start", "end", "text")}


def only(value: dict[str, Any], key: str, path: str, *, none: bool = False) -> str | None:
    """The one string of a list such as `choices`."""
    found = value.get(key)
    if none and found in (None, []):
        return None
    if not isinstance(found, list) or len(found) != 1 or not isinstance(found[0], str):
        raise Refused("“{value}” is not a list of one label.", path=f"{path}.value.{key}", value=str(found)[:60])
    return found[0]


class Rows:
    """The statements of one annotation, gathered from its regions; number 0 is the primary one."""

    def __init__(self) -> None:
        self._rows: dict[int, dict[str, Any]] = {}
        self._of_region: dict[object, int] = {}

    def read(self, region: dict[str, Any], value: dict[str, Any], told: dict[str, Any], path: str) -> None:
        control = str(region.get("from_name"))
        name = control.removeprefix("row_")
        if control == "regions":
            surface = only(value, "labels", path) == SURFACE
            row = self._row(region, told, extra=not surface)
            if surface:
                row["words"] = place(value)
            return
        if name not in ANSWERS:
            raise Refused("“{value}” is no control of our label config.", path=f"{path}.from_name", value=control[:60])
        row = self._row(region, told, extra=control != name)
        row[name] = only(value, "choices", path)
        if name == "speaker":
            row["entry"] = told

    def name_new(self, canonical: str | None) -> None:
        """A speaker typed in by hand, for want of an entry in the list."""
        if canonical is not None:
            self._rows.setdefault(0, {})["new"] = canonical

    def statements(self, count: object, path: str) -> list[dict[str, Any]]:
        """`count`: how many there were when we wrote the file; some may have no answer yet."""
        if count is not None and (type(count) is not int or not 0 <= count <= MOST_STATEMENTS):
            raise Refused("“{value}” is not a whole number from {least} on.", path=path, value=str(count)[:60], least=0)
        for n in range(count if isinstance(count, int) else 0):
            self._rows.setdefault(n, {})
        return [_statement(self._rows[n]) for n in sorted(self._rows)]

    def _row(self, region: dict[str, Any], told: dict[str, Any], *, extra: bool) -> dict[str, Any]:
        """Ours say their number; those made in Label Studio are told apart by the id of their region."""
        n = told.get("row")
        if type(n) is not int or not 0 <= n < MOST_STATEMENTS:
            key = str(region.get("id"))
            n = self._of_region.setdefault(key, 1000 + len(self._of_region)) if extra else 0
        return self._rows.setdefault(n, {})


def _statement(row: dict[str, Any]) -> dict[str, Any]:
    speaker = None
    entry, words = row.get("entry", {}), row.get("words") or {"start": None, "end": None, "text": None}
    if row.get("speaker") is not None:
        speaker = {"id": row["speaker"], "canonical": entry.get("canonical"), "kind": entry.get("kind"), **words}
    elif row.get("new") is not None:
        speaker = {"id": None, "canonical": row["new"], "kind": None, **words}
    return {
        "speaker": speaker,
        "attribution": row.get("attribution"),
        "stance": {"target": row.get("stance_target"), "value": row.get("stance")},
        "claim_type": row.get("claim_type"),
    }
