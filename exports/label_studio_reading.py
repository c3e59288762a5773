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
from annotator.text.offsets import check_span
from exports.jsonl import DEPTH_LIMIT, refuse_repeated_keys, too_deep
from exports.label_studio_min import as_tasks
from exports.label_studio_rows import Rows, only, place
from exports.lines import ReadLine, read_line

_TOLD = ("version", "skip_reason", "flag", "comment", "created_at", "updated_at", "scheme", "guideline", "provenance")
#: Control of our label config → the type of its regions; all others are choices.
KINDS = {"entities": "labels", "regions": "labels", "comment": "textarea", "new_speaker": "textarea"}
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
    try:
        refuse_repeated_keys(raw, tasks)
    except Refused as refusal:
        raise refusal.at(file=file) from None
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
    if not isinstance(annotation.get("was_cancelled"), bool | None):
        raise Refused("“{value}” is none of {known}.", path=f"{path}.was_cancelled",
                      value=str(annotation["was_cancelled"])[:60], known="true, false")  # fmt: skip
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
    rows = Rows()
    entities = []
    for n, region in enumerate(_listed(annotation.get("result"), f"{path}.result")):
        at = f"{path}.result[{n}]"
        value = region.get("value") if isinstance(region, dict) else None
        if not isinstance(region, dict) or not isinstance(value, dict):
            raise Refused("A region is an object with a value.", path=at)
        _check_place(value, text, at)
        told, control = _isnad(region), region.get("from_name")
        _check_control(region, str(control), at)
        if "annotator" in told:
            about.setdefault("annotator", told["annotator"])
        if control == "comment":
            about |= {**told, "comment": only(value, "text", at, none=True)}
        elif control == "entities":
            entities.append({**place(value), "label": only(value, "labels", at)})
        elif control == "new_speaker":
            rows.name_new(only(value, "text", at, none=True))
        else:
            rows.read(region, value, told, at)
    return about, {"statements": rows.statements(about.get("labels"), f"{path}.labels"), "entities": entities}


def _check_control(region: dict[str, Any], control: str, path: str) -> None:
    """What a region says of itself must fit the control of our label config that it comes from."""
    kind = KINDS.get(control, "choices")
    for key, known in (("type", kind), ("to_name", "text")):
        if region.get(key, known) != known:
            raise Refused("“{value}” is none of {known}.", path=f"{path}.{key}", value=str(region[key])[:60],
                          known=known)  # fmt: skip


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
