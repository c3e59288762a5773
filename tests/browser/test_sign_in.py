"""In a real browser: an invitation, signing in and out, both languages, a narrow screen, no complaint of the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import make
from tests.support.serving import serving


@pytest.fixture
def place(tmp_path: Path) -> make.Place:
    return make.place(tmp_path)


@pytest.fixture
def address(place: make.Place) -> Iterator[str]:
    """Where the place is served."""
    with serving(place.app) as url:
        yield url
    make.close_all()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page; whatever it complains of fails the test."""
    context = browser.new_context(locale="en", viewport={"width": 1280, "height": 800})
    opened, complaints = context.new_page(), []
    opened.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert [text for text in complaints if "404" not in text and "422" not in text] == []


def sign_in(page: Any, address: str, email: str) -> None:
    page.goto(f"{address}/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(make.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{address}/")


def test_from_invitation_to_sign_out(place: make.Place, address: str, page: Any, browser: Any) -> None:
    sign_in(page, address, "lead@example.org")
    page.get_by_role("link", name="Project page").click()
    page.get_by_text("Invite somebody").click()
    page.get_by_label("Name", exact=True).fill("Zayd")
    page.get_by_label("E-mail").fill("zayd@example.org")
    page.get_by_role("button", name="Invite", exact=True).click()
    link = page.locator("code.once").inner_text()

    guests = browser.new_context(locale="ar")
    guest = guests.new_page()
    guest.goto(link)
    guest.goto(link)  # looking does not use it up
    assert guest.locator("html").get_attribute("dir") == "rtl"
    guest.get_by_label("كلمة المرور").fill("أربع كلمات لا صلة بينها")
    guest.get_by_role("button", name="دخول").click()
    guest.wait_for_url(f"{address}/")
    assert guest.get_by_role("link", name="وسِّم").first.is_visible()
    guest.get_by_role("button", name="English").click()
    guest.wait_for_selector("html[lang=en]")
    assert guest.locator("html").get_attribute("dir") == "ltr"
    guest.get_by_role("button", name="Sign out").click()
    guest.wait_for_url(f"{address}/sign-in")
    guest.goto(f"{address}/account")
    assert guest.url.startswith(f"{address}/sign-in")
    guest.goto(link)
    assert "was used already" in guest.content()
    guests.close()


def test_a_wrong_password_is_told(place: make.Place, address: str, page: Any) -> None:
    page.goto(f"{address}/sign-in")
    page.get_by_label("E-mail").fill("lead@example.org")
    page.get_by_label("Password").fill("wrong wrong")
    page.get_by_role("button", name="Sign in").click()
    assert page.get_by_role("alert").inner_text() == "The address or the password is wrong."
    assert page.get_by_label("E-mail").input_value() == "lead@example.org"


def test_pages_fit_a_narrow_screen_and_need_no_foreign_host(place: make.Place, address: str, page: Any) -> None:
    hosts = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.set_viewport_size({"width": 390, "height": 800})
    sign_in(page, address, "lead@example.org")
    for language in ("en", "ar"):
        page.request.post(
            f"{address}/language",
            form={"language": language, "csrf_token": page.locator("meta[name=csrf-token]").get_attribute("content")},
        )
        for path in ("/", "/account", f"/projects/{place.project}", f"/projects/{place.project}/documents",
                     f"/projects/{place.project}/import", f"/documents/{place.document}",
                     f"/sentences/{place.sentences[0]}/cut", "/nothing"):  # fmt: skip
            page.goto(f"{address}{path}")
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, (language, path)
    assert hosts == {address.removeprefix("http://")}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible(place: make.Place, address: str, browser: Any, scheme: str) -> None:
    from axe_core_python.sync_playwright import Axe

    context = browser.new_context(locale="en", color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    found = {"/sign-in": Axe().run(page)["violations"]}
    sign_in(page, address, "lead@example.org")
    for path in ("/", "/account", f"/projects/{place.project}", f"/projects/{place.project}/documents",
                 f"/projects/{place.project}/import", f"/documents/{place.document}",
                 f"/sentences/{place.sentences[0]}/cut"):  # fmt: skip
        page.goto(f"{address}{path}")
        found[path] = Axe().run(page)["violations"]
    context.close()
    assert {
        path: [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in violations]
        for path, violations in found.items()
        if violations
    } == {}
