"""A typed client of the HTTP API. It needs httpx and nothing else of Isnad: `from annotator.client import Client`.

    with Client("https://isnad.example.org", token) as client:
        for line in client.export(1, what="gold"):
            ...
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, cast

from annotator.client.answers import Annotation, Lease, Saved, Sentence
from annotator.client.connection import ApiError, Connection, Stale, Unreachable
from annotator.client.download import Changed, Export
from annotator.client.shapes import (
    Agreement,
    Document,
    Entry,
    ExportCounts,
    ImportReport,
    Person,
    Problem,
    Progress,
    Project,
    ProjectDetail,
    Release,
    ReleaseDetail,
    ReleaseMaking,
)

__all__ = ["ApiError", "Changed", "Client", "Export", "Stale", "Unreachable"]


class Client:
    """What a token may do. Refusals raise ApiError; 429, 503 and lost connections are tried again first.

    `timeout` is in seconds per read; `attempts` counts the first try too.
    """

    def __init__(
        self, url: str, token: str, *, timeout: float = 60.0, attempts: int = 6,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        self._connection = Connection(url, token, timeout=timeout, attempts=attempts, sleep=sleep)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    def projects(self) -> Iterator[Project]:
        """The projects that the token's person belongs to."""
        return cast(Iterator[Project], self._rows("projects", "projects"))

    def project(self, project: int) -> ProjectDetail:
        return cast(ProjectDetail, self._get(f"projects/{project}"))

    def documents(self, project: int) -> Iterator[Document]:
        return cast(Iterator[Document], self._rows(f"projects/{project}/documents", "documents"))

    def registry(self, project: int) -> Iterator[Entry]:
        """The speakers of a project."""
        return cast(Iterator[Entry], self._rows(f"projects/{project}/registry", "entries"))

    def people(self, project: int) -> Iterator[Person]:
        return cast(Iterator[Person], self._rows(f"projects/{project}/people", "people"))

    def releases(self, project: int) -> Iterator[Release]:
        """The releases of a project in the order of their making, the retracted ones too."""
        return cast(Iterator[Release], self._rows(f"projects/{project}/releases", "releases"))

    def release(self, project: int, name: str) -> ReleaseDetail:
        """A release with the hash of each of its files."""
        return cast(ReleaseDetail, self._get(f"projects/{project}/releases/{name}"))

    def freeze(
        self, project: int, name: str, *, note: str | None = None, split: Mapping[str, Any] | None = None,
        timeout: float = 3600.0,
    ) -> Release:  # fmt: skip
        """Freeze the project as it is now, and ask now and then until the release is sealed: at most `timeout` seconds.

        `split`: percent of `train`, `dev`, `test`, and perhaps `seed` and `by`. Not sent again after a lost connection:
        the release may be in the making, and its name is taken as long as it is. Raises ApiError where it is refused,
        TimeoutError where it takes longer; it is made all the same, and `making` tells how far it is.
        """
        body = {"name": name, "note": note, "split": None if split is None else dict(split)}
        path, until = f"projects/{project}/releases", time.monotonic() + timeout
        prefer = {"Prefer": "respond-async"}
        self._connection.send("POST", path, json=body, repeatable=False, headers=prefer)
        for tried in count():
            state = self.making(project, name)
            if state["state"] == "made":
                return self.release(project, name)
            if state["state"] != "making":
                raise ApiError(_refusal(state))
            if time.monotonic() > until:
                raise TimeoutError(f"The release {name} is not made yet, but to {state['share']:.0%}.")
            self._connection.pause(min(tried, 3))
        raise AssertionError("counting never ends")

    def making(self, project: int, name: str) -> ReleaseMaking:
        """How far a release is, why it was refused, or that it is made."""
        return cast(ReleaseMaking, self._get(f"projects/{project}/releases/{name}/making"))

    def progress(self, project: int) -> Progress:
        """Your own counts, and everyone's for who may see them: all pages in one."""
        path = f"projects/{project}/progress"
        found = cast(Progress, self._get(path))
        found["annotators"], found["next"] = list(self._rows(path, "annotators", found)), None
        return found

    def agreement(self, project: int, **filters: str | Sequence[str]) -> Agreement:
        """Every figure with its interval; `outlet`, `event`, `guideline` and the like choose the sentences."""
        return cast(Agreement, self._get(f"projects/{project}/agreement", filters))

    def import_documents(
        self, project: int, source: str | Path | bytes, *, name: str | None = None, format: str | None = None,
        **options: str | bool,
    ) -> ImportReport:  # fmt: skip
        """Import one file, whole or not at all. `source` is a path, or the content with its `name`.

        `format` is told from the ending where it is left out (jsonl, ndjson, json, conll, conllup, else text; tables
        need it). Options: `outlet`, `event`, `published`, `url`, `encoding`, `new_speakers`, `new_annotators`; of other
        tools' files `annotator`, `map`, `offsets`, `predictions_as`; `dry_run=True` tells what would be done and writes
        nothing.
        """
        if isinstance(source, bytes) and name is None:
            raise TypeError("A content needs its name.")
        content = source if isinstance(source, bytes) else Path(source).read_bytes()
        named = name if name is not None else Path(cast(str, source)).name
        chosen = format or _format_of(named)
        params = {"file": named, "format": chosen}
        params |= {key: str(int(value)) if isinstance(value, bool) else value for key, value in options.items()}
        # after a lost connection the file may be there: whoever asks again is told so as a refusal
        response = self._connection.send(
            "POST", f"projects/{project}/documents", params=params, content=content, repeatable=False,
            headers={"Content-Type": "application/octet-stream"},
        )  # fmt: skip
        return cast(ImportReport, response.json())

    def lease(self, project: int, count: int = 1, holding: Sequence[int] = ()) -> Lease:
        """Reserve the next sentences, 1 to 4; those in `holding` are not handed out again."""
        body = {"count": count, "holding": list(holding)}
        return cast(Lease, self._connection.send("POST", f"projects/{project}/leases", json=body).json())

    def sentence(self, sentence: int) -> Sentence:
        return cast(Sentence, self._get(f"sentences/{sentence}"))

    def annotation(self, sentence: int) -> Annotation | None:
        """Your own answer to a sentence; null while there is none."""
        self.sentence(sentence)  # who may not see it is told so
        try:
            return cast(Annotation, self._get(f"sentences/{sentence}/annotation"))
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def save(
        self, sentence: int, labels: Mapping[str, Any], *, version: int, state: str = "submitted",
        key: str | None = None, **more: Any,
    ) -> Saved:  # fmt: skip
        """Save the whole answer that was made from `version` (0: the first). Raises Stale where another one stands.

        Sent again after a lost connection under the same idempotency `key`, so it is stored once. `more`: `active_ms`,
        `comment`, `flag`, `skip_reason`, `speakers`, `provenance`.
        """
        headers = {"If-Match": f'"{version}"', "Idempotency-Key": key or secrets.token_urlsafe(16)}
        body = {"labels": labels, "state": state, **more}
        path = f"sentences/{sentence}/annotation"
        return cast(Saved, self._connection.send("PUT", path, json=body, headers=headers).json())

    def export(
        self, project: int, *, format: str = "jsonl", what: str = "annotations", etag: str | None = None, **more: str
    ) -> Export:
        """An export to iterate over by lines, or to `save`; `release` names one to export instead of the present.

        `etag` is that of an earlier one, to be told of changes.
        """
        return Export(self._connection, f"projects/{project}/export", {"format": format, "what": what, **more}, etag)

    def export_counts(self, project: int, *, what: str = "annotations", **more: str) -> ExportCounts:
        """What such an export holds, before it is made: units with labels, and those without by reason."""
        return cast(ExportCounts, self._get(f"projects/{project}/export/counts", {"what": what, **more}))

    def _get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        return self._connection.send("GET", path, params=dict(params or {})).json()

    def _rows(self, path: str, name: str, page: Mapping[str, Any] | None = None) -> Iterator[Any]:
        """The rows of every page of a list, fetched as they are read."""
        page = page if page is not None else self._get(path, {"limit": "1000"})
        while True:
            yield from page[name]
            if page["next"] is None:
                return
            page = self._get(path, {"limit": "1000", "cursor": page["next"]})


def _format_of(name: str) -> str:
    """What the ending of a file tells, as `flask import` reads it."""
    ending = Path(name).suffix.lower()
    if ending in (".csv", ".tsv", ".jsonld", ".xml"):
        raise TypeError(f"The ending {ending} does not tell what the file holds: give its format.")
    known = {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "label-studio", ".conll": "conll", ".conllup": "conll"}
    return known.get(ending, "text")


def _refusal(state: ReleaseMaking) -> Problem:
    """Why a release was not made, as the server would have said it at once."""
    faults = state["faults"]
    detail = faults[0]["message"] if faults else "The server stopped meanwhile; nothing was kept. Freeze it again."
    title, status = ("Unprocessable Content", 422) if faults else ("Service Unavailable", 503)
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, "faults": faults}
