"""A release in the making, in a browser: the bar goes on by itself, with and without the page's module."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from annotator import making
from annotator.actions import releases
from annotator.actions.labelling import save
from annotator.actions.releases import Wanted
from annotator.errors import Fault
from annotator.freezing import freeze
from annotator.models import Project
from annotator.permissions import OPERATOR
from tests import make
from tests.browser.test_screens import Visitor
from tests.support.serving import serving


def signed_in(browser: Any, url: str, **options: Any) -> Any:
    page = browser.new_page(viewport={"width": 390, "height": 900}, **options)
    page.goto(f"{url}/sign-in")
    page.fill("input[name=email]", "lead@example.org")
    page.fill("input[name=password]", make.PASSWORD)
    page.click("main form button.first")
    return page


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_bar_goes_on_until_the_release_is_there(browser: Any, tmp_path: Path, *, scripts: bool) -> None:
    place = make.place(tmp_path)
    home = place.app.extensions["isnad.settings"].releases / str(place.project)
    with serving(place.app) as url:
        page = signed_in(browser, url, java_script_enabled=scripts)
        running = making.claim(home, "v1", "سلمى")
        running.tell("sentences", 0.25)
        address = f"{url}/projects/{place.project}/releases/v1"
        page.goto(f"{address}/making")
        assert page.get_attribute("#making progress", "value") == "0.2500"
        if scripts:
            page.evaluate("window.same = true")
        running.tell("gold", 0.5)
        page.wait_for_selector("#making:has-text('50%')")
        if scripts:
            bar, same = page.evaluate("[document.querySelector('#making progress').value, window.same]")
            assert (bar, same) == (0.5, True)  # the page was not loaded anew
        running.refuse([Fault("The files cannot be written: {reason}.", {"reason": "No space left on device"})])
        page.wait_for_selector("#making .notice.bad")
        assert "No space left on device" in page.inner_text("#making")
        page.goto(f"{url}/projects/{place.project}/releases")
        page.fill("#name", "v1")
        page.click("form.form button.first")
        page.wait_for_url(f"{address}")
        page.close()
    make.close_all()


@pytest.fixture
def released(tmp_path: Path) -> make.Place:
    """Two releases with an answer between them, the first retracted; one in the making, one refused."""
    place = make.place(tmp_path)
    database, folder = make.database(place.app), place.app.extensions["isnad.settings"].releases
    freeze(database, OPERATOR, place.project, Wanted("v1", "أول إصدار"), folder)
    row = {"speaker": {"id": "UNCLEAR"}, "attribution": "direct", "stance": {"target": None, "value": "none"},
           "claim_type": "fact"}  # fmt: skip
    labels = {"statements": [row], "entities": [{"start": 0, "end": 4, "label": "ORG"}]}
    with database.write() as session:
        save(session, place.people["annotator"], place.sentences[0], {"labels": labels, "comment": "بعد الدليل"},
             base_version=0, key=None)  # fmt: skip
    freeze(database, OPERATOR, place.project, Wanted("v2"), folder)
    with database.write() as session:
        releases.retract(session, OPERATOR, session.get_one(Project, place.project), "v1", "أخطاء في الإسناد")
    home = folder / str(place.project)
    making.claim(home, "refused").refuse([Fault("The files cannot be written: {reason}.", {"reason": "ENOSPC"})])
    return place


@pytest.mark.parametrize("language", ["ar", "en"])
def test_pages_of_releases_are_accessible(released: make.Place, browser: Any, tmp_path: Path, language: str) -> None:
    home = released.app.extensions["isnad.settings"].releases / str(released.project)
    running = making.claim(home, "running", "سلمى")
    running.tell("soft", 0.7)
    marks = tmp_path / "marks.jsonl"
    marks.write_text('{"text": "قالت الوزارة إن بغداد ترحب.", "label": [[5, 12, "ORG"], [16, 21, "CITY"]]}', "utf-8")
    with serving(released.app) as url:
        visitor = Visitor(browser, url, language)
        visitor.sign_in("lead@example.org")
        visitor.speak(language)
        project = f"/projects/{released.project}"
        paths = {
            "downloads": "/downloads", "releases": "/releases", "release": "/releases/v2",
            "release-retracted": "/releases/v1", "release-changes": "/releases/v2/changes?since=v1",
            "release-making": "/releases/running/making", "release-refused": "/releases/refused/making",
        }  # fmt: skip
        for what, path in paths.items():
            visitor.open(project + path)
            visitor.look(what)
        visitor.open(f"{project}/import")
        visitor.page.set_input_files("#files", str(marks))
        visitor.page.select_option("#format", "doccano")
        visitor.page.click("details summary")
        visitor.page.fill("#annotator", "annotator@example.org")
        visitor.page.click("button[name=dry_run]")
        visitor.page.wait_for_selector(".outcomes table")
        visitor.look("import-checked")
        visitor.context.close()
        # the refused check is answered with 422, which the console of the browser tells too
        assert [fault for fault in visitor.faults if "422" not in fault] == []
    running.end()
    make.close_all()
