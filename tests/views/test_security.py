"""What every answer carries, and what no write passes without."""

from __future__ import annotations

from http.cookies import SimpleCookie
from pathlib import Path

import pytest

from tests import make
from tests.views.test_access import addresses

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "font-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def test_every_answer_carries_the_headers(place: make.Place) -> None:
    web = place.web("lead")
    for method, name, path in [*addresses(place), ("GET", "none", "/nothing"), ("TRACE", "none", "/")]:
        answer = web.client.open(path, method=method, headers={"X-CSRF-Token": web.token})
        assert answer.headers["Content-Security-Policy"] == CSP, name
        assert answer.headers["X-Content-Type-Options"] == "nosniff", name
        assert answer.headers["Referrer-Policy"] == "same-origin", name
        assert answer.headers["X-Frame-Options"] == "DENY", name
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", name
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin", name
        assert "Permissions-Policy" in answer.headers, name
        assert "Access-Control-Allow-Origin" not in answer.headers, name
        assert "Cache-Control" in answer.headers, name
        if answer.data:
            assert answer.content_type.startswith(("application/", "image/")) or "charset=utf-8" in answer.content_type
        answer.close()


def test_private_pages_are_kept_nowhere(place: make.Place) -> None:
    web = place.web("lead")
    for path in ("/", "/account", f"/projects/{place.project}", "/session", f"/documents/{place.document}"):
        assert web.get(path).headers["Cache-Control"] == "no-store"


def test_no_write_without_the_token(place: make.Place) -> None:
    client = place.web("lead").client
    for method, name, path in addresses(place):
        if method == "GET":
            continue
        for headers in ({}, {"X-CSRF-Token": "forged"}):
            answer = client.open(path, method=method, headers=headers)
            assert answer.status_code == 403, name
            assert "ANNOTATOR_HTTPS" in answer.text, name


def test_no_state_changes_by_reading(place: make.Place) -> None:
    client = place.web("lead").client
    for method, name, path in addresses(place):
        if method != "GET" and name not in ("POST people.sign_in_with_password", "POST people.accept"):
            assert client.get(path).status_code in (200, 303, 404, 405), name


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://localhost"}, 303),
        ({"Origin": "http://localhost:81"}, 403),
        ({"Origin": "https://localhost"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 303),
    ],
)
def test_writes_come_from_our_own_pages(place: make.Place, headers: dict[str, str], status: int) -> None:
    web = place.web("lead")
    answer = web.post("/language", {"language": "en"}, headers=headers)
    assert answer.status_code == status
    if status == 403 and "Origin" in headers:
        assert "ANNOTATOR_PROXIES" in answer.text


def test_behind_an_https_proxy(tmp_path: Path) -> None:
    app = make.app(tmp_path, ANNOTATOR_HTTPS="1", ANNOTATOR_PROXIES="1")
    actor = make.person(app, "amal")
    web = make.Web(app.test_client())
    proxied = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "isnad.example", "X-Forwarded-For": "9.9.9.9",
               "Host": "isnad.example"}  # fmt: skip
    page = web.get("/sign-in", headers=proxied, base_url="https://isnad.example")
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
    cookie = page.headers["Set-Cookie"]
    assert cookie.startswith("__Host-isnad=")
    assert all(part in cookie for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"))
    assert "Domain" not in cookie
    answer = web.post(
        "/sign-in", {"email": actor.email, "password": make.PASSWORD}, base_url="https://isnad.example",
        headers={**proxied, "Origin": "https://isnad.example"},
    )  # fmt: skip
    assert answer.status_code == 303


def test_forwarded_headers_count_only_behind_a_proxy(place: make.Place) -> None:
    web = make.Web(place.app.test_client())
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    web.get("/sign-in")
    link = place.web("lead").post(
        f"/projects/{place.project}/members", {"name": "Z", "email": "z@example.org", "role": "viewer"}, headers=forged
    )
    assert "http://localhost/sign-in/" in link.text and "evil.example" not in link.text


def test_only_named_hosts_are_answered(tmp_path: Path) -> None:
    app = make.app(tmp_path, ANNOTATOR_HOSTS="isnad.example")
    client = app.test_client()
    assert client.get("/sign-in", base_url="http://isnad.example").status_code == 200
    refused = client.get("/sign-in", base_url="http://evil.example", headers={"Accept-Language": "en"})
    assert refused.status_code == 400 and "ANNOTATOR_HOSTS" in refused.text
    assert refused.headers["Content-Security-Policy"] == CSP


def test_the_cookie_is_out_of_reach_of_scripts(place: make.Place) -> None:
    cookie = SimpleCookie(place.app.test_client().get("/sign-in").headers["Set-Cookie"])["isnad"]
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"], cookie["domain"]) == (True, "Lax", "", "")


def test_two_installations_have_two_keys(tmp_path: Path) -> None:
    keys = []
    for name in ("a", "b"):
        make.app(tmp_path / name)
        file = tmp_path / name / "secret_key"
        assert file.stat().st_mode & 0o777 == 0o600
        keys.append(file.read_text())
    assert keys[0] != keys[1]


def test_bodies_have_a_limit(place: make.Place) -> None:
    web = place.web("lead")
    answer = web.client.post(
        "/language", data={"language": "x" * 17_000_000}, headers={"X-CSRF-Token": web.token}
    )
    assert answer.status_code == 413


def test_a_large_import_is_not_read_for_a_stranger(place: make.Place) -> None:
    web = make.web(place.app)
    web.get("/sign-in")
    answer = web.client.post(
        f"/projects/{place.project}/documents", data=b"x" * 1000, headers={"X-CSRF-Token": web.token}
    )
    assert answer.status_code == 303
