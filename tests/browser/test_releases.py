"""A release in the making, in a browser: the bar goes on by itself, with and without the page's module."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from annotator import making
from annotator.errors import Fault
from tests import make
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
