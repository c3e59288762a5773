"""The page of the HTTP API in a browser: its search, and its links within itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests import make
from tests.support.serving import serving


def test_typing_leaves_what_holds_every_word(browser: Any, tmp_path: Path) -> None:
    place = make.place(tmp_path)
    with serving(place.app) as url:
        page = browser.new_page(locale="ar", viewport={"width": 1280, "height": 900})
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)
        page.goto(f"{url}/api")
        shown = page.locator(".endpoint:visible")
        whole = shown.count()
        assert whole > 40 and page.get_attribute(".told", "dir") == "ltr"
        page.fill("#wanted", "Idempotency-Key")
        assert [article.get_attribute("id") for article in shown.all()] == ["api_save"]
        assert page.locator(".contents li:visible").count() == 1
        page.fill("#wanted", "kumquat")
        assert (shown.count(), page.inner_text("#found")) == (0, "لا شيء بهذا الاسم.")
        page.fill("#wanted", "")
        assert (shown.count(), page.inner_text("#found")) == (whole, "")
        page.click(".contents a[href='#api_registry_change']")
        assert page.locator("#api_registry_change").bounding_box()["y"] < 200
        page.close()
        assert faults == []
    make.close_all()
