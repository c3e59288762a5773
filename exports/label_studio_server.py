"""To a live Label Studio server and back, through the client of its SDK (made in `label_studio.server`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import orjson

from annotator.errors import Refused
from annotator.snapshot import Snapshot
from exports import label_studio

AT_ONCE = 200  # tasks per request
TIMEOUT = 300  # seconds: the server counts its tasks anew at every import


@dataclass(frozen=True, slots=True)
class Pushed:
    """The project there, and how many tasks it got and had already."""

    project: int
    tasks: int
    already_there: int


def push(client: Any, snapshot: Snapshot, *, title: str, to: int | None = None) -> Iterator[Pushed]:
    """Send the snapshot's units as tasks with their annotations; tells after each request how far it is.

    Without `to` a project with our label config is made. Tasks that the project has already (by our id) are
    left alone, so a push that broke off can be begun again.
    """
    known: set[str] = set()
    with _telling():
        if to is None:
            made = client.projects.create(title=title, label_config=label_studio.config(snapshot.scheme))
            to = int(made.id)
        else:
            client.projects.get(id=to)
            known = {str(task["data"].get("id")) for task in tasks(client, to)}
    sent = skipped = 0
    lines = iter(snapshot.lines)
    yield Pushed(to, 0, 0)
    while some := list(islice(lines, AT_ONCE)):
        new = [label_studio.task(line) for line in some if line.id not in known]
        if new:
            with _telling():
                client.projects.import_tasks(id=to, request=new, request_options={"timeout_in_seconds": TIMEOUT})
        sent, skipped = sent + len(new), skipped + len(some) - len(new)
        yield Pushed(to, sent, skipped)


def pull(client: Any, project: int, *, predictions: bool = False) -> bytes:
    """The tasks of a project there with all annotations, as a Label Studio file that `label_studio.read` takes.

    Users are named by their e-mail instead of by their number, which means nothing elsewhere. With `predictions`
    these come whole: exports there hold their ids only.
    """
    with _telling():
        emails = {int(user.id): str(user.email) for user in client.users.list()}
        found = [_with_authors(task, emails) for task in tasks(client, project)]
        if predictions:
            whole = {one.id: _prediction(one) for one in client.predictions.list(project=project)}
            for task in found:
                task["predictions"] = [whole.get(one, one) for one in task.get("predictions") or ()]
        return orjson.dumps(found)


def _prediction(told: Any) -> dict[str, Any]:
    return {"model_version": told.model_version, "score": told.score, "result": told.result}


def tasks(client: Any, project: int) -> list[dict[str, Any]]:
    """Every task of a project there, those without annotations too."""
    parts = client.projects.exports.download_sync(
        id=project, export_type="JSON", download_all_tasks=True, request_options={"timeout_in_seconds": TIMEOUT}
    )
    found = orjson.loads(b"".join(parts))
    if not isinstance(found, list):
        raise Refused("A Label Studio file is a JSON array of tasks.")
    return found


def _with_authors(task: dict[str, Any], emails: dict[int, str]) -> dict[str, Any]:
    for annotation in task.get("annotations") or ():
        for name in ("completed_by", "updated_by"):
            who = annotation.get(name)
            if isinstance(who, int):
                annotation[name] = {"email": emails.get(who)}
    return task


class _telling:
    """Turn what the server or the way to it refuses into one clear line."""

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is None or isinstance(error, Refused):
            return
        refusal = label_studio.refusal(error)
        if refusal is not None:
            raise refusal from error
