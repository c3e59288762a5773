"""Refused forms: told at the top with a way to the field, focus there, and an address that can be opened again."""

from __future__ import annotations

import io
import re
from html import unescape

import pytest

from annotator.models import Entry
from tests import make


@pytest.fixture
def web(place: make.Place) -> make.Web:
    return place.web("lead")


def top(page: str) -> str:
    """What the summary at the top says, as text and links."""
    found = re.search(r'<div class="notice bad refused".*?</div>', page, re.DOTALL)
    return unescape(found[0]) if found else ""


def test_a_refused_form_is_told_at_the_top_and_its_field_has_the_focus(place: make.Place, web: make.Web) -> None:
    invited = web.post(f"/projects/{place.project}/members", {"name": "Zayd", "email": "zayd", "role": "annotator"})
    assert invited.status_code == 422
    assert '<li><a href="#invite-email">“zayd” is no e-mail address.</a></li>' in top(invited.text)
    field = re.search(r'<input id="invite-email"[^>]*>', invited.text)
    assert field and 'value="zayd"' in field[0] and 'aria-invalid="true" autofocus' in field[0]
    assert invited.text.count("autofocus") == 1
    overlap = web.post(f"/projects/{place.project}/overlap", {"overlap": "0"}).text
    assert '<a href="#overlap">' in top(overlap)
    assert 'value="0" aria-invalid="true" aria-describedby="overlap-fault-1" autofocus' in overlap
    release = web.post(f"/projects/{place.project}/releases", {"name": "a/b"}).text
    assert '<a href="#name">“a/b” is no name of a release' in top(release)
    assert top(web.get(f"/projects/{place.project}/releases").text) == ""
    token = web.post("/account/tokens", {"name": "", "scope": "read"}).text
    assert '<a href="#name">Say what the token is for' in top(token)
    own = web.post("/account/name", {"name": ""}).text
    assert '<a href="#own-name">' in top(own)


def test_an_address_that_a_form_was_sent_to_leads_back_to_its_page(place: make.Place, web: make.Web) -> None:
    project = f"/projects/{place.project}"
    for sent, page in (
        (f"{project}/members", project), (f"{project}/overlap", project), (f"{project}/members/2/removal", project),
        (f"{project}/speakers/x/merge", f"{project}/speakers"), (f"{project}/releases/v1/retraction",
                                                                  f"{project}/releases/v1"),
        ("/account/password", "/account"), ("/language", "/"), ("/sign-out", "/"),
        (f"/sentences/{place.sentences[0]}/join", f"/sentences/{place.sentences[0]}/cut"),
    ):  # fmt: skip
        answer = web.get(sent)
        assert (answer.status_code, answer.location) == (303, page), sent
    assert web.get("/api/v1/projects/1/merge").status_code == 404
    refused = web.post(f"{project}/overlap", {"overlap": "0"}).text
    assert f'name="next" value="{project}"' in refused  # who switches the language stays with the form
    refused = web.post(f"{project}/releases", {"name": "a/b"}).text
    assert f'name="next" value="{project}/releases"' in refused


def test_after_a_wrong_password_the_address_and_the_way_on_are_kept(place: make.Place) -> None:
    web = make.web(place.app)
    onward = f"/projects/{place.project}"
    page = web.post("/sign-in", {"email": "lead@example.org", "password": "wrong", "next": onward}).text
    back = re.search(r'name="next" value="(/sign-in[^"]*)"', page)
    assert back and unescape(back[1]) == "/sign-in?next=%2Fprojects%2F1"
    shown = web.get(unescape(back[1])).text
    assert 'value="lead@example.org"' in shown and f'name="next" value="{onward}"' in shown
    assert 'value="lead@example.org"' not in web.get("/sign-in").text


def test_the_import_page_shows_what_would_help(place: make.Place, web: make.Web) -> None:
    address = f"/projects/{place.project}/documents"

    def sent(name: str, raw: bytes) -> str:
        return web.client.post(
            address, data={"csrf_token": web.token, "format": "text", "files": (io.BytesIO(raw), name)},
            content_type="multipart/form-data",
        ).text  # fmt: skip

    page = sent("a.txt", "قال الوزير إن الجسر سيفتح غدا".encode("windows-1256"))
    assert "name this encoding" in page and "--encoding" not in page
    assert re.search(r'<details class="whole" open>\s*<summary>More</summary>', page)
    field = re.search(r'<input id="encoding"[^>]*>', page)
    assert field and 'aria-invalid="true" autofocus' in field[0]
    assert not re.search(r'<details class="whole" open>\s*<summary>From another tool', page)
    named = unescape(sent("a<b>.txt", "نص.".encode()))
    assert "The file name “a<b>.txt” holds the character <, which some systems allow in no file name." in named


def test_a_merge_into_nobody_keeps_what_was_typed(place: make.Place, web: make.Web) -> None:
    with make.database(place.app).write() as session:
        session.add(Entry(project_id=place.project, key="minister", canonical="الوزير", kind="person", scope="project"))
    answer = web.post(f"/projects/{place.project}/speakers/minister/merge", {"into": "الوزيرر <b>"})
    shown = unescape(answer.text)
    assert answer.status_code == 404
    assert "The project has no speaker “الوزيرر <b>”, neither by name nor by id." in top(answer.text)
    assert 'id="into-minister" value="الوزيرر <b>" aria-invalid="true"' in shown


def test_removing_a_member_is_asked_first(place: make.Place, web: make.Web) -> None:
    page = web.get(f"/projects/{place.project}").text
    form = page.index(f"/members/{place.people['viewer'].id}/removal")
    before = page[:form]
    assert before.rindex('<details class="removal">') > before.rindex("</details>")
    asked = page[form : page.index("</details>", form)]
    assert "will no longer see this project. The answers stay" in asked and "Yes, remove" in asked


def test_the_page_of_the_api_leads_back(place: make.Place, web: make.Web) -> None:
    signed_in = web.get("/api").text
    assert '<a href="/">Projects</a>' in signed_in and 'href="/account"' in signed_in and "Sign out" in signed_in
    assert "Sign out" not in make.web(place.app).get("/api").text
