"""What every request to the API passes: rates, types of bodies, ETags, doubled parameters."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from annotator.views.api_projects import PARAMETERS
from annotator.views.openapi.operations import OPERATIONS
from tests import make
from tests.views.api import authorised


def test_who_asks_too_often_is_told_when_to_come_again(tmp_path: Path) -> None:
    place = make.place(tmp_path, ANNOTATOR_API_RATE="100")
    client = place.app.test_client()
    lead, viewer = authorised(place, "lead", "read"), authorised(place, "viewer", "read")
    assert [client.get("/api/v1/projects", headers=lead).status_code for _ in range(100)] == [200] * 100
    refused = client.get("/api/v1/projects", headers={**lead, "Accept-Language": "en"})
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    assert "More than 100 requests in a minute" in refused.get_json()["detail"]
    assert client.get("/api/v1/projects", headers=viewer).status_code == 200
    assert client.get("/api/v1/projects", headers=authorised(place, "lead", "read")).status_code == 200
    assert client.get("/sign-in", headers=lead).status_code == 200  # pages are no API


def test_strangers_may_ask_a_hundredth(tmp_path: Path) -> None:
    place = make.place(tmp_path, ANNOTATOR_API_RATE="300")
    client = place.app.test_client()
    wrong = {"Authorization": "Bearer isnad_x"}
    assert [client.get("/api/v1/projects", headers=wrong).status_code for _ in range(5)] == [401] * 3 + [429] * 2
    elsewhere = {"REMOTE_ADDR": "10.0.0.9"}
    assert client.get("/api/v1/projects", headers=wrong, environ_overrides=elsewhere).status_code == 401
    assert client.get("/api/v1/projects", headers=authorised(place, "lead", "read")).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "kind", "status"),
    [
        ("POST", "/projects/1/leases", "text/plain", 415),
        ("POST", "/projects/1/leases", "application/x-www-form-urlencoded", 415),
        ("POST", "/projects/1/leases", "application/vnd.x+json; charset=utf-8", 200),
        ("PUT", "/sentences/1/annotation", "text/html", 415),
        ("POST", "/projects/1/documents?file=x.txt", "image/png", 415),
        ("POST", "/projects/1/documents?file=x.txt", "text/plain; charset=utf-8", 201),
        ("PATCH", "/projects/1/registry/x", "application/xml", 415),
        ("POST", "/nothing", "image/png", 404),
        ("DELETE", "/projects", "image/png", 405),
    ],
)
def test_bodies_of_other_types_are_not_read(place: make.Place, method: str, path: str, kind: str, status: int) -> None:
    headers = {**authorised(place, "lead", "admin"), "Content-Type": kind}
    answer = place.app.test_client().open(f"/api/v1{path}", method=method, data=b"{}", headers=headers)
    assert answer.status_code == status, answer.text
    assert status < 400 or answer.mimetype == "application/problem+json"


def test_every_get_has_an_etag_that_is_believed(place: make.Place) -> None:
    client, headers = place.app.test_client(), authorised(place, "lead", "admin")
    for path in ("/projects", "/projects/1/progress", "/projects/1/people", "/documents/1", "/projects/1/registry"):
        first = client.get(f"/api/v1{path}", headers=headers)
        tag = first.headers["ETag"]
        known = client.get(f"/api/v1{path}", headers={**headers, "If-None-Match": f'"x", W/{tag}'})
        assert (known.status_code, known.data, known.headers["ETag"]) == (304, b"", tag)
        assert client.get(f"/api/v1{path}", headers={**headers, "If-None-Match": '"x"'}).status_code == 200
        assert client.head(f"/api/v1{path}", headers=headers).data == b""


def test_large_answers_are_packed_for_who_can_unpack(place: make.Place) -> None:
    client, headers = place.app.test_client(), authorised(place, "lead", "admin")
    plain = client.get("/api/v1/projects/1/registry", headers=headers)
    packed = client.get("/api/v1/projects/1/registry", headers={**headers, "Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == plain.data and "Accept-Encoding" in packed.headers["Vary"]


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("GET", "/projects/1/export?waht=gold", "waht"),
        ("GET", "/projects/1/export/counts?relase=v1", "relase"),
        ("GET", "/projects/1/agreement?outlett=x", "outlett"),
        ("POST", "/projects/1/documents?file=x.txt&dryrun=1", "dryrun"),
    ],
)
def test_a_misspelt_parameter_is_refused_where_it_would_change_what_is_done(
    place: make.Place, method: str, path: str, name: str
) -> None:
    """`dryrun=1` imported for good, and an export of a misspelt view or release was one of another."""
    headers = {**authorised(place, "lead", "admin"), "Content-Type": "text/plain"}
    answer = place.app.test_client().open(f"/api/v1{path}", method=method, data="خبر لم يرد.".encode(), headers=headers)
    assert (answer.status_code, answer.get_json()["faults"][0]["path"]) == (422, name)


def test_the_parameters_of_an_import_are_those_that_are_described() -> None:
    described = [one["name"] for one in OPERATIONS["POST api_projects.documents"].query]
    assert sorted(described) == sorted(PARAMETERS)


def test_a_parameter_given_twice_is_refused(place: make.Place) -> None:
    headers = authorised(place, "lead", "admin")
    answer = place.app.test_client().get("/api/v1/projects?limit=1&limit=2", headers=headers)
    assert (answer.status_code, answer.get_json()["faults"][0]["path"]) == (422, "limit")


def test_use_of_a_token_is_noted_now_and_then(place: make.Place) -> None:
    headers = authorised(place, "lead", "read")
    web = place.web("lead")
    assert "never used" in web.get("/account/tokens").text
    place.app.test_client().get("/api/v1/projects", headers=headers)
    assert "never used" not in web.get("/account/tokens").text
