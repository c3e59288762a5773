"""Label Studio's JSON_MIN as tasks: a row an annotation, its controls beside the data, without ids of regions.

https://labelstud.io/guide/export.html#JSON-MIN. Which further statement a control belongs to is not in it: where that
could be more than one, the file is refused instead of guessed at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from annotator.errors import Refused
from exports.label_studio_config import ROW, SURFACE

ANSWERS = ("speaker", "attribution", "stance_target", "stance", "claim_type")
_MARKS = ("entities", "regions")
_TEXTS = ("comment", "new_speaker")
_OF_ANNOTATION = ("annotator", "annotation_id", "created_at", "updated_at", "lead_time", "agreement")
_OF_DOCUMENT = ("file", "outlet", "event")


def is_min(row: object) -> bool:
    """Whether this is a row of JSON_MIN and no task."""
    return isinstance(row, dict) and "annotation_id" in row and "data" not in row


def as_tasks(rows: Sequence[Any]) -> list[Any]:
    """The rows as tasks, those of one task together; what is none stays as it is. Raises Refused with the row."""
    tasks: dict[object, Any] = {}
    for n, row in enumerate(rows):
        if not is_min(row):
            tasks[n, None] = row
            continue
        key = ("of", str(row["id"])) if row.get("id") is not None else (n, None)
        try:
            task = tasks.setdefault(key, {**_task(row), "annotations": []})
            task["annotations"] += _annotation(row)
        except Refused as refusal:
            raise refusal.at(path=f"[{n}]") from None
    return list(tasks.values())


def _task(row: dict[str, Any]) -> dict[str, Any]:
    data = {key: value for key, value in row.items() if key not in _OF_ANNOTATION and not _is_control(key)}
    if not isinstance(row.get("id"), str):
        data.pop("id", None)  # Label Studio's own number, in the place of ours
    task: dict[str, Any] = {"data": data}
    if isinstance(row.get("file"), str) and type(row.get("start")) is int:
        document = {key: row[key] for key in _OF_DOCUMENT if row.get(key) is not None}
        task["meta"] = {"isnad": {"document": document}}
    return task


def _is_control(key: str) -> bool:
    return key in (*_MARKS, *_TEXTS) or key.removeprefix("row_") in ANSWERS


def _annotation(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The annotation of a row, if it has one."""
    result = list(_result(row))
    if not result and row["annotation_id"] is None:
        return []
    about = {key: row.get(key) for key in ("lead_time", "created_at", "updated_at")}
    return [{"result": result, "completed_by": row.get("annotator"), **about}]


def _result(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    further = 0
    for control in _MARKS:
        for n, mark in enumerate(_several(row.get(control))):
            if not isinstance(mark, dict):
                raise Refused("A region is an object with a value.", path=f"{control}[{n}]")
            told: dict[str, Any] = {}
            if mark.get("labels") == [ROW]:
                further += 1
                told = {"row": further}
            yield _region(control, f"{control}-{n}", mark, told)
    if further and any(isinstance(m, dict) and m.get("labels") == [SURFACE] for m in _several(row.get("regions"))):
        raise _unclear("regions", further + 1)
    for control in _TEXTS:
        value = row.get(control)
        if value is not None:
            yield _region(control, control, value if isinstance(value, dict) else {"text": [value]}, {})
    names = {one.get("value"): one.get("html") for one in _several(row.get("speakers")) if isinstance(one, dict)}
    for name in ANSWERS:
        for prefix, rows in (("", 1), ("row_", further)):
            values = _several(row.get(prefix + name))
            if len(values) > rows or (prefix and values and len(values) != rows):
                raise _unclear(prefix + name, rows)
            for n, value in enumerate(values):
                told = {"row": n + 1 if prefix else 0}
                if name == "speaker":
                    told["canonical"] = names.get(value) if isinstance(value, str) else None
                yield _region(prefix + name, f"{prefix}{name}-{n}", {"choices": [value]}, told)


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _region(control: str, key: str, value: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    return {"id": key, "from_name": control, "value": value, "meta": {"isnad": told}}


def _unclear(control: str, count: int) -> Refused:
    return Refused("JSON_MIN does not tell which of {count} statements “{control}” belongs to: export JSON instead.",
                   path=control, count=count, control=control)  # fmt: skip
