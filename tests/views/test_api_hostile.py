"""Hostile addresses and bodies over HTTP, on both databases: a problem document, never a server error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import make
from tests.views.test_api import ANSWER, EMPTY, Api, told


@pytest.fixture
def any_place(ready_url: str, tmp_path: Path) -> make.Place:
    return make.place(tmp_path, ANNOTATOR_DATABASE_URL=ready_url)


HUGE = 10**25


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/projects/{HUGE}/progress", 404),
        (f"/sentences/{HUGE}", 404),
        (f"/sentences/{2**63}/annotation", 404),
        (f"/documents/{'9' * 5000}", 404),
        ("/projects/{project}/mine?cursor=x~²", 422),
        (f"/projects/{{project}}/mine?cursor=2026~{HUGE}", 422),
        ("/projects/{project}/mine?cursor=%00~1", 422),
        ("/projects/{project}/mine?q=%00", 422),
        ("/projects/{project}/scheme/%00.json", 404),
        ("/projects/{project}/export?what=%00", 422),
    ],
)
def test_no_address_is_a_server_error(any_place: make.Place, path: str, status: int) -> None:
    answer = Api(any_place, "lead", "admin")("GET", path.format(project=any_place.project))
    assert answer.status_code == status


def line(**more: object) -> bytes:
    return json.dumps({"text": "سطر جديد هنا", **more}).encode()


def answered(speaker: dict[str, str]) -> list[dict[str, object]]:
    statement = {**EMPTY, "attribution": "direct", "speaker": speaker}
    return [{"annotator": "annotator@example.org", "labels": {"statements": [statement], "entities": []}}]


ROW = "annotations[0].labels.statements[0]"


@pytest.mark.parametrize(
    ("query", "body", "path"),
    [
        ("file=x.txt&event=a%07b", b"text.", "event"),
        ("file=x.txt&outlet=a%0Ab", b"text.", "outlet"),
        ("file=x.jsonl&format=jsonl", line(meta={"a": ["\0"]}), "meta.a[0]"),
        ("file=x.jsonl&format=jsonl", line(annotations=answered({"id": "q\0"})), f"{ROW}.speaker.id"),
        ("file=x.jsonl&format=jsonl", line(document={"file": "q.txt"}, start=10**9, end=10**9 + 12), "start"),
        ("file=x.jsonl&format=jsonl", line(document={"file": "q.txt"}, start=10**8, end=10**8 + 12), "start"),
    ],
)
def test_what_no_database_can_hold_is_refused(any_place: make.Place, query: str, body: bytes, path: str) -> None:
    answer = Api(any_place, "lead", "admin")("POST", f"/projects/{any_place.project}/documents?{query}", body)
    assert answer.status_code == 422 and answer.json is not None
    assert [fault["path"] for fault in answer.json["faults"]] == [path]


def test_a_saved_answer_holds_no_nul(any_place: make.Place) -> None:
    api, path = Api(any_place, "annotator"), f"/sentences/{any_place.sentences[0]}/annotation"
    body = {**ANSWER, "labels": {"statements": [{**EMPTY, "speaker": {"id": "q\0"}}], "entities": []}}
    assert told(api("PUT", path, body, If_Match="0")) == [
        ("labels.statements[0].speaker.id", "Character 1 is U+0000, which no text holds.")
    ]
    escaped = json.dumps({**ANSWER, "comment": "a\\u0000"}).encode()  # a backslash and letters: a text
    assert api("PUT", path, escaped, If_Match="0").status_code == 200


def test_an_import_over_the_limit_is_not_read(tmp_path: Path) -> None:
    small = make.place(tmp_path, ANNOTATOR_MAX_IMPORT_MB="1")
    path = f"/projects/{small.project}/documents?file=x.txt"
    assert Api(small, "lead", "admin")("POST", path, b"a" * 1_000_001).status_code == 413
    assert Api(small, "annotator", "admin")("POST", path, b"a" * 1_000_001).status_code == 403
