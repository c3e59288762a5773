"""Whole journeys at the labelling screen, in a real browser on a real server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.browser.conftest import Desk, next_one, press, ready, saved, shown, until

Opening = Callable[..., Any]


def entities(answer: dict[str, Any]) -> list[tuple[str, str]]:
    return [(entity["text"], entity["label"]) for entity in answer["labels"]["entities"]]


def test_a_sentence_by_keyboard_alone(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    first, second = desk.texts[0], desk.texts[1]
    assert shown(page) == first
    press(page, "KeyM Enter")
    next_one(page, first)
    # a new speaker, named by the words that the cursor takes
    press(page, "Space ArrowLeft ArrowLeft ArrowLeft Shift+ArrowLeft KeyB")
    page.wait_for_selector("#speaker-list:not([hidden])")
    assert page.input_value(".picker input") == "سالم الراوي"
    page.keyboard.press("Control+Enter")
    page.get_by_role("dialog").get_by_role("button", name="person").click()
    # attribution, target, stance, claim type
    press(page, "KeyX KeyA KeyQ Digit2")
    # two entities: the name by hints, the day by the word cursor; then one word less and more again
    page.keyboard.press("KeyL")
    hints = page.locator(".hint").all_text_contents()
    for hint in (hints[3], hints[4]):
        for letter in hint:
            page.keyboard.press(f"Key{letter}")
    press(page, "KeyP")
    press(page, "Space" + 7 * " ArrowLeft" + " KeyD BracketRight BracketLeft")
    press(page, "Enter")
    next_one(page, second)
    saved(page)
    answer = desk.answers()[desk.sentences[1]]
    assert answer["state"] == "submitted"
    (statement,) = answer["labels"]["statements"]
    speaker = statement["speaker"]
    assert (speaker["canonical"], speaker["kind"], speaker["text"]) == ("سالم الراوي", "person", "سالم الراوي")
    assert second[speaker["start"] : speaker["end"]] == "سالم الراوي"
    assert statement["attribution"] == "indirect"
    assert statement["stance"]["value"] == "favor"
    assert statement["claim_type"] == "announce"
    assert entities(answer) == [("سالم الراوي", "PERS"), ("الخميس", "DATE")]
    assert answer["provenance"]["events"] > 10
    assert desk.answers()[desk.sentences[0]]["labels"]["statements"][0]["claim_type"] == "no_claim"


def test_candidates_are_offered_and_taken_with_one_key(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    _sentence_with_salem(page, desk)
    next_one(page, desk.texts[1])
    press(page, "KeyM Enter")
    next_one(page, desk.texts[2])
    assert shown(page) == desk.texts[3]
    assert page.get_attribute("[data-label=offer-0]", "aria-pressed") == "false"
    # the whole sentence in seven keys: speaker with words, attribution, target, stance, claim type, entity, save
    press(page, "Semicolon KeyX KeyA KeyQ Digit1 KeyP Enter")
    next_one(page, desk.texts[3])
    saved(page)
    answer = desk.answers()[desk.sentences[3]]
    assert answer["labels"]["statements"][0]["speaker"]["text"] == "سالم الراوي"
    assert entities(answer) == [("سالم الراوي", "PERS")]
    assert [taken["layer"] for taken in answer["provenance"]["taken"]] == ["speaker", "entities"]
    assert answer["provenance"]["events"] == 7


def _sentence_with_salem(page: Any, desk: Desk) -> None:
    """The first two sentences; the second brings a speaker and an entity."""
    press(page, "KeyM Enter")
    next_one(page, desk.texts[0])
    press(page, "Space ArrowLeft ArrowLeft ArrowLeft Shift+ArrowLeft KeyP KeyB")
    page.keyboard.type("سالم الراوي")
    page.keyboard.press("Control+Enter")
    page.get_by_role("dialog").get_by_role("button", name="person").click()
    press(page, "KeyZ KeyR Digit1 Enter")


def test_a_sentence_by_mouse_alone(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    page.click("[data-label=no-claim-line]")
    page.click(".actions .primary")
    next_one(page, desk.texts[0])
    page.click("[data-label=ARTICLE]")
    page.click(".panel[data-layer=claim_type] [data-label=announce]")
    click_word(page, "سالم")
    click_word(page, "الراوي", shift=True)
    page.click(".palette [data-label=PERS]")
    # a click on the mark picks it; another label takes the place of the first
    click_word(page, "الراوي")
    page.click(".palette [data-label=ORG]")
    page.click(".actions .primary")
    next_one(page, desk.texts[1])
    saved(page)
    answer = desk.answers()[desk.sentences[1]]
    statement = answer["labels"]["statements"][0]
    assert (statement["speaker"]["id"], statement["attribution"], statement["stance"]) == (
        "ARTICLE", "none", {"target": None, "value": "none"},
    )  # fmt: skip
    assert entities(answer) == [("سالم الراوي", "ORG")]


def click_word(page: Any, word: str, *, shift: bool = False) -> None:
    place = place_of(page, word)
    if shift:
        page.keyboard.down("Shift")
    page.mouse.click(*place)
    if shift:
        page.keyboard.up("Shift")


def to_top(page: Any) -> None:
    """Scroll up, and wait until the sentence stands in its place again."""
    page.evaluate("() => scrollTo(0, 0)")
    until(page, "() => scrollY === 0 && !document.querySelector('.sentence-box').hasAttribute('data-held')")


def place_of(page: Any, word: str) -> list[float]:
    """The middle of a word of the sentence on the screen."""
    place: list[float] = page.evaluate(
        """word => {
          const node = document.querySelector('.sentence-text').firstChild;
          const start = node.data.indexOf(word);
          const range = document.createRange();
          range.setStart(node, start);
          range.setEnd(node, start + word.length);
          const box = range.getClientRects()[0];
          return [box.x + box.width / 2, box.y + box.height / 2];
        }""",
        word,
    )
    return place


def test_a_mark_after_an_emoji_is_stored_in_code_points(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    for _ in range(2):
        before = shown(page)
        press(page, "KeyM Enter")
        next_one(page, before)
    click_word(page, "أصدرته")
    page.keyboard.press("KeyE")
    press(page, "KeyV Digit1 Enter")
    next_one(page, desk.texts[2])
    saved(page)
    (entity,) = desk.answers()[desk.sentences[2]]["labels"]["entities"]
    assert desk.texts[2][entity["start"] : entity["end"]] == entity["text"] == "أصدرته"
    assert entity["start_utf16"] == entity["start"] + 1


def test_undo_reaches_back_over_sentences(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    press(page, "KeyV Digit1 Digit2 Enter")
    next_one(page, desk.texts[0])
    press(page, "Control+z")
    next_one(page, desk.texts[1])
    assert page.get_attribute("[data-label=fact]", "aria-pressed") == "true"
    saved(page)
    page.wait_for_timeout(300)
    assert desk.answers()[desk.sentences[0]]["labels"]["statements"][0]["claim_type"] == "fact"
    press(page, "Control+Shift+Z")
    assert page.get_attribute("[data-label=announce]", "aria-pressed") == "true"


def test_skip_flag_and_the_list_of_own_work(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    press(page, "KeyY")
    page.fill(".dialog textarea", "من يتكلم؟")
    page.keyboard.press("Enter")
    press(page, "Shift+Enter")
    page.wait_for_selector(".dialog .numbered")
    press(page, "Digit2")
    next_one(page, desk.texts[0])
    saved(page)
    answer = desk.answers()[desk.sentences[0]]
    assert (answer["state"], answer["skip_reason"], answer["flag"]) == ("skipped", "wrongly cut", "من يتكلم؟")
    press(page, "F2")
    page.click(".drawer .units button")
    next_one(page, desk.texts[1])
    assert shown(page) == desk.texts[0]


def test_touch_at_390_pixels(desk: Desk, open_desk: Opening) -> None:
    page = open_desk(has_touch=True, is_mobile=True)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.tap("[data-label=ARTICLE]")
    page.tap(".panel[data-layer=claim_type] [data-label=fact]")
    to_top(page)
    page.touchscreen.tap(*place_of(page, "المجلس"))
    page.tap(".palette [data-label=ORG]")
    page.tap(".actions .primary")
    next_one(page, desk.texts[0])
    saved(page)
    assert entities(desk.answers()[desk.sentences[0]]) == [("المجلس", "ORG")]


def test_an_arabic_keyboard_works_as_any_other_and_is_shown(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    page.click("button[name=language][value=ar]")
    ready(page)
    assert page.evaluate("document.dir") == "rtl"
    assert page.text_content(".actions .primary span") == "احفظ وتابع"
    for code, key in (("KeyV", "ر"), ("Digit1", "1"), ("KeyQ", "ض"), ("KeyA", "ش")):
        page.evaluate(
            """([code, key]) => document.body.dispatchEvent(
              new KeyboardEvent('keydown', {code, key, bubbles: true, cancelable: true}))""",
            [code, key],
        )
    assert page.text_content("[data-label=favor] kbd") == "ض"
    press(page, "Enter")
    next_one(page, desk.texts[0])
    saved(page)
    (statement,) = desk.answers()[desk.sentences[0]]["labels"]["statements"]
    assert statement["stance"]["value"] == "favor"
    assert (statement["speaker"]["id"], statement["claim_type"]) == ("ARTICLE", "fact")


def test_a_new_speaker_is_first_compared_with_those_there_are(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    _sentence_with_salem(page, desk)
    next_one(page, desk.texts[1])
    page.keyboard.press("KeyB")
    page.keyboard.type("سالم الرواي")  # a slip of the pen
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".dialog .numbered")
    assert "سالم الراوي" in page.text_content(".dialog .numbered")
    press(page, "Digit1 KeyX KeyR Digit1 Enter")
    next_one(page, desk.texts[2])
    saved(page)
    speakers = {a["labels"]["statements"][0]["speaker"]["id"] for a in desk.answers().values()}
    assert len(speakers) == 2  # the article's own voice and one سالم


def test_nothing_is_filled_in_and_stance_is_asked_of_a_named_speaker(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    assert page.locator(".panel [aria-pressed=true]").count() == 0
    press(page, "KeyK KeyX Digit1 Enter")
    assert shown(page) == desk.texts[0]
    assert "Does the speaker take a stance?" in page.text_content(".said")
    assert page.evaluate("document.activeElement.dataset.layer") == "stance"
    press(page, "KeyR Enter")
    next_one(page, desk.texts[0])
    saved(page)
    (statement,) = desk.answers()[desk.sentences[0]]["labels"]["statements"]
    assert statement["stance"] == {"target": None, "value": "none"}


def test_a_second_statement_and_its_rules(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    press(page, "KeyV Digit1 KeyJ KeyK KeyX Digit7 KeyD KeyW Enter")
    next_one(page, desk.texts[0])
    saved(page)
    rows = desk.answers()[desk.sentences[0]]["labels"]["statements"]
    assert [(row["speaker"]["id"], row["attribution"], row["claim_type"]) for row in rows] == [
        ("ARTICLE", "none", "fact"), ("UNCLEAR", "indirect", "accuse"),
    ]  # fmt: skip
    assert rows[1]["stance"]["value"] == "against"
