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
HUNDREDS = "".join(f"قال المتحدث رقم {n} إن العمل في السد يبدأ الخميس.\n" for n in range(450))
LAYERS = "() => Object.values(document.querySelector('label-desk').scheme.layers).map((layer) => layer.en)"


@pytest.fixture
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    with started(tmp_path, getattr(request, "param", TEXT)) as made:
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


@pytest.mark.parametrize("desk", [HUNDREDS], indirect=True, ids=["hundreds"])
def test_of_a_document_of_hundreds_those_near_the_sentence_are_drawn(desk: Desk, open_desk: Opening) -> None:
    """More on demand, and in the search all of them."""
    page = open_desk()
    press(page, "KeyO")
    page.wait_for_selector(".units [aria-current]")
    lines = page.locator(".units li")

    def drawn() -> tuple[int, str, str]:
        return lines.count(), *(str(line.text_content()).split()[3] for line in (lines.first, lines.last))

    assert drawn() == (200, "0", "199")
    later, earlier = (page.get_by_role("button", name=f"{name} sentences") for name in ("Later", "Earlier"))
    assert earlier.is_hidden()
    later.click()
    later.click()
    assert drawn() == (450, "0", "449")
    assert later.is_hidden()
    page.fill(".drawer [type=search]", "رقم ٤٤٩")
    assert drawn() == (1, "449", "449")
    page.fill(".drawer [type=search]", "المتحدث")
    assert drawn() == (200, "0", "199")
    assert page.text_content(".drawer .hint-line") == "These are the first 200."
    page.fill(".drawer [type=search]", "زيمبابوي")
    assert (lines.count(), page.text_content(".drawer .hint-line")) == (0, "No sentence has these words.")
    page.goto(f"{desk.address}?sentence={desk.sentences[440]}")
    page.locator(".sentence-text", has_text="رقم 440").wait_for()
    press(page, "KeyO")
    page.wait_for_selector(".units [aria-current]")
    assert drawn() == (210, "240", "449")
    earlier.click()
    assert drawn() == (410, "40", "449")
    top = "one => one.getBoundingClientRect().top"
    assert 0 <= lines.nth(200).evaluate(top) - page.locator(".drawer").evaluate(top) < 120
