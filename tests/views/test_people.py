"""Signing in and out, links, throttling, the account."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from annotator.actions import people as acting
from annotator.actions.signing_in import network
from annotator.models import Attempt, BrowserSession, Person, SignInLink, stamp
from annotator.permissions import OPERATOR
from annotator.views.people import browser_name, safe_path
from tests import make


def link(place: make.Place, email: str = "lead@example.org") -> str:
    with make.database(place.app).write() as session:
        return acting.new_link(session, OPERATOR, email)


def acceptance(**changes: str) -> dict[str, str]:
    return {"name": "Amal", "language": "en", "password": "a very new secret", **changes}


def test_a_link_lets_in_once(place_anywhere: make.Place) -> None:
    place = place_anywhere
    path = f"/sign-in/{link(place)}"
    web = make.web(place.app)
    for _ in range(3):  # mail programs look too
        assert web.get(path).status_code == 200
    answer = web.post(path, acceptance())
    assert (answer.status_code, answer.location) == (303, "/")
    assert "Amal" in web.get("/").text
    again = make.web(place.app)
    assert again.get(path).status_code == 404
    assert again.post(path, acceptance()).status_code == 404
    signed = make.web(place.app)
    signed.get("/sign-in")
    content = {"email": "LEAD@example.org ", "password": "a very new secret"}
    assert signed.post("/sign-in", content).status_code == 303


def test_a_new_link_ends_the_one_before(place: make.Place) -> None:
    first, second = link(place), link(place)
    web = make.web(place.app)
    assert web.get(f"/sign-in/{first}").status_code == 404
    assert web.get(f"/sign-in/{second}").status_code == 200


def test_a_link_ends_by_itself(place: make.Place) -> None:
    raw = link(place)
    with make.database(place.app).write() as session:
        session.execute(update(SignInLink).values(ends_at=stamp(datetime.now(UTC) - timedelta(seconds=1))))
    web = make.web(place.app)
    assert web.get(f"/sign-in/{raw}").status_code == 404
    assert web.post(f"/sign-in/{raw}", acceptance()).status_code == 404


def test_a_used_link_signs_the_person_out_elsewhere(place: make.Place) -> None:
    elsewhere = place.web("lead")
    make.web(place.app).post(f"/sign-in/{link(place)}", acceptance())
    assert elsewhere.client.get("/account").status_code == 303


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "at least 8"),
        ("x" * 1001, "the limit is 1000"),
        ("password123", "easily guessed"),
        ("PASSWORD123", "easily guessed"),
        ("lead@example.org", "easily guessed"),
        ("aaaaaaaaaaaa", "easily guessed"),
    ],
)
def test_bad_passwords_are_refused(place: make.Place, password: str, words: str) -> None:
    path = f"/sign-in/{link(place)}"
    web = make.web(place.app)
    answer = web.post(path, acceptance(password=password))
    assert answer.status_code == 422 and words in answer.text
    assert password not in answer.text or password == "lead@example.org"
    assert web.get(path).status_code == 200  # the link is still good


def test_any_characters_make_a_password(place: make.Place) -> None:
    secret = "كلمات أربع لا تُنسى 🌿"
    make.web(place.app).post(f"/sign-in/{link(place)}", acceptance(password=secret))
    decomposed = secret.replace("أ", "أ")
    web = make.web(place.app)
    assert web.post("/sign-in", {"email": "lead@example.org", "password": decomposed}).status_code == 303


def test_the_session_gets_a_new_id_at_sign_in(place: make.Place) -> None:
    web = make.web(place.app)
    web.get("/sign-in")
    before = web.client.get_cookie("isnad")
    web.post("/sign-in", {"email": "lead@example.org", "password": make.PASSWORD})
    first = web.client.get_cookie("isnad")
    assert before and first and before.value != first.value
    fixed = place.app.test_client()
    fixed.set_cookie("isnad", before.value)
    assert fixed.get("/account").status_code == 303


def test_only_the_hash_of_a_session_is_stored(place: make.Place) -> None:
    web = place.web("lead")
    with web.client.session_transaction() as cookie:
        raw = cookie["id"]
    assert len(raw) >= 43  # 256 bits in base64
    with make.database(place.app).read() as session:
        assert raw not in session.scalars(select(BrowserSession.token_hash)).all()


def test_sign_out_ends_the_session_on_the_server(place: make.Place) -> None:
    web = place.web("lead")
    stolen = web.client.get_cookie("isnad")
    assert stolen
    answer = web.post("/sign-out")
    assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (303, '"cache"')
    replay = place.app.test_client()
    replay.set_cookie("isnad", stolen.value)
    assert replay.get("/account").status_code == 303
    assert replay.get("/api/v1/projects").status_code == 401


@pytest.mark.parametrize(("column", "age"), [("seen_at", timedelta(hours=12)), ("created_at", timedelta(days=30))])
def test_a_session_ends_by_itself(place: make.Place, column: str, age: timedelta) -> None:
    web = place.web("lead")
    for late, status in ((timedelta(minutes=-2), 200), (timedelta(minutes=1), 303)):
        when = stamp(datetime.now(UTC) - age - late)
        with make.database(place.app).write() as session:
            session.execute(update(BrowserSession).values({column: when}))
        assert web.client.get("/account").status_code == status


def test_use_keeps_a_session_alive(place: make.Place) -> None:
    web = place.web("lead")
    old = stamp(datetime.now(UTC) - timedelta(hours=11))
    with make.database(place.app).write() as session:
        session.execute(update(BrowserSession).values(seen_at=old))
    web.client.get("/api/v1/projects")
    with make.database(place.app).read() as session:
        assert session.scalars(select(BrowserSession.seen_at)).one() > old


def test_who_is_disabled_is_out_at_once(place: make.Place) -> None:
    web = place.web("lead")
    with make.database(place.app).write() as session:
        session.execute(update(Person).values(active=False))
    assert web.client.get("/account").status_code == 303
    answer = make.web(place.app).post("/sign-in", {"email": "lead@example.org", "password": make.PASSWORD})
    assert answer.status_code == 422


def test_whoever_has_an_address_of_ipv6_has_its_network() -> None:
    assert network("2001:db8::1") == network("2001:db8:0:0:ffff::9") == "2001:db8::/64"
    assert network("2001:db8:0:1::1") != network("2001:db8::1")
    assert [network(one) for one in ("::ffff:10.0.0.1", "10.0.0.1", "unix")] == ["10.0.0.1", "10.0.0.1", "unix"]


def test_guessing_is_slow_and_stays_slow(place: make.Place, tmp_path: Path) -> None:
    def attempt(web: make.Web, email: str, password: str, address: str) -> int:
        return web.post(
            "/sign-in", {"email": email, "password": password}, environ_overrides={"REMOTE_ADDR": address}
        ).status_code

    web = make.web(place.app)
    tries = [attempt(web, "lead@example.org", "wrong", f"10.0.0.{n}") for n in range(12)]
    assert tries == [422] * 10 + [429] * 2
    assert attempt(web, "lead@example.org", make.PASSWORD, "10.0.1.1") == 429
    tries = [attempt(web, f"nobody{n}@example.org", "wrong", "10.9.9.9") for n in range(12)]
    assert tries == [422] * 10 + [429] * 2
    assert attempt(web, "annotator@example.org", make.PASSWORD, "10.9.9.9") == 429
    assert attempt(web, "annotator@example.org", make.PASSWORD, "10.9.9.8") == 303
    again = make.app(tmp_path)  # a restart
    assert attempt(make.web(again), "lead@example.org", make.PASSWORD, "10.0.1.2") == 429
    inside = [attempt(make.web(again), f"x{n}@example.org", "wrong", f"2001:db8::{n + 1:x}:0:0:1") for n in range(11)]
    assert inside == [422] * 10 + [429]  # all of one /64, however its address is shortened
    later = stamp(datetime.now(UTC) - timedelta(minutes=16))
    with make.database(place.app).write() as session:
        session.execute(update(Attempt).values(at=later))
    assert attempt(make.web(again), "lead@example.org", make.PASSWORD, "10.0.1.2") == 303


def test_known_and_unknown_addresses_look_alike(place: make.Place) -> None:
    web = make.web(place.app)
    took: dict[str, list[float]] = {"lead@example.org": [], "nobody@example.org": []}
    pages = {}
    for n in range(7):
        for email, times in took.items():
            begun = time.process_time()
            answer = web.post(
                "/sign-in", {"email": email, "password": "wrong"}, environ_overrides={"REMOTE_ADDR": f"10.1.{n}.1"}
            )
            times.append(time.process_time() - begun)
            pages[email] = re.sub(r'content="[^"]+"|value="[^"]+"', "", answer.text)
    assert len(set(pages.values())) == 1
    known, unknown = (min(times) for times in took.values())
    assert abs(known - unknown) < 0.03  # a hash takes longer than that: one of them did not skip it


def test_changing_the_password(place: make.Place) -> None:
    web, elsewhere = place.web("lead"), place.web("lead")
    wrong = web.post("/account/password", {"current": "wrong", "password": "another good secret"})
    assert wrong.status_code == 422 and "not your present password" in wrong.text
    bad = web.post("/account/password", {"current": make.PASSWORD, "password": "short"})
    assert bad.status_code == 422
    open_link = link(place)
    done = web.post("/account/password", {"current": make.PASSWORD, "password": "another good secret"})
    assert done.status_code == 303
    assert web.client.get("/account").status_code == 200
    assert elsewhere.client.get("/account").status_code == 303
    assert web.get(f"/sign-in/{open_link}").status_code == 404
    old = make.web(place.app).post("/sign-in", {"email": "lead@example.org", "password": make.PASSWORD})
    assert old.status_code == 422


def test_ending_sessions(place: make.Place) -> None:
    web, other, third = (place.web("lead") for _ in range(3))
    ids = re.findall(r"/account/sessions/(\d+)/end", web.get("/account").text)
    assert len(ids) == 2
    stranger = place.web("annotator")
    assert stranger.post(f"/account/sessions/{ids[0]}/end").status_code == 404
    assert web.post(f"/account/sessions/{ids[0]}/end").status_code == 303
    assert sorted(w.client.get("/account").status_code for w in (web, other, third)) == [200, 200, 303]
    assert web.post("/account/sessions/end-others").status_code == 303
    assert [w.client.get("/account").status_code for w in (web, other, third)] == [200, 303, 303]


def test_changing_the_name(place: make.Place) -> None:
    web = place.web("lead")
    assert web.post("/account/name", {"name": "  Amal   Salih "}).status_code == 303
    assert "<bdi>Amal Salih</bdi>" in web.get("/account").text
    assert web.post("/account/name", {"name": " "}).status_code == 422
    assert web.post("/account/name", {"name": "a\x00b"}).status_code == 422


def test_the_language_is_chosen_before_and_after_sign_in(place: make.Place) -> None:
    web = make.Web(place.app.test_client())  # asks for no language
    assert '<html lang="ar" dir="rtl">' in web.get("/sign-in").text
    assert '<html lang="en" dir="ltr">' in web.get("/sign-in", headers={"Accept-Language": "en-GB"}).text
    assert web.post("/language", {"language": "en", "next": "/sign-in"}).location == "/sign-in"
    assert '<html lang="en" dir="ltr">' in web.get("/sign-in").text
    signed = place.web("annotator")
    assert '<html lang="en"' in signed.get("/").text
    signed.post("/language", {"language": "ar"})
    assert '<html lang="ar" dir="rtl">' in signed.get("/").text
    found = make.find(place.app, "annotator@example.org")
    assert found is not None and found.language == "ar"
    assert signed.post("/language", {"language": "xx"}).status_code == 422


@pytest.mark.parametrize(
    "wished",
    ["//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example/", "javascript:alert(1)", "evil",
     "/\t/evil.example", "/%0d%0aX: y\r\nX: y", "/\n/evil.example", "http:/evil.example", "", "/" + "a" * 3000],
)  # fmt: skip
def test_nothing_leads_off_this_server(place: make.Place, wished: str) -> None:
    with place.app.test_request_context():
        assert safe_path(wished) == "/"
    web = make.web(place.app)
    answer = web.post("/sign-in", {"email": "lead@example.org", "password": make.PASSWORD, "next": wished})
    assert answer.location == "/"


def test_who_was_stopped_goes_on_after_sign_in(place: make.Place) -> None:
    web = make.web(place.app)
    wanted = f"/projects/{place.project}/documents?after=3"
    stopped = web.get(wanted)
    assert stopped.status_code == 303
    page = web.get(stopped.location)
    assert f'name="next" value="{wanted}"' in page.text
    answer = web.post("/sign-in", {"email": "lead@example.org", "password": make.PASSWORD, "next": wanted})
    assert answer.location == wanted


def test_a_page_that_outlived_its_session_learns_the_new_token(place: make.Place) -> None:
    web = place.web("lead")
    told = web.client.get("/session").get_json()
    assert told["person"]["email"] == "lead@example.org"
    headers = {"X-CSRF-Token": told["csrf_token"]}
    assert web.client.post("/language", data={"language": "en"}, headers=headers).status_code == 303


def test_more_fields_than_the_form_has_change_nothing(place: make.Place) -> None:
    web = place.web("annotator")
    web.post("/account/name", {"name": "Amal", "admin": "1", "id": "1", "role": "lead", "email": "x@example.org"})
    found = make.find(place.app, "annotator@example.org")
    assert found is not None and not found.admin and found.name == "Amal"


def test_browsers_have_names() -> None:
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    assert browser_name(firefox) == "Firefox · Linux"
    assert browser_name("") == "?"
