"""Lists in pages, and what leads do over the API with people and speakers, on both databases."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests import make
from tests.views.api import authorised


@pytest.fixture
def place(ready_url: str, tmp_path: Path) -> make.Place:
    return make.place(tmp_path, ANNOTATOR_DATABASE_URL=ready_url)


class Api:
    def __init__(self, place: make.Place, who: str = "lead", scope: str = "admin") -> None:
        self.client, self.headers = place.app.test_client(), authorised(place, who, scope)

    def __call__(self, method: str, path: str, body: Any = None) -> TestResponse:
        headers = {**self.headers, "Accept-Language": "en"}
        return self.client.open(f"/api/v1{path}", method=method, json=body, headers=headers)

    def rows(self, path: str, name: str, limit: int) -> list[Any]:
        found: list[Any] = []
        cursor = ""
        while True:
            page = self("GET", f"{path}?limit={limit}{cursor}").get_json()
            assert len(page[name]) <= limit
            found += page[name]
            if page["next"] is None:
                return found
            assert len(page[name]) == limit
            cursor = f"&cursor={page['next']}"


def told(answer: TestResponse) -> list[tuple[str, str]]:
    return [(fault["path"], fault["message"]) for fault in answer.get_json()["faults"]]


def test_pages_hold_every_row_once(place: make.Place) -> None:
    api = Api(place)
    for n in range(7):
        text = f"نص رقم {n} جديد."
        sent = api.client.post(f"/api/v1/projects/{place.project}/documents?file={n}.txt", data=text.encode(),
                               headers={**api.headers, "Content-Type": "text/plain"})  # fmt: skip
        assert sent.status_code == 201
    for path, name in (
        (f"/projects/{place.project}/documents", "documents"), (f"/projects/{place.project}/registry", "entries"),
        (f"/projects/{place.project}/people", "people"), (f"/projects/{place.project}/progress", "annotators"),
        (f"/documents/{place.document}", "sentences"), ("/projects", "projects"),
    ):  # fmt: skip
        whole = api("GET", path).get_json()[name]
        assert api.rows(path, name, 3) == api.rows(path, name, 1) == whole
        for wrong in ("limit=0", "limit=1001000", "limit=x", "limit=", "cursor=x", "cursor=-1", "cursor=", "cursor=²"):
            assert api("GET", f"{path}?{wrong}").status_code == 422, wrong


def test_progress_of_all_is_for_who_may_see_it(place: make.Place) -> None:
    assert Api(place, "annotator")("GET", f"/projects/{place.project}/progress").get_json()["annotators"] == []
    seen = Api(place, "viewer")("GET", f"/projects/{place.project}/progress").get_json()["annotators"]
    assert [row["role"] for row in seen] == ["lead", "adjudicator", "annotator", "viewer"]


def test_inviting(place: make.Place) -> None:
    api, path = Api(place), f"/projects/{place.project}/people"
    made = api("POST", path, {"name": "Zayd", "email": "Zayd@Example.org", "role": "annotator"})
    assert made.status_code == 201
    person, link = made.get_json()["person"], made.get_json()["link"]
    assert (person["email"], person["came"], "/sign-in/" in link) == ("zayd@example.org", False, True)
    assert place.app.test_client().get(link).status_code == 200
    assert "zayd@example.org" in {row["email"] for row in api.rows(path, "people", 2)}
    assert told(api("POST", path, {"name": 5, "role": "boss"})) == [
        ("name", "“5” is not a text of 1 to 500 characters."), ("email", "This is missing."),
    ]  # fmt: skip
    assert told(api("POST", path, {"name": "A", "email": "a@b.c", "role": "boss"}))[0][0] == "role"
    taken = api("POST", path, {"name": "Zayd", "email": "zayd@example.org", "role": "viewer"})
    assert (taken.status_code, told(taken)[0][0]) == (409, "email")


def test_speakers_are_added_once(place: make.Place) -> None:
    api, path = Api(place, "annotator", "annotate"), f"/projects/{place.project}/registry"
    wished = {"id": "unesco", "canonical": "اليونسكو", "kind": "organisation", "aliases": ["منظمة اليونسكو"]}
    made = api("POST", path, wished)
    assert (made.status_code, made.get_json()["aliases"]) == (201, ["منظمة اليونسكو"])
    assert api("POST", path, wished).status_code == 200
    same = api("POST", path, {**wished, "id": "unesco_2", "aliases": []})
    assert (same.status_code, same.get_json()["id"]) == (200, "unesco")
    other = api("POST", path, {**wished, "canonical": "غيرها"})
    assert (other.status_code, told(other)[0][0]) == (409, "id")
    assert [fault[0] for fault in told(api("POST", path, {"id": "a b", "kind": "x", "aliases": {}}))] == [
        "canonical", "kind", "id", "aliases",
    ]  # fmt: skip
    assert api("POST", path, {**wished, "id": "q", "canonical": "مصدر", "scope": "document"}).status_code == 422
    assert Api(place, "annotator", "read")("POST", path, wished).status_code == 403


def test_speakers_are_corrected_by_leads(place: make.Place) -> None:
    api, path = Api(place), f"/projects/{place.project}/registry"
    first = {"id": "unesco", "canonical": "اليونسكو", "kind": "organisation", "aliases": ["منظمة اليونسكو"]}
    assert api("POST", path, first).status_code == 201
    assert api("POST", path, {"id": "who", "canonical": "الصحة العالمية", "kind": "organisation"}).status_code == 201
    changed = api("PATCH", f"{path}/unesco", {"canonical": "منظمة اليونسكو", "en": "UNESCO"}).get_json()
    assert (changed["canonical"], changed["en"], changed["aliases"]) == ("منظمة اليونسكو", "UNESCO", ["اليونسكو"])
    assert api("PATCH", f"{path}/unesco", {"en": None}).get_json()["en"] is None
    assert api("POST", f"{path}/unesco/aliases", {"text": " يونسكو "}).get_json()["aliases"] == ["اليونسكو", "يونسكو"]
    assert api("POST", f"{path}/unesco/aliases", {"text": "يونسكو"}).status_code == 200
    for method, where, body, status in (
        ("PATCH", "unesco", {"canonical": "الصحة العالمية"}, 409), ("PATCH", "unesco", {}, 422),
        ("PATCH", "unesco", {"canonical": None}, 422), ("PATCH", "unesco", {"kind": "person"}, 422),
        ("PATCH", "unesco", {"en": 5}, 422), ("PATCH", "unesco", [], 422), ("PATCH", "nobody", {"en": "x"}, 404),
        ("POST", "who/aliases", {"text": "يونسكو"}, 409), ("POST", "who/aliases", {}, 422),
        ("POST", "who/aliases", {"text": ["x"]}, 422), ("POST", "nobody/aliases", {"text": "x"}, 404),
    ):  # fmt: skip
        assert api(method, f"{path}/{where}", body).status_code == status, (method, where, body)
    assert Api(place, "annotator")("PATCH", f"{path}/unesco", {"en": "x"}).status_code == 403


def test_a_form_with_a_file(place: make.Place) -> None:
    api, path = Api(place), f"/api/v1/projects/{place.project}/documents"

    def send(**parts: Any) -> TestResponse:
        return api.client.post(path, data=parts, content_type="multipart/form-data", headers=api.headers)

    article = (io.BytesIO("وصل الوفد.\nثم غادر.\n".encode()), "news/خبر.txt")
    made = send(file=article, outlet="وكالة", published="2026-01-31")
    assert made.status_code == 201, made.text
    assert (made.status_code, made.get_json()["file"], made.get_json()["sentences"]) == (201, "خبر.txt", 2)
    lines = (io.BytesIO(json.dumps({"text": "سطر."}).encode()), "bare.jsonl")
    assert send(file=lines, format="jsonl").status_code == 201
    assert told(send(outlet="x"))[0][0] == "file"
    assert told(send(file=(io.BytesIO(b"x"), "x.txt"), new_speakers="yes"))[0][0] == "new_speakers"
    assert told(send(file=(io.BytesIO(b"x"), "x.txt"), format="pdf"))[0][0] == "format"
