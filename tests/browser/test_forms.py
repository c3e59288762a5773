"""Pages with long unbroken names, and refused forms, on a phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from annotator.models import Document, Entry, Person, Project
from tests import make
from tests.browser.test_releases import signed_in
from tests.support.serving import serving

WIDTH = "document.documentElement.scrollWidth"
LONG = "مشروعباسمطويلبلافراغ" * 8


@pytest.fixture
def place(tmp_path: Path) -> make.Place:
    made = make.place(tmp_path)
    with make.database(made.app).write() as session:
        session.get_one(Project, made.project).name = LONG
        session.get_one(Document, made.document).file = "f" * 200 + ".txt"
        session.get_one(Person, made.people["lead"].id).name = "N" * 100
        session.add(Entry(project_id=made.project, key="s", canonical="S" * 150, kind="person"))
    return made


def test_no_name_is_wider_than_a_phone(place: make.Place, browser: Any) -> None:
    project = f"/projects/{place.project}"
    paths = ("/", project, f"{project}/documents", f"{project}/speakers", f"{project}/releases", f"{project}/import",
             f"{project}/guideline", f"{project}/scheme", "/account", "/account/tokens", "/api")  # fmt: skip
    with serving(place.app) as url:
        page = signed_in(browser, url)
        found = {}
        for path in paths:
            page.goto(url + path)
            found[path] = page.evaluate(WIDTH)
        page.close()
    assert found == dict.fromkeys(paths, 390)
    make.close_all()


def test_a_refused_form_has_the_focus_in_its_field(place: make.Place, browser: Any) -> None:
    with serving(place.app) as url:
        page = signed_in(browser, url)
        page.goto(f"{url}/projects/{place.project}/releases")
        page.fill("#name", "a/b")
        page.click("main form.form button.first")
        page.wait_for_selector(".refused")
        page.wait_for_function("document.activeElement.id === 'name'")
        page.click(".refused a")
        assert page.evaluate("location.hash") == "#name"
        page.goto(f"{url}/projects/{place.project}/members")  # what stood in the bar after a refused invitation
        assert page.url == f"{url}/projects/{place.project}"
        page.click(".removal summary >> nth=0")
        assert page.is_visible(".removal[open] button")
        page.close()
    make.close_all()


def test_a_text_that_is_not_saved_is_asked_about_before_it_is_lost(place: make.Place, browser: Any) -> None:
    """By another language, by a link, by closing the page, and after a refusal; not by saving it."""
    asked: list[str] = []

    def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    with serving(place.app) as url:
        page = signed_in(browser, url)
        page.goto(f"{url}/projects/{place.project}/guideline")
        page.on("dialog", stay)
        other = page.locator("header button[name=language]")
        page.fill("#text-ar", "# المتحدث\n\nمن يتكلم.")
        other.click(no_wait_after=True)
        page.wait_for_timeout(300)
        assert (asked, page.input_value("#text-ar")) == (["beforeunload"], "# المتحدث\n\nمن يتكلم.")
        page.click("form:has(#text-ar) button.first")
        page.wait_for_selector(".notice.ok")
        assert asked == ["beforeunload"]
        other.click()  # nothing is unsaved now
        page.wait_for_url("**/guideline")
        page.goto(f"{url}/projects/{place.project}/releases")
        page.fill("#name", "a/b")
        page.click("main form.form button.first")
        page.wait_for_selector(".refused")
        assert asked == ["beforeunload"]
        page.click("header button[name=language]", no_wait_after=True)
        page.wait_for_timeout(300)
        assert (asked, page.input_value("#name")) == (["beforeunload"] * 2, "a/b")
        page.close()
    make.close_all()
