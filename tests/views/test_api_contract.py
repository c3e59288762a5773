"""What docs/api.md promises of every refusal: who is asked first, which field is named, what an ETag tells."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from annotator.actions import people
from annotator.errors import Refused
from annotator.permissions import OPERATOR
from tests import make
from tests.views.test_api import ANSWER, Api, told


@pytest.fixture
def place(tmp_path: Path) -> make.Place:
    return make.place(tmp_path)


@pytest.mark.parametrize("credentials", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic x"}])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "projects"), ("POST", "projects/1/leases"), ("PUT", "sentences/1/annotation"),
        ("POST", "projects/1/documents"), ("PATCH", "projects/1/registry/x"), ("POST", "nowhere"),
    ],
)  # fmt: skip
def test_who_is_nobody_is_told_so(place: make.Place, credentials: dict[str, str], method: str, path: str) -> None:
    if path == "nowhere" and credentials:
        return  # a token changes nothing about an address that is none
    headers = {"Accept-Language": "en", **credentials}
    answer = place.app.test_client().open(f"/api/v1/{path}", method=method, headers=headers, json={})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json is not None and "You are signed out" in answer.json["detail"]


def test_a_browser_without_its_token_is_still_refused(place: make.Place) -> None:
    web = place.web("annotator")
    answer = web.client.post(f"/api/v1/projects/{place.project}/leases", json={})
    assert answer.status_code == 403 and "security token" in answer.text


@pytest.mark.parametrize("headers", [{}, {"If_Match": '"0"', "Idempotency_Key": ""}])
@pytest.mark.parametrize("body", [b"{", ANSWER, {"state": "done"}])
def test_whose_it_is_comes_before_how_it_is_asked_for(place: make.Place, headers: dict[str, str], body: Any) -> None:
    path = f"/sentences/{place.sentences[0]}/annotation"
    assert Api(place, "outsider")("PUT", path, body, **headers).status_code == 404
    assert Api(place, "viewer")("PUT", path, body, **headers).status_code == 403
    assert Api(place, "annotator")("PUT", "/sentences/999999/annotation", body, **headers).status_code == 404
    reading = Api(place, "annotator", "read")("PUT", path, body, **headers)
    assert (reading.status_code, told(reading)) == (
        403, [("", "The token's scope is read; this needs the scope annotate.")]
    )  # fmt: skip
    assert Api(place, "annotator")("PUT", path, body, **headers).status_code == (428 if not headers else 422)


def test_versions_have_their_faults(place: make.Place) -> None:
    api, path = Api(place, "annotator"), f"/sentences/{place.sentences[0]}/annotation"
    assert told(api("PUT", path, ANSWER)) == [
        ("If-Match", 'Send If-Match with the version you edited; "0" for a first save.')
    ]
    api("PUT", path, ANSWER, If_Match='"0"')
    stale = api("PUT", path, ANSWER, If_Match='"0"')
    assert stale.status_code == 412 and stale.json is not None
    assert told(stale) == [("If-Match", "This answer was changed elsewhere since you opened it.")]
    assert (stale.json["current"]["version"], stale.json["yours"]) == (1, ANSWER)
    assert stale.json["title"] == "Changed meanwhile"


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"comment": "a\0b"}, [("comment", "Character 1 is U+0000, which no text holds.")]),
        ({"provenance": {"x": [{"y": "\0"}]}},
         [("provenance.x[0].y", "Character 0 is U+0000, which no text holds.")]),
        ({"provenance": []}, [("provenance", "This is not an object of at most 100 kB.")]),
        ({"provenance": ""}, [("provenance", "This is not an object of at most 100 kB.")]),
        ({"provenance": 0}, [("provenance", "This is not an object of at most 100 kB.")]),
        ({"labels": []}, [("labels", "“[]” is not an object.")]),
        ({"speakers": [{}]}, [("speakers[0].id", "This is missing."), ("speakers[0].canonical", "This is missing."),
                              ("speakers[0].kind", "This is missing.")]),
        (b'{"state":"draft","state":"submitted"}', [("state", "The key “state” stands twice in one object.")]),
    ],
)  # fmt: skip
def test_the_field_of_a_fault_is_named(place: make.Place, body: Any, faults: list[tuple[str, str]]) -> None:
    content = body if isinstance(body, bytes) else {**ANSWER, **body}
    answer = Api(place, "annotator")("PUT", f"/sentences/{place.sentences[0]}/annotation", content, If_Match='"0"')
    assert (answer.status_code, told(answer)) == (422, faults)


@pytest.mark.parametrize("field", ["canonical", "kind"])
@pytest.mark.parametrize("value", [5, [], {}, True])
def test_the_speaker_of_an_answer_is_told_in_texts(place: make.Place, field: str, value: Any) -> None:
    row = {**ANSWER["labels"]["statements"][0], "speaker": {"id": "ARTICLE", field: value}}  # type: ignore[index]
    body = {**ANSWER, "labels": {"statements": [row], "entities": []}}
    answer = Api(place, "annotator")("PUT", f"/sentences/{place.sentences[0]}/annotation", body, If_Match='"0"')
    assert told(answer) == [(f"labels.statements[0].speaker.{field}", f"“{value}” is not a text.")]


def test_fields_of_a_new_speaker_are_those_of_the_body(place: make.Place) -> None:
    answer = Api(place, "lead", "admin")("POST", f"/projects/{place.project}/registry", {})
    assert told(answer) == [(name, "This is missing.") for name in ("id", "canonical", "kind")]


@pytest.mark.parametrize("field", ["seed", "by"])
def test_a_release_has_no_other_fields(place: make.Place, field: str) -> None:
    body = {"name": "v1", field: "x"}
    answer = Api(place, "lead", "admin")("POST", f"/projects/{place.project}/releases", body)
    assert (answer.status_code, told(answer)) == (422, [(field, "There is no such field here.")])


@pytest.mark.parametrize(
    ("media_type", "raw", "ending"),
    [
        ("application/jsonl", '{"text":"خبر."}', "jsonl"), ("application/json", '[{"data":{"text":"خبر."}}]', "json"),
        ("text/plain", "خبر.", "txt"), (None, "خبر آخر.", "txt"),
    ],
)  # fmt: skip
def test_a_body_without_a_name_is_named_by_its_content(
    place: make.Place, media_type: str | None, raw: str, ending: str
) -> None:
    api, path = Api(place, "lead", "admin"), f"/projects/{place.project}/documents"
    headers = {} if media_type is None else {"Content_Type": media_type}
    name = f"import-{hashlib.sha256(raw.encode()).hexdigest()[:12]}.{ending}"
    answer = api("POST", path, raw.encode(), **headers)
    assert (answer.status_code, answer.json) == (201, {
        "file": name, "documents": 1, "sentences": 1, "annotations": 0, "already_there": 0, "notes": [],
    })  # fmt: skip
    again = api("POST", path, raw.encode(), **headers)
    assert again.status_code == 422 if ending == "txt" else again.json["already_there"] == 1  # type: ignore[index]
    assert told(api("POST", f"{path}?file=", raw.encode(), **headers))[0][0] == "file"


@pytest.mark.parametrize("value", ["2026-13-01", "2026-02-30"])
def test_no_day_that_is_none_is_stored(place: make.Place, value: str) -> None:
    path = f"/projects/{place.project}/documents?file=b.txt&published={value}"
    answer = Api(place, "lead", "admin")("POST", path, "خبر.".encode(), Content_Type="text/plain")
    assert told(answer) == [("published", f"“{value}” is no date: write it as 2026-01-31.")]


def test_an_etag_stays_while_nothing_changes(place: make.Place) -> None:
    api = Api(place, "lead", "admin")
    path = f"/projects/{place.project}/agreement"
    first, second = api("GET", path), api("GET", path)
    assert first.headers["ETag"] == second.headers["ETag"]
    held = api("GET", path, If_None_Match=first.headers["ETag"])
    assert (held.status_code, held.data) == (304, b"")
    assert api("POST", f"/projects/{place.project}/releases", {"name": "v1"}).status_code == 201
    path = f"/projects/{place.project}/releases/v1/archive"
    packed = api("GET", path)
    held = api("GET", path, If_None_Match=packed.headers["ETag"])
    assert (packed.status_code, held.status_code, held.data) == (200, 304, b"")
    assert held.headers["ETag"] == packed.headers["ETag"]
    assert api("GET", path, If_None_Match='"other"').data == packed.data


@pytest.mark.parametrize(("name", "value"), [("week", "zz"), ("week", "2026-W60"), ("week", "2026-W5")])
def test_a_week_is_one(place: make.Place, name: str, value: str) -> None:
    answer = Api(place, "lead", "read")("GET", f"/projects/{place.project}/agreement?{name}={value}")
    assert told(answer) == [(name, f"“{value}” is no week: write it as 2026-W05.")]


def test_a_guideline_is_one_of_the_project(place: make.Place) -> None:
    api = Api(place, "lead", "read")
    answer = api("GET", f"/projects/{place.project}/agreement?guideline=zz")
    assert told(answer) == [("guideline", "The project has no “zz”.")]
    assert api("GET", f"/projects/{place.project}/agreement?guideline=mixed&week=2026-W05").status_code == 200


@pytest.mark.parametrize("name", ["أمل\nسالم", "أمل\tسالم", "\nأمل", "أمل\r"])
def test_a_name_of_a_person_is_one_line(place: make.Place, name: str) -> None:
    with make.database(place.app).write() as session, pytest.raises(Refused) as refusal:
        people.add_person(session, OPERATOR, name, "new@example.org", project=None, role=None)
    assert str(refusal.value).startswith("name: A name has 1 to ")


def test_json_is_read_as_before(place: make.Place) -> None:
    raw = json.dumps({**ANSWER, "comment": "\\u0000 is no character here"}, indent=2).encode()
    answer = Api(place, "annotator")("PUT", f"/sentences/{place.sentences[0]}/annotation", raw, If_Match='"0"')
    assert answer.status_code == 200
