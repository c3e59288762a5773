"""The OpenAPI document: valid, of every route and of nothing else, true to what is answered; and its page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from openapi_spec_validator import validate

from annotator.permissions import SCOPES, VERBS
from annotator.views.openapi import reading
from annotator.views.openapi.operations import OPERATIONS, PUBLIC, SIGNED_IN
from tests import make
from tests.views.api import authorised
from tests.views.test_access import NEEDED


@pytest.fixture
def document(place: make.Place) -> dict[str, Any]:
    answer = place.app.test_client().get("/api/v1/openapi.json")
    assert answer.status_code == 200 and answer.mimetype == "application/json"
    found: dict[str, Any] = answer.get_json()
    return found


def test_it_is_openapi_3_1(document: dict[str, Any]) -> None:
    validate(document)
    assert document["openapi"] == "3.1.0"


def routes(place: make.Place) -> set[str]:
    return {
        f"{method} {rule.endpoint}"
        for rule in place.app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_route_is_described_and_no_other(place: make.Place, document: dict[str, Any]) -> None:
    assert set(OPERATIONS) == routes(place)
    told = {f"{method.upper()} {one['operationId']}" for methods in document["paths"].values()
            for method, one in methods.items()}  # fmt: skip
    assert told == {name.replace(".", "_") for name in routes(place)}


def test_it_asks_for_the_right_that_the_route_asks_for() -> None:
    """The table of access, which is tried for every role, and the document say the same."""
    same = {"public": PUBLIC, "signed in": SIGNED_IN}
    wrong = {name for name, told in OPERATIONS.items() if told.needs != same.get(NEEDED[name], NEEDED[name])}
    assert wrong == set()
    assert {told.needs for told in OPERATIONS.values()} <= {*VERBS, PUBLIC, SIGNED_IN}


def test_it_tells_who_may(document: dict[str, Any]) -> None:
    told = document["paths"]["/api/v1/projects/{project_id}/documents"]["post"]
    assert "Roles: lead. Scopes of tokens: admin." in told["description"]
    assert told["security"] == [{"token": []}, {"session": [], "csrf": []}]
    assert document["paths"]["/api/v1/openapi.json"]["get"]["security"] == []
    assert set(document["components"]["securitySchemes"]) == {"token", "session", "csrf"}
    assert all(scope in document["components"]["securitySchemes"]["token"]["description"] for scope in SCOPES)


def test_answers_hold_the_fields_of_their_schema_and_no_other(place: make.Place, document: dict[str, Any]) -> None:
    """Schemathesis finds what is missing or of another type; this finds what is told nowhere."""
    client, headers = place.app.test_client(), authorised(place, "lead", "admin")
    ids = {"project_id": place.project, "document_id": place.document, "sentence_id": place.sentences[0], "entry": "x"}
    save = {"labels": {"statements": [], "entities": []}, "state": "draft"}
    client.put(f"/api/v1/sentences/{place.sentences[0]}/annotation", json=save, headers={**headers, "If-Match": "0"})
    seen = 0
    for path, methods in document["paths"].items():
        schema = _schema(methods.get("get", {}))
        answer = client.get(re.sub(r"\{(\w+)\}", lambda place: str(ids.get(place[1], "x")), path), headers=headers)
        if schema is not None and answer.status_code == 200:
            seen += 1
            assert set(answer.get_json()) <= set(_of(document, schema)["properties"]), path
        answer.close()
    assert seen >= 11


def _schema(told: dict[str, Any]) -> str | None:
    content = told.get("responses", {}).get("200", {}).get("content", {})
    found: str | None = content.get("application/json", {}).get("schema", {}).get("$ref")
    return found


def _of(document: dict[str, Any], reference: str) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"][reference.rpartition("/")[2]]
    return found


def test_the_page_shows_every_endpoint_in_both_languages(place: make.Place, document: dict[str, Any]) -> None:
    for language, title in (("ar", "واجهة البرمجة HTTP"), ("en", "HTTP API")):
        page = place.app.test_client().get("/api", headers={"Accept-Language": language})
        assert page.status_code == 200 and f"<h1>{title}</h1>" in page.text
        assert all(f'id="{one["operationId"]}"' in page.text for methods in document["paths"].values()
                   for one in methods.values())  # fmt: skip
        ids = re.findall(r' id="([^"]+)"', page.text)
        assert len(ids) == len(set(ids))
        assert {target for target in re.findall(r'href="#([^"]+)"', page.text)} <= set(ids)


def test_kinds_in_words() -> None:
    kinds = {
        "integer 1–4": {"type": "integer", "minimum": 1, "maximum": 4},
        "string –200": {"type": "string", "maxLength": 200},
        "Speaker or null": {"anyOf": [{"$ref": "#/components/schemas/Speaker"}, {"type": "null"}]},
        "list of string –50": {"type": "array", "items": {"type": "string"}, "maxItems": 50},
        "object of integer": {"type": "object", "additionalProperties": {"type": "integer"}},
        "a · b": {"enum": ["a", "b"]},
        "any": {},
    }
    assert {words: reading.kind(schema) for words, schema in kinds.items()} == {words: words for words in kinds}


def test_a_body_is_needed_where_one_of_its_keys_is(document: dict[str, Any]) -> None:
    """Clients made from the document left such bodies out, and were refused."""
    needed = {
        told["operationId"]: told["requestBody"]["required"]
        for methods in document["paths"].values() for told in methods.values() if "requestBody" in told
    }  # fmt: skip
    assert {name for name, is_needed in needed.items() if not is_needed} == {
        "api_lease", "api_save", "api_registry_change"
    }  # fmt: skip
