"""Reading Label Studio JSON: our own export back without loss, or annotations made there.

What a region's value says stands; `meta` only adds what Label Studio has no place for (author, version,
times, which statement a region belongs to). Gold is computed, not imported: it comes back as `gold`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from annotator.errors import Fault, Refused
from annotator.layers.parsing import MOST_STATEMENTS
from annotator.text.offsets import check_span
from exports.jsonl import DEPTH_LIMIT, too_deep
from exports.label_studio_config import SURFACE
from exports.label_studio_min import ANSWERS, as_tasks
from exports.lines import ReadLine, read_line

_TOLD = ("version", "skip_reason", "flag", "comment", "created_at", "updated_at", "scheme", "guideline", "provenance")
SKIPPED_THERE = "Label Studio"  # the reason of a skip made there, where none is asked for


def fingerprint(statements: Iterable[tuple[Any, ...]], entities: Iterable[tuple[int, int, str]]) -> str:
    """Names what was answered, so that an answer changed in Label Studio is told from one that came back as it went.

    A statement is (speaker id, start, end, attribution, target, value, claim type), an entity (start, end, label).
    """
    content = orjson.dumps([list(statements), sorted(entities)])
    return hashlib.sha256(content).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Whose:
    """Who is behind the users of a file: `names` e-mail by number or name there; `alone` where it tells nobody."""

    names: Mapping[str, str] = field(default_factory=dict)
    alone: str | None = None

    def email(self, user: object) -> str | None:
        """The e-mail address of a user as `completed_by` names one: an object, a number or an address."""
        told = [user.get("email"), user.get("id")] if isinstance(user, dict) else [user]
        for one in told:
            if isinstance(one, str | int) and str(one) in self.names:
                return self.names[str(one)]
        named = next((one for one in told if isinstance(one, str) and "@" in one), None)
        return named or self.alone


def read(
    raw: bytes, *, file: str, predictions_as: str | None = None, notes: list[Fault] | None = None,
    whose: Whose | None = None,
) -> Iterator[ReadLine]:  # fmt: skip
    """The tasks of a file, JSON or JSON_MIN, as lines of the format of record. Raises Refused with task and field.

    `line_number` is the place of the task in the array, from 1. Predictions become drafts of `predictions_as`; those
    left out, for want of that or because the file holds their ids only, are counted in `notes`.
    """
    if too_deep(raw):
        raise Refused("The file nests deeper than {limit} levels.", limit=DEPTH_LIMIT).at(file=file)
    try:
        tasks = orjson.loads(raw.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise Refused("This is not JSON: {reason}.", reason=str(error)).at(file=file) from error
    if not isinstance(tasks, list):
        raise Refused("A Label Studio file is a JSON array of tasks.").at(file=file)
    left_out, whose = 0, whose or Whose()
    try:
        tasks = as_tasks(tasks)
    except Refused as refusal:
        raise refusal.at(file=file) from None
    for n, task in enumerate(tasks):
        try:
            content = _line_content(task, whose)
            drafts, passed = _predicted(task, str(content["text"]), predictions_as)
            content["annotations"] += drafts
            left_out += passed
            yield read_line(content, n + 1)
        except Refused as refusal:
            raise refusal.at(file=file, path=f"[{n}]") from None
    if left_out and notes is not None:
        notes.append(Fault("{count} predictions were left out; those that the file holds can become drafts "
                           "of somebody.", {"count": left_out}, file=file, remedy="predictions_as"))  # fmt: skip


def _line_content(task: object, whose: Whose) -> dict[str, Any]:
    """A task in the form of a line of record; one without data is its data."""
    if not isinstance(task, dict) or not isinstance(task.get("data", task), dict):
        raise Refused("A task is an object with data.")
    data = task.get("data", task)
    told = _isnad(task)
    line: dict[str, Any] = {"text": data.get("text")}
    if told:
        line |= {key: data.get(key) for key in ("id", "start", "end", "kind")}
        line |= {key: told.get(key) for key in ("document", "text_sha256", "split", "group")}
    text = data["text"] if isinstance(data.get("text"), str) else ""
    line["annotations"] = []
    for n, annotation in enumerate(_listed(task.get("annotations") or [], "annotations")):
        path = f"annotations[{n}]"
        about, labels = _read_annotation(annotation, text, path)
        if isinstance(about.get("gold"), dict):
            line["gold"] = {"labels": labels, **about["gold"]}
        else:
            line["annotations"].append(_answer(annotation, about, labels, path, whose))
    return line


def _predicted(task: dict[str, Any], text: str, author: str | None) -> tuple[list[dict[str, Any]], int]:
    """The task's predictions as drafts of `author`, and how many were left out. Some exports hold their ids only."""
    given = _listed(task.get("predictions") or [], "predictions")
    whole = [(n, one) for n, one in enumerate(given) if isinstance(one, dict)] if author else []
    drafts = []
    for n, prediction in whole:
        told = {"model_version": prediction.get("model_version"), "score": prediction.get("score")}
        _, labels = _read_annotation(prediction, text, f"predictions[{n}]")
        drafts.append({"annotator": author, "state": "draft", "labels": labels,
                       "provenance": {"imported_from": "label-studio", **told}})  # fmt: skip
    return drafts, len(given) - len(whole)


def _isnad(thing: dict[str, Any]) -> dict[str, Any]:
    meta = thing.get("meta")
    told = meta.get("isnad") if isinstance(meta, dict) else None
    return told if isinstance(told, dict) else {}


def _listed(value: object, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise Refused("“{value}” is not a list.", path=path, value=str(value)[:60])
    return value


def _answer(
    annotation: dict[str, Any], about: dict[str, Any], labels: dict[str, Any], path: str, whose: Whose
) -> dict[str, Any]:
    """An annotation in the form of a line's."""
    editor = whose.email(annotation.get("updated_by") or annotation.get("completed_by"))
    changed = "sha256" in about and about["sha256"] != _sha256(labels)
    if changed and editor not in (None, about.get("annotator")):
        about = _changed(annotation, about, editor)
    author = about.get("annotator") or editor
    if author is None:
        raise Refused("The annotation names no author by e-mail (“{value}”). Say whose it is.", remedy="annotator",
                      path=f"{path}.completed_by", value=str(annotation.get("completed_by"))[:60])  # fmt: skip
    answer = {"annotator": author, "labels": labels, **{key: about.get(key) for key in _TOLD}}
    answer["state"] = about.get("state") or ("skipped" if annotation.get("was_cancelled") else "submitted")
    if answer["state"] == "skipped" and not about:
        answer["skip_reason"] = SKIPPED_THERE
    answer["active_ms"] = _active_ms(annotation.get("lead_time"), about.get("active_ms"), f"{path}.lead_time")
    return answer


def _changed(annotation: dict[str, Any], about: dict[str, Any], editor: str) -> dict[str, Any]:
    """What is told of an answer that somebody changed there: it is theirs now, and says whose it was."""
    at = annotation.get("updated_at")
    return {
        "annotator": editor, "comment": about.get("comment"), "scheme": about.get("scheme"),
        "guideline": about.get("guideline"), "created_at": at, "updated_at": at,
        "provenance": {"label_studio": {"annotator": about.get("annotator"), "version": about.get("version")}},
    }  # fmt: skip


def _sha256(labels: dict[str, Any]) -> str:
    """The fingerprint of labels as they were read."""
    rows = []
    for row in labels["statements"]:
        speaker = row["speaker"] or {"id": None, "start": None, "end": None}
        rows.append((speaker["id"], speaker["start"], speaker["end"], row["attribution"], row["stance"]["target"],
                     row["stance"]["value"], row["claim_type"]))  # fmt: skip
    return fingerprint(rows, [(e["start"], e["end"], e["label"]) for e in labels["entities"]])


def _active_ms(lead_time: object, told: object, path: str) -> object:
    """Milliseconds: ours where Label Studio still has the same seconds, else what it measured itself."""
    if lead_time is None:
        return told
    if isinstance(lead_time, bool) or not isinstance(lead_time, int | float) or not 0 <= lead_time < 2**53:
        raise Refused("“{value}” is no number of seconds.", path=path, value=str(lead_time)[:60])
    if type(told) is int and told / 1000 == lead_time:
        return told
    return round(lead_time * 1000)


def _read_annotation(annotation: object, text: str, path: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is told of an annotation, and its labels in the form of a line's."""
    if not isinstance(annotation, dict):
        raise Refused("An annotation is an object with a list result.", path=path)
    about: dict[str, Any] = {}
    rows = _Rows()
    entities = []
    for n, region in enumerate(_listed(annotation.get("result"), f"{path}.result")):
        at = f"{path}.result[{n}]"
        value = region.get("value") if isinstance(region, dict) else None
        if not isinstance(region, dict) or not isinstance(value, dict):
            raise Refused("A region is an object with a value.", path=at)
        _check_place(value, text, at)
        told, control = _isnad(region), region.get("from_name")
        if "annotator" in told:
            about.setdefault("annotator", told["annotator"])
        if control == "comment":
            about |= {**told, "comment": _only(value, "text", at, none=True)}
        elif control == "entities":
            entities.append({**_place(value), "label": _only(value, "labels", at)})
        elif control == "new_speaker":
            rows.name_new(_only(value, "text", at, none=True))
        else:
            rows.read(region, value, told, at)
    return about, {"statements": rows.statements(about.get("labels"), f"{path}.labels"), "entities": entities}


def _check_place(value: dict[str, Any], text: str, path: str) -> None:
    """Label Studio stores any offsets; the text they are of is the task's."""
    if "start" not in value and "end" not in value:
        return
    for name in ("start", "end"):
        if type(value.get(name)) is not int:
            raise Refused("“{value}” is not a whole number of characters.", path=f"{path}.value.{name}",
                          value=str(value.get(name))[:60])  # fmt: skip
    try:
        check_span(len(text), value["start"], value["end"])
    except Refused as refusal:
        raise refusal.at(path=f"{path}.value") from None


def _place(value: dict[str, Any]) -> dict[str, Any]:
    return {key: value.get(key) for key in ("start", "end", "text")}


def _only(value: dict[str, Any], key: str, path: str, *, none: bool = False) -> str | None:
    """The one string of a list such as `choices`."""
    found = value.get(key)
    if none and found in (None, []):
        return None
    if not isinstance(found, list) or len(found) != 1 or not isinstance(found[0], str):
        raise Refused("“{value}” is not a list of one label.", path=f"{path}.value.{key}", value=str(found)[:60])
    return found[0]


class _Rows:
    """The statements of one annotation, gathered from its regions; number 0 is the primary one."""

    def __init__(self) -> None:
        self._rows: dict[int, dict[str, Any]] = {}
        self._of_region: dict[object, int] = {}

    def read(self, region: dict[str, Any], value: dict[str, Any], told: dict[str, Any], path: str) -> None:
        control = str(region.get("from_name"))
        name = control.removeprefix("row_")
        if control == "regions":
            surface = _only(value, "labels", path) == SURFACE
            row = self._row(region, told, extra=not surface)
            if surface:
                row["words"] = _place(value)
            return
        if name not in ANSWERS:
            raise Refused("“{value}” is no control of our label config.", path=f"{path}.from_name", value=control[:60])
        row = self._row(region, told, extra=control != name)
        row[name] = _only(value, "choices", path)
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
