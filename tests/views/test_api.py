"""The HTTP API: leases, versions, idempotency, every refusal a problem document, nothing for who has no right."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from annotator.actions import people
from annotator.models import Annotation, Document, Project, Sentence
from annotator.permissions import OPERATOR
from tests import make

EMPTY = {
    "speaker": {"id": "ARTICLE"}, "attribution": "none", "stance": {"target": None, "value": "none"},
    "claim_type": "fact",
}  # fmt: skip
ANSWER = {"labels": {"statements": [EMPTY], "entities": []}, "state": "submitted", "active_ms": 10}


@pytest.fixture
def place(tmp_path: Path) -> make.Place:
    return make.place(tmp_path)


class Api:
    """A program with a token."""

    def __init__(self, place: make.Place, who: str, scope: str = "annotate", project: int | None = None) -> None:
        with make.database(place.app).write() as session:
            limit = session.get(Project, project) if project else None
            token = people.add_token(session, OPERATOR, place.people[who].email, scope, limit)
        self.client = place.app.test_client()
        self.headers = {"Authorization": f"Bearer {token}"}

    def __call__(self, method: str, path: str, body: object = None, **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        content = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        answer = self.client.open(f"/api/v1{path}", method=method, data=content, headers={**self.headers, **named})
        if answer.status_code >= 400:
            assert answer.mimetype == "application/problem+json", answer.text
            assert answer.json is not None and answer.json["status"] == answer.status_code
        return answer


def told(answer: TestResponse) -> list[tuple[str, str]]:
    assert answer.json is not None
    return [(fault["path"], fault["message"]) for fault in answer.json["faults"]]


def test_lease_answer_and_read_back(place: make.Place) -> None:
    api = Api(place, "annotator")
    leased = api("POST", f"/projects/{place.project}/leases", {"count": 2}).json
    assert leased is not None
    assert [sentence["id"] for sentence in leased["sentences"]] == list(place.sentences[:2])
    assert leased["progress"] == {"submitted": 0, "drafts": 0, "skipped": 0, "flagged": 0, "total": 5, "left": 5}
    path = f"/sentences/{place.sentences[0]}/annotation"
    assert api("GET", path).status_code == 404
    saved = api("PUT", path, ANSWER, If_Match='"0"', Idempotency_Key="k")
    assert (saved.status_code, saved.headers["ETag"]) == (200, '"1"')
    assert saved.json == {
        "version": 1, "state": "submitted", "surplus": False, "speakers": {},
        "progress": {"submitted": 1, "drafts": 0, "skipped": 0, "flagged": 0, "total": 5, "left": 4},
    }  # fmt: skip
    again = api("PUT", path, ANSWER, If_Match='"0"', Idempotency_Key="k")
    assert again.json == saved.json
    read = api("GET", path)
    assert read.json is not None and (read.json["version"], read.json["state"]) == (1, "submitted")
    next_ones = api("POST", f"/projects/{place.project}/leases", {}).json
    assert next_ones is not None and [s["id"] for s in next_ones["sentences"]] == [place.sentences[1]]


def test_versions_guard_every_save(place: make.Place) -> None:
    api, path = Api(place, "annotator"), f"/sentences/{place.sentences[0]}/annotation"
    assert api("PUT", path, ANSWER).status_code == 428
    assert api("PUT", path, ANSWER, If_Match='"3"').status_code == 412
    assert api("PUT", path, ANSWER, If_Match='"0"', Idempotency_Key="k").status_code == 200
    mine = {**ANSWER, "comment": "mine"}
    stale = api("PUT", path, mine, If_Match='"0"', Idempotency_Key="other")
    assert stale.status_code == 412 and stale.json is not None
    assert (stale.json["current"]["version"], stale.json["yours"]) == (1, mine)
    reused = api("PUT", path, mine, If_Match='"1"', Idempotency_Key="k")
    assert (reused.status_code, told(reused)) == (422, [("", "The Idempotency-Key “k” was used for another save.")])


def test_each_fault_has_its_path(place: make.Place) -> None:
    body = {
        "labels": {
            "statements": [{**EMPTY, "speaker": {"id": "nobody"}, "stance": {"target": "moon", "value": "none"}}],
            "entities": [
                {"start": 0, "end": 500, "label": "ORG"},
                {"start": True, "end": "4", "label": "FOO"},
                {"start": 0, "end": 4, "label": "ORG"},
                {"start": 2, "end": 8, "label": "PERS"},
            ],
        }
    }
    answer = Api(place, "annotator")("PUT", f"/sentences/{place.sentences[0]}/annotation", body, If_Match="0")
    assert answer.status_code == 422
    assert [path for path, _ in told(answer)] == [
        "labels.statements[0].speaker.id", "labels.statements[0].stance.target", "labels.statements[0].stance",
        "labels.entities[0].end", "labels.entities[1].label", "labels.entities[1].start", "labels.entities[1].end",
        "labels.entities[3]",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/projects/{project}/leases", {}),
        ("GET", "/projects/{project}/registry", None),
        ("GET", "/projects/{project}/progress", None),
        ("GET", "/projects/{project}/mine", None),
        ("GET", "/projects/{project}/guideline", None),
        ("GET", "/projects/{project}/export", None),
        ("POST", "/projects/{project}/documents?file=x.txt", b"text."),
        ("GET", "/documents/{document}", None),
        ("GET", "/sentences/{sentence}", None),
        ("GET", "/sentences/{sentence}/annotation", None),
        ("PUT", "/sentences/{sentence}/annotation", ANSWER),
    ],
)
def test_an_outsider_finds_nothing_and_nobody_signed_out_gets_in(
    place: make.Place, method: str, path: str, body: object
) -> None:
    path = path.format(project=place.project, document=place.document, sentence=place.sentences[0])
    outsider = Api(place, "outsider", "admin")
    assert outsider(method, path, body, If_Match='"0"').status_code == 404
    other = Api(place, "lead", "admin", project=place.project + 1)
    assert other(method, path, body, If_Match='"0"').status_code == 404
    outsider.headers = {"Authorization": "Bearer isnad_wrong"}
    assert outsider(method, path, body, If_Match='"0"').status_code == 401


def test_roles_and_scopes_limit_what_a_token_may(place: make.Place) -> None:
    path = f"/projects/{place.project}"
    viewer, reader, annotator = Api(place, "viewer"), Api(place, "lead", "read"), Api(place, "annotator", "admin")
    assert [
        viewer("POST", f"{path}/leases", {}).status_code, viewer("GET", f"{path}/export").status_code,
        reader("POST", f"{path}/leases", {}).status_code, reader("GET", f"{path}/export").status_code,
        reader("POST", f"{path}/documents?file=x.txt", b"text.").status_code,
        annotator("GET", f"{path}/export").status_code,
        annotator("POST", f"{path}/documents?file=x.txt", b"text.").status_code,
    ] == [403, 200, 403, 200, 403, 403, 403]  # fmt: skip


def test_nobody_sees_the_labels_of_others(place: make.Place) -> None:
    first, second = Api(place, "annotator"), Api(place, "adjudicator")
    first("PUT", f"/sentences/{place.sentences[0]}/annotation", ANSWER, If_Match="0")
    seen = second("GET", f"/sentences/{place.sentences[0]}").json
    assert seen is not None and (seen["version"], seen["annotation"]) == (0, None)


def test_a_double_submit_is_one_annotation(place: make.Place) -> None:
    apis = [Api(place, "annotator") for _ in range(8)]
    answers: list[int] = []

    def send(api: Api) -> None:
        path = f"/sentences/{place.sentences[0]}/annotation"
        answers.append(api("PUT", path, ANSWER, If_Match='"0"', Idempotency_Key="once").status_code)

    threads = [threading.Thread(target=send, args=(api,)) for api in apis]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 8
    with make.database(place.app).read() as session:
        assert session.execute(select(func.count(), func.max(Annotation.version))).one() == (1, 1)


def test_import_and_export_over_http(place: make.Place) -> None:
    lead, path = Api(place, "lead", "admin"), f"/projects/{place.project}"
    made = lead("POST", f"{path}/documents?file=b.txt&outlet=O", "جملة أولى. وثانية!\n".encode())
    assert made.json == {
        "file": "b.txt", "documents": 1, "sentences": 2, "annotations": 0, "already_there": 0, "notes": [],
    }  # fmt: skip
    again = lead("POST", f"{path}/documents?file=c.txt", "جملة أولى. وثانية!\n".encode())
    assert again.status_code == 422
    assert "as “b.txt”" in told(again)[0][1]
    lines = lead("GET", f"{path}/export?format=jsonl").data.splitlines()
    assert len(lines) == 7
    assert [json.loads(line)["text"] for line in lines][-2:] == ["جملة أولى.", "وثانية!"]
    tasks = json.loads(lead("GET", f"{path}/export?format=label-studio").data)
    assert [task["data"]["text"] for task in tasks][-2:] == ["جملة أولى.", "وثانية!"]
    assert lead("GET", f"{path}/export?format=zip").status_code == 422


def test_the_registry_is_fetched_again_only_when_it_changed(place: make.Place) -> None:
    api, path = Api(place, "annotator"), f"/projects/{place.project}/registry"
    first = api("GET", path)
    assert api("GET", path, If_None_Match=first.headers["ETag"]).status_code == 304
    body = {**ANSWER, "speakers": [{"id": "s-1", "canonical": "سلمى", "kind": "person"}]}
    api("PUT", f"/sentences/{place.sentences[0]}/annotation", body, If_Match="0")
    assert api("GET", path, If_None_Match=first.headers["ETag"]).status_code == 200


@pytest.mark.parametrize("body", [b"{", b"[1,", b"\xff\xfe", b'{"count":"x"}', b'{"count":1.5}', b'{"count":0}', b"[]"])
def test_broken_bodies_are_refused(place: make.Place, body: bytes) -> None:
    answer = Api(place, "annotator")("POST", f"/projects/{place.project}/leases", body)
    assert answer.status_code == 422


def test_nothing_is_half_done_by_a_refused_import(place: make.Place) -> None:
    lead = Api(place, "lead", "admin")

    def size() -> tuple[Any, ...]:
        with make.database(place.app).read() as session:
            return tuple(session.scalar(select(func.count()).select_from(t)) for t in (Document, Sentence, Annotation))

    before = size()
    good, bad = {"text": "جملة سليمة."}, {"text": "أخرى.", "annotations": [{"annotator": "a@b.c", "labels": 5}]}
    body = b"\n".join(json.dumps(line).encode() for line in (good, bad))
    answer = lead("POST", f"/projects/{place.project}/documents?file=l.jsonl&format=jsonl", body)
    assert answer.status_code == 422 and answer.json is not None
    assert {k: answer.json["faults"][0][k] for k in ("file", "line", "path")} == {
        "file": "l.jsonl", "line": 2, "path": "annotations[0].labels",
    }  # fmt: skip
    assert size() == before
