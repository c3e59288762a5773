"""No work is ever lost or stored twice: reloads, two tabs, no network, ended sessions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Desk, light, next_one, press, ready, saved, shown, watch

Opening = Callable[..., Any]


def test_nothing_is_lost_by_a_reload(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    press(page, "KeyV Digit3 KeyU")
    page.fill(".dialog textarea", "ملاحظة")
    page.keyboard.press("Enter")
    page.reload()
    ready(page)
    assert page.get_attribute("[data-label=assess]", "aria-pressed") == "true"
    assert page.text_content(".note bdi") == "ملاحظة"
    press(page, "Enter")
    next_one(page, desk.texts[0])
    saved(page)
    assert desk.answers()[desk.sentences[0]]["comment"] == "ملاحظة"


def test_a_double_press_is_one_annotation(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    press(page, "KeyM")
    page.dblclick(".actions .primary")
    next_one(page, desk.texts[0])
    saved(page)
    assert shown(page) == desk.texts[1]
    assert desk.saves(desk.sentences[0]) == 1
    assert list(desk.answers()) == [desk.sentences[0]]


@pytest.mark.parametrize("taken", ["yours", "theirs"])
def test_two_tabs_end_in_a_choice_between_both_versions(desk: Desk, open_desk: Opening, taken: str) -> None:
    page = open_desk()
    other = page.context.new_page()
    watch(desk, other)
    open_desk(other)
    assert shown(other) == shown(page) == desk.texts[0]
    press(page, "KeyV Digit1 Enter")
    next_one(page, desk.texts[0])
    saved(page)
    press(other, "KeyV Digit2 Enter")
    other.wait_for_selector(".dialog .versions")
    assert desk.answers()[desk.sentences[0]]["labels"]["statements"][0]["claim_type"] == "fact"
    versions = other.locator(".version").all_text_contents()
    assert "announce" in versions[0] and "fact" in versions[1]
    other.click(f"[data-version={taken}]")
    saved(other)
    stored = desk.answers()[desk.sentences[0]]
    assert stored["labels"]["statements"][0]["claim_type"] == {"yours": "announce", "theirs": "fact"}[taken]
    assert stored["version"] == {"yours": 2, "theirs": 1}[taken]


def test_work_without_a_network_is_sent_when_it_is_back(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    page.wait_for_timeout(500)  # the next sentences are fetched ahead
    page.context.set_offline(True)
    for text in desk.texts[:3]:
        assert shown(page) == text
        press(page, "KeyM Enter")
        next_one(page, text)
    light(page, "offline")
    assert desk.answers() == {}
    page.context.set_offline(False)
    saved(page)
    page.wait_for_timeout(300)
    assert {i: a["version"] for i, a in desk.answers().items()} == dict.fromkeys(desk.sentences[:3], 1)


def test_unsent_work_outlives_the_page(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    page.wait_for_timeout(500)
    page.route("**/annotation", lambda route: route.abort())
    press(page, "KeyM Enter")
    next_one(page, desk.texts[0])
    light(page, "offline")
    page.close()
    again = page.context.new_page()
    watch(desk, again)
    open_desk(again)
    assert shown(again) == desk.texts[1]
    saved(again)
    again.wait_for_timeout(300)
    assert [a["version"] for a in desk.answers().values()] == [1]


def test_an_unfinished_answer_is_not_sent_as_finished(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    press(page, "Digit1 Enter")
    assert shown(page) == desk.texts[0]
    assert "Who says it?" in page.text_content(".said")
    assert page.evaluate("document.activeElement.dataset.layer") == "speaker"
    assert desk.answers() == {}


def test_a_session_that_ended_is_renewed_without_leaving(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    page.wait_for_timeout(500)
    page.context.clear_cookies()
    press(page, "KeyM Enter")
    page.wait_for_selector(".dialog form.sign-in")
    page.fill(".dialog input[type=email]", desk.annotator.email)
    page.fill(".dialog input[type=password]", "four unrelated words")
    page.keyboard.press("Enter")
    page.wait_for_selector(".dialog", state="hidden")
    saved(page)
    page.wait_for_timeout(300)
    assert [a["version"] for a in desk.answers().values()] == [1]


def test_a_sentence_left_unfinished_goes_as_a_draft(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    page.wait_for_timeout(500)
    page.context.set_offline(True)
    press(page, "Digit1 Comma")
    press(page, "KeyV Enter")
    next_one(page, desk.texts[0])
    press(page, "KeyA")
    press(page, "Comma")
    next_one(page, desk.texts[1])
    page.context.set_offline(False)
    saved(page)
    page.wait_for_timeout(500)
    stored = desk.answers()
    assert [(stored[i]["state"], stored[i]["version"]) for i in desk.sentences[:2]] == [("submitted", 1), ("draft", 1)]
    stance = stored[desk.sentences[1]]["labels"]["statements"][0]["stance"]
    assert stance["target"] is not None and stance["value"] is None


def test_an_answer_that_becomes_a_save_meanwhile_is_seen_in_one_place(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    press(page, "KeyV Digit1")
    page.wait_for_timeout(300)
    found = page.evaluate("""async () => {
      const desk = document.querySelector('label-desk');
      const getAll = IDBObjectStore.prototype.getAll;
      let moved; // what an earlier page does between the two looks
      IDBObjectStore.prototype.getAll = function (...all) {
        const asked = getAll.apply(this, all);
        if (!moved) {
          moved = true;
          const both = this.transaction.db.transaction(['saves', 'drafts'], 'readwrite');
          const { person, sentence: { id } } = desk;
          both.objectStore('saves').add({ person, sentence: id, state: 'waiting', line: 'x', key: 'x' });
          both.objectStore('drafts').clear();
        }
        return asked;
      };
      const kept = await desk.kept();
      const other = desk.db.transaction('saves', 'readwrite');
      other.objectStore('saves').clear();
      return kept.flat().length;
    }""")
    assert found > 0
