"""What a person did stays done: undone and done again, with a full disk, after a reload, over a dialog."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Desk, light, next_one, opening, press, ready, saved, shown, started, until

Opening = Callable[..., Any]
MANY = "\n".join(f"قال الوزير في اليوم رقم {n} إن العمل مستمر." for n in range(1, 8))
#: The browser refuses to keep anything more.
FULL = """for (const name of ['put', 'add']) {
  IDBObjectStore.prototype[name] = () => { throw new DOMException('full', 'QuotaExceededError'); };
}"""


def chosen(page: Any) -> list[str]:
    labels: list[str] = page.locator(".panel .choice[aria-pressed=true]").evaluate_all(
        "all => all.map((one) => one.dataset.label)"
    )
    return labels


def state(desk: Desk, n: int) -> tuple[str, str | None]:
    answer = desk.answers()[desk.sentences[n]]
    return answer["state"], answer["skip_reason"]


def until_state(desk: Desk, n: int, wanted: tuple[str, str | None]) -> None:
    """Wait for what the server has of an answer: a step is sent after it is seen."""
    end = time.monotonic() + 8
    while desk.sentences[n] not in desk.answers() or state(desk, n) != wanted:
        assert time.monotonic() < end, (desk.answers().get(desk.sentences[n]), wanted)
        time.sleep(0.05)


def claim(desk: Desk, n: int) -> str:
    kind: str = desk.answers()[desk.sentences[n]]["labels"]["statements"][0]["claim_type"]
    return kind


def make_speaker(page: Any) -> None:
    press(page, "KeyB")
    page.keyboard.type("سالم الراوي")
    press(page, "Control+Enter")
    page.get_by_role("dialog").get_by_role("button", name="person").click()


def test_a_digit_in_a_dialog_labels_nothing(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    press(page, "Shift+Enter")
    page.wait_for_selector("dialog[open]")
    press(page, "Digit2")
    next_one(page, desk.texts[0])
    assert chosen(page) == []
    saved(page)
    assert state(desk, 0) == ("skipped", "wrongly cut")


def test_a_skip_is_undone_and_done_again(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    press(page, "KeyV Digit1 Enter")
    next_one(page, desk.texts[0])
    press(page, "Shift+Enter Digit1")
    next_one(page, desk.texts[1])
    press(page, "Control+z")
    until(page, "text => document.querySelector('.sentence-text').textContent === text", desk.texts[1])
    until_state(desk, 1, ("draft", None))
    assert state(desk, 0) == ("submitted", None)
    press(page, "Control+Shift+Z")
    until_state(desk, 1, ("skipped", "not understandable"))
    saved(page)


def test_a_comment_leaves_a_skip_a_skip(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    press(page, "Shift+Enter Digit1")
    next_one(page, desk.texts[0])
    press(page, "Comma KeyU")
    page.fill("dialog textarea", "سؤال")
    press(page, "Enter Comma")
    press(page, "F2")
    page.click(".drawer .units button")
    saved(page)
    page.wait_for_timeout(300)
    answer = desk.answers()[desk.sentences[0]]
    assert (answer["state"], answer["skip_reason"], answer["comment"]) == ("skipped", "not understandable", "سؤال")


def test_what_was_finished_is_finished_again_when_it_is_done_again(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    for text in desk.texts[:2]:
        press(page, "KeyV Digit1 Digit3 Enter")
        next_one(page, text)
    saved(page)
    for _ in range(6):
        press(page, "Control+z")
        page.wait_for_timeout(80)
    for n in (0, 1):
        until_state(desk, n, ("draft", None))
    for _ in range(6):
        press(page, "Control+Shift+Z")
        page.wait_for_timeout(80)
    for n in (0, 1):
        until_state(desk, n, ("submitted", None))
    saved(page)
    assert [claim(desk, n) for n in (0, 1)] == ["assess", "assess"]


def test_a_full_disk_loses_nothing_while_the_page_is_open(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    page.evaluate(f"() => {{ {FULL} }}")
    page.route("**/annotation", lambda route: route.abort())
    press(page, "KeyM Enter")
    next_one(page, desk.texts[0])
    light(page, "unkept")
    assert page.text_content(".light") == "not kept here: leave the page open"
    page.unroute("**/annotation")
    press(page, "KeyV Digit3 Enter")
    next_one(page, desk.texts[1])
    saved(page)
    assert [claim(desk, 0), claim(desk, 1)] == ["no_claim", "assess"]
    assert [answer["version"] for answer in desk.answers().values()] == [1, 1]


def test_a_change_to_a_finished_answer_is_sent_after_a_reload(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    press(page, "KeyV Digit1 Enter")
    next_one(page, desk.texts[0])
    saved(page)
    press(page, "Comma Digit3")
    light(page, "changed")
    page.reload()
    ready(page)
    assert shown(page) == desk.texts[0]  # the same sentence, with the change
    assert chosen(page) == ["ARTICLE", "none", "assess"]
    page.goto(desk.address)  # and from anywhere else
    ready(page)
    until(page, "() => document.querySelector('.light').dataset.state === 'saved'")
    page.wait_for_timeout(500)
    assert (state(desk, 0)[0], claim(desk, 0)) == ("submitted", "assess")


def test_a_new_speaker_outlives_a_reload(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    make_speaker(page)
    press(page, "KeyX KeyR")
    page.wait_for_timeout(200)
    page.reload()
    ready(page)
    assert page.text_content(".chosen .name") == "سالم الراوي"
    press(page, "Digit1 Enter")
    next_one(page, desk.texts[0])
    saved(page)
    (statement,) = desk.answers()[desk.sentences[0]]["labels"]["statements"]
    assert (statement["speaker"]["canonical"], statement["speaker"]["kind"]) == ("سالم الراوي", "person")


def test_a_text_outlives_its_dialog(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    press(page, "KeyU")
    page.keyboard.type("قيد الكتابة")
    press(page, "F1")
    assert page.input_value("dialog textarea") == "قيد الكتابة"
    press(page, "Escape")
    page.wait_for_selector("dialog[open]", state="detached")
    press(page, "KeyU")
    assert page.input_value("dialog textarea") == "قيد الكتابة"
    page.context.clear_cookies()
    page.evaluate("() => document.querySelector('label-desk').outbox.put(1, 0, {})")  # something is sent meanwhile
    page.wait_for_timeout(600)
    assert page.input_value("dialog textarea") == "قيد الكتابة"
    press(page, "Enter")
    page.wait_for_selector("form.sign-in")
    assert page.text_content(".note bdi") == "قيد الكتابة"


def test_a_key_under_way_decides_no_conflict(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    other = page.context.new_page()
    open_desk(other)
    press(page, "KeyV Digit1 Enter")
    next_one(page, desk.texts[0])
    saved(page)
    press(other, "KeyV Digit2 Enter")
    other.wait_for_selector(".dialog .versions")
    press(other, "Enter Space")
    assert other.locator(".dialog .versions").count() == 1
    assert claim(desk, 0) == "fact"


@pytest.mark.parametrize("text", [MANY])
def test_where_no_sentence_stands_no_key_labels_one(tmp_path: Any, browser: Any, text: str) -> None:
    with started(tmp_path, text) as desk, opening(desk, browser) as opened:
        page = opened()
        page.wait_for_timeout(800)
        page.context.set_offline(True)
        page.route("**/leases", lambda route: route.abort())
        left = 0
        while page.locator(".desk-main").is_visible():
            press(page, "KeyM Enter")
            page.wait_for_timeout(250)
            left += 1
        assert "could not be loaded" in page.text_content(".empty") or "Nothing is left" in page.text_content(".empty")
        press(page, "KeyK KeyX Digit3 Enter KeyY KeyU")
        assert page.locator("dialog[open]").count() == 0
        assert page.locator(".tools .about:disabled").count() == 3
        page.unroute("**/leases")
        page.context.set_offline(False)
        saved(page)
        page.wait_for_timeout(500)
        assert {claim(desk, n) for n in range(left)} == {"no_claim"}
        press(page, "Comma")
        until(page, "() => !document.querySelector('.desk-main').hidden")


def test_the_same_speaker_again_is_told_as_taken(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    make_speaker(page)
    press(page, "KeyX KeyR Digit1 Enter")
    next_one(page, desk.texts[0])
    press(page, "KeyN KeyX KeyR Digit1 Enter")
    next_one(page, desk.texts[1])
    saved(page)
    taken = desk.answers()[desk.sentences[1]]["provenance"]["taken"]
    assert [(one["layer"], one["outcome"]) for one in taken] == [("speaker", "kept")]
    press(page, "KeyK KeyX KeyR Digit1 Enter")
    next_one(page, desk.texts[2])
    assert page.locator("[data-label^=offer]").all_text_contents() != []
    assert not any("cannot tell" in text for text in page.locator("[data-label^=offer]").all_text_contents())
