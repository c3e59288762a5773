"""One's own API tokens: shown once, listed, limited, ended; nobody else's."""

from __future__ import annotations

import re

from tests import make


def made(web: make.Web, **more: str) -> str:
    answer = web.post("/account/tokens", {"name": "training", "scope": "read", "project": "", **more})
    assert answer.status_code == 201, answer.text
    found = re.search(r"isnad_[\w-]{40,}", answer.text)
    assert found is not None
    return found[0]


def status(place: make.Place, token: str, path: str = "/projects", method: str = "GET") -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return place.app.test_client().open(f"/api/v1{path}", method=method, headers=headers, json={}).status_code


def test_a_token_is_shown_once_and_ends(place: make.Place) -> None:
    web = place.web("annotator")
    token = made(web)
    assert status(place, token) == 200
    page = web.get("/account/tokens").text
    assert token not in page and "training" in page and "/account/tokens" in web.get("/account").text
    ending = re.search(r'action="(/account/tokens/\d+/end)"', page)
    assert ending is not None
    assert place.web("lead").post(ending[1]).status_code == 404  # not theirs
    assert status(place, token) == 200
    assert web.post(ending[1]).status_code == 303
    assert status(place, token) == 401
    assert web.post(ending[1]).status_code == 404
    assert "training" not in web.get("/account/tokens").text


def test_a_token_reaches_as_far_as_its_scope_and_project(place: make.Place) -> None:
    web = place.web("lead")
    read, annotate, admin = (made(web, scope=scope) for scope in ("read", "annotate", "admin"))
    lease, people = f"/projects/{place.project}/leases", f"/projects/{place.project}/people"
    assert [status(place, token, lease, "POST") for token in (read, annotate, admin)] == [403, 200, 200]
    assert [status(place, token, people) for token in (read, annotate, admin)] == [403, 403, 200]
    other = make.project(place.app, "آخر", text=None)
    make.person(place.app, "amal", project=other, role="lead")
    mine = made(place.web("annotator"), project=str(place.project))
    assert status(place, mine, f"/projects/{place.project}/progress") == 200
    assert [status(place, mine, f"/projects/{other}/progress")] == [404]


def test_what_is_wrong_is_told_beside_its_field(place: make.Place) -> None:
    web = place.web("annotator")
    for content, told in (
        ({"name": " ", "scope": "read"}, "Say what the token is for"),
        ({"name": "x", "scope": "root"}, "“root” is none of read, annotate, admin."),
        ({"name": "x", "scope": "read", "project": "²"}, "“²” is no project."),
        ({"name": "x" * 101, "scope": "read"}, "A name has 1 to 100 characters."),
    ):
        answer = web.post("/account/tokens", content)
        assert (answer.status_code, told in answer.text) == (422, True), told
    assert web.post("/account/tokens", {"name": "x", "scope": "read", "project": "4242"}).status_code == 404


def test_it_takes_the_token_of_the_page(place: make.Place) -> None:
    web = place.web("annotator")
    assert web.client.post("/account/tokens", data={"name": "x", "scope": "admin"}).status_code == 403
