"""What stands beside the sentence: its document, the guideline, one's own work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Desk, next_one, press, saved, started

Opening = Callable[..., Any]
TEXT = (
    "قال سالم الراوي إن العمل في السد يبدأ الخميس.\n"
    "وعاد سالم الراوي إلى العاصمة.\n"
    "وانتهى الاجتماع مساء.\n"
)
LAYERS = "() => Object.values(document.querySelector('label-desk').scheme.layers).map((layer) => layer.en)"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with started(tmp_path, TEXT) as made:
        yield made


def test_the_drawer_follows_the_sentence_its_labels_and_the_layer(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    press(page, "KeyO")
    page.wait_for_selector(".units [aria-current]")
    press(page, "KeyV KeyA KeyQ Digit2")
    current = page.locator(".units [aria-current]")
    small = current.locator("small").text_content()
    assert all(name in small for name in ("begun", "article's own voice", "favor", "announce")), small
    press(page, "Enter")
    next_one(page, desk.texts[0])
    assert desk.texts[1] in current.text_content()
    assert "done" in page.locator(".units li").first.text_content()
    open_desk(page)
    page.keyboard.press("KeyO")
    page.wait_for_selector(".units small")
    assert "favor" in page.locator(".units li small").first.text_content()


def test_the_guideline_goes_to_the_layer_that_is_answered(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    layers = page.evaluate(LAYERS)
    text = "".join(f"## {name}\\n\\n" + 30 * "A rule.\\n\\n" for name in layers)
    told = {"en": text.replace("\\n", "\n"), "ar": None, "version": 1}
    page.route("**/guideline", lambda route: route.fulfill(json=told))
    page.keyboard.press("KeyI")
    page.wait_for_selector(".guideline h3")
    at = "() => document.querySelector('.drawer').scrollTop"
    first = page.evaluate(at)
    press(page, "Tab Tab")
    assert page.evaluate(at) > first


def test_my_work_shows_its_tab_and_keeps_the_focus_of_its_search(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    press(page, "KeyM Enter")
    next_one(page, desk.texts[0])
    saved(page)
    press(page, "F2")
    page.wait_for_selector(".drawer .units")
    colour = "n => getComputedStyle(document.querySelectorAll('.drawer [role=tab]')[n]).backgroundColor"
    assert page.evaluate(colour, 0) != page.evaluate(colour, 1)
    page.fill(".drawer input", "زيمبابوي")
    page.keyboard.press("Enter")
    page.wait_for_selector(".drawer .units", state="detached")
    assert page.evaluate("() => document.activeElement.type") == "search"
    page.fill(".drawer input", "")
    page.keyboard.press("Enter")
    page.wait_for_selector(".drawer .units")
    page.click(".drawer [role=tab]:nth-child(3)")
    page.wait_for_selector(".drawer .units", state="detached")
    assert page.get_attribute(".drawer [role=tab]:nth-child(3)", "aria-selected") == "true"
