"""Label Studio JSON: an array of tasks, one a unit, one annotation an annotator. Written streaming.

Facts measured on Label Studio 1.23.2: text offsets are code points, end exclusive; ids, times and
the `meta` of annotations are lost there, the task's `data` and `meta` and a region's `meta` are kept.
So what must come back travels in those, under the key `isnad`; the first region of each annotation is
its comment, which carries author, state, version and times; every other one repeats the author, since
Label Studio drops an empty comment when somebody saves the annotation there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from annotator.errors import Refused
from annotator.snapshot import Snapshot
from exports.label_studio_config import config
from exports.label_studio_reading import Whose, read
from exports.label_studio_tasks import task, task_bytes

NAME = "label-studio"
MEDIA_TYPE = "application/json"
EXTENSION = "json"

__all__ = ["EXTENSION", "MEDIA_TYPE", "NAME", "Whose", "config", "invalid", "read", "task", "write"]


def write(snapshot: Snapshot, *, completed_by: str | None = None) -> Iterator[bytes]:
    """The array, a task a part. `completed_by`: e-mail of a user who exists in the Label Studio server."""
    yield b"["
    before = b"\n"
    for line in snapshot.lines:
        yield before + task_bytes(line, completed_by)
        before = b",\n"
    yield b"\n]\n"


@contextmanager
def server(url: str, token: str) -> Iterator[Any]:
    """The SDK's client of a Label Studio server; `token`: a personal access token or a legacy one."""
    from httpx import Client
    from label_studio_sdk import LabelStudio

    with Client(timeout=60, follow_redirects=True) as connection:
        yield LabelStudio(base_url=url, api_key=token, httpx_client=connection)


def refusal(error: BaseException) -> Refused | None:
    """What the client's error means to a person; null for an error that is not the server's or the network's."""
    from httpx import HTTPError, InvalidURL
    from label_studio_sdk.core.api_error import ApiError
    from pydantic import ValidationError

    if isinstance(error, ApiError):
        return Refused(
            "The Label Studio server refused ({status}): {reason}. Check --url, --token and the project there.",
            status=error.status_code, reason=_reason(error.body),
        )  # fmt: skip
    if isinstance(error, HTTPError | InvalidURL):
        return Refused("The Label Studio server cannot be reached: {reason}. Check --url and the network.",
                       reason=str(error))  # fmt: skip
    if isinstance(error, ValidationError):
        return Refused("The Label Studio server answers otherwise than its SDK expects: {reason}.",
                       reason=str(error)[:300])  # fmt: skip
    return None


def _reason(body: object) -> str:
    """The server's own words, where it has any that a person can read."""
    if isinstance(body, dict):
        body = body.get("validation_errors") or body.get("detail") or body
    told = str(body).strip()
    return "–" if told.startswith("<") or not told else told[:300]


def invalid(tasks: Iterable[dict[str, Any]], label_config: str) -> list[str]:
    """What Label Studio's own SDK finds wrong in the config and in each task and annotation.

    `validate_task` of label-studio-sdk 2.1.2 fails on tasks that have annotations, so these are
    validated one by one.
    """
    from label_studio_sdk.label_interface import LabelInterface

    interface = LabelInterface(label_config)
    interface.validate()
    faults = []
    for n, found in enumerate(tasks):
        if not interface.validate_task({"data": found["data"]}):
            faults.append(f"[{n}].data")
        faults += [
            f"[{n}].annotations[{m}]"
            for m, annotation in enumerate(found["annotations"])
            if not interface.validate_annotation(annotation)
        ]
    return faults
