"""The standard sentence (a new speaker with the words that name it, attribution, target, stance, claim type, two
entities) by keyboard alone under an Arabic layout, by mouse alone, by touch on a narrow screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from annotator.layers.keys import PRINTED
from tests.browser.conftest import Desk, next_one, press, saved, shown
from tests.browser.test_labelling import click_word, entities, place_of, to_top

Opening = Callable[..., Any]
#: keys that print nothing are sent as they are
NAMED = {"Enter": ("\r", 13), "Space": (" ", 32), "ArrowLeft": ("", 37), "ArrowRight": ("", 39)}


def to_the_second(page: Any, desk: Desk) -> None:
    press(page, "KeyM Enter")
    next_one(page, desk.texts[0])
    assert shown(page) == desk.texts[1]


def as_meant(desk: Desk) -> None:
    """What is stored of the second sentence."""
    answer, text = desk.answers()[desk.sentences[1]], desk.texts[1]
    (statement,) = answer["labels"]["statements"]
    speaker = statement["speaker"]
    assert (speaker["canonical"], speaker["kind"], speaker["text"]) == ("سالم الراوي", "person", "سالم الراوي")
    assert text[speaker["start"] : speaker["end"]] == speaker["text"]
    assert (statement["attribution"], statement["claim_type"]) == ("indirect", "announce")
    assert statement["stance"]["value"] == "favor" and statement["stance"]["target"]
    assert entities(answer) == [("سالم الراوي", "PERS"), ("الخميس", "DATE")]
    assert answer["state"] == "submitted" and answer["provenance"]["events"] > 7


class ArabicKeyboard:
    """Real key events of the browser, as an Arabic layout gives them: the place of the key, the letter on it."""

    def __init__(self, page: Any) -> None:
        self.session = page.context.new_cdp_session(page)

    def press(self, keys: str) -> None:
        for chord in keys.split():
            code = chord.rpartition("+")[2]
            letter = PRINTED[code][-1] if code in PRINTED and code not in NAMED else code
            text, number = NAMED.get(code, (letter, 0))
            modifiers = {"Shift": 8, "Control": 2}.get(chord.rpartition("+")[0], 0)
            told = {"code": code, "key": " " if code == "Space" else letter, "modifiers": modifiers,
                    "windowsVirtualKeyCode": number}  # fmt: skip
            kind = {"type": "keyDown", "text": text} if text else {"type": "rawKeyDown"}
            self.session.send("Input.dispatchKeyEvent", {**kind, **told})
            self.session.send("Input.dispatchKeyEvent", {"type": "keyUp", **told})


def test_by_keyboard_alone_under_an_arabic_layout(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    to_the_second(page, desk)
    keyboard = ArabicKeyboard(page)
    keyboard.press("Space ArrowLeft ArrowLeft ArrowLeft Shift+ArrowLeft KeyP")
    keyboard.press("Space Shift+ArrowRight KeyB")  # the cursor is where it was
    page.wait_for_selector("#speaker-list:not([hidden])")
    assert page.input_value(".picker input") == "سالم الراوي"
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("dialog[open]")
    keyboard.press("Enter")  # a person, which has the focus
    keyboard.press("KeyX KeyA KeyQ Digit2")
    keyboard.press("Space" + 8 * " ArrowLeft" + " KeyD")
    assert page.text_content(".chips li:last-child bdi") == "الخميس"
    assert page.text_content("[data-label=favor] kbd") == "ض"
    keyboard.press("Enter")
    next_one(page, desk.texts[1])
    saved(page)
    as_meant(desk)


def test_by_mouse_alone(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    page.click("[data-label=no-claim-line]")
    page.click(".actions .primary")
    next_one(page, desk.texts[0])
    start, end = place_of(page, "سالم"), place_of(page, "الراوي")
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=4)
    page.mouse.up()
    page.click(".palette [data-label=speaker-words]")
    page.click("#speaker-list li:last-child")
    page.get_by_role("dialog").get_by_role("button", name="person").click()
    page.click(".panel[data-layer=speaker] [data-label=indirect]")
    page.click(".panel[data-layer=stance] .choices:not(.values) button:first-child")
    page.click(".panel[data-layer=stance] [data-label=favor]")
    page.click(".panel[data-layer=claim_type] [data-label=announce]")
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=4)
    page.mouse.up()
    page.click(".palette [data-label=PERS]")
    click_word(page, "الخميس")
    page.click(".palette [data-label=DATE]")
    page.click(".actions .primary")
    next_one(page, desk.texts[1])
    saved(page)
    as_meant(desk)


def test_by_touch_on_a_narrow_screen(desk: Desk, open_desk: Opening) -> None:
    page = open_desk(has_touch=True, is_mobile=True)
    page.set_viewport_size({"width": 390, "height": 844})
    page.tap("[data-label=no-claim-line]")
    page.tap(".actions .primary")
    next_one(page, desk.texts[0])

    def tap_words(*words: str) -> None:
        to_top(page)
        for word in words:
            page.touchscreen.tap(*place_of(page, word))

    tap_words("سالم", "الراوي")
    page.tap(".palette [data-label=speaker-words]")
    page.tap("#speaker-list li:last-child")
    page.locator("dialog[open] .choices:not(.numbered) button").first.tap()
    page.tap(".panel[data-layer=speaker] [data-label=indirect]")
    page.tap(".panel[data-layer=stance] .choices:not(.values) button:first-child")
    page.tap(".panel[data-layer=stance] [data-label=favor]")
    page.tap(".panel[data-layer=claim_type] [data-label=announce]")
    tap_words("سالم", "الراوي")
    page.tap(".palette [data-label=PERS]")
    tap_words("الخميس")
    page.tap(".palette [data-label=DATE]")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.tap(".actions .primary")
    next_one(page, desk.texts[1])
    saved(page)
    as_meant(desk)
