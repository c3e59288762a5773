"""What is in sight, and where: long sentences, narrow and enlarged screens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Desk, next_one, opening, press, ready, saved, started, until
from tests.browser.test_labelling import click_word, entities, place_of

Opening = Callable[..., Any]
LONG = " ".join(f"كلمة{n}" for n in range(900))
TEXT = (
    "وقالت وزارة المياه يوم الأحد إن خطة العمل في السد الجديد جيدة جدا وإن العمل فيه يبدأ الخميس المقبل بعد مراجعة تقوم"
    " بها لجنة من الخبراء الذين زاروا السد مرتين في الشهر الماضي وكتبوا عنه تقريرا طويلا.\n"
    "وعاد سالم الراوي إلى العاصمة.\n"
    "وانتهى الاجتماع مساء.\n"
)
#: Words, and boxes as [left, top, right, bottom], of what is asked for.
BOX = """what => {
  const box = document.querySelector(what).getBoundingClientRect();
  return [box.left, box.top, box.right, box.bottom];
}"""
HINTS = """() => [...document.querySelectorAll('.hint')].map((tag) => {
  const box = tag.getBoundingClientRect();
  return [tag.textContent, box.top, box.bottom];
})"""
CHOSEN = """() => {
  const { chosen, text } = document.querySelector('label-desk').parts.text;
  return chosen && text.slice(...chosen);
}"""
FIRST_HINT = "() => document.querySelector('label-desk').parts.text.hints.codes.findIndex(Boolean)"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with started(tmp_path, TEXT) as made:
        yield made


@pytest.fixture
def long_desk(tmp_path: Path, browser: Any) -> Iterator[Any]:
    """The page with a sentence of 900 words."""
    with started(tmp_path, f"{LONG}.\n") as made, opening(made, browser) as opened:
        yield opened()


def box(page: Any, what: str) -> list[float]:
    found: list[float] = page.evaluate(BOX, what)
    return found


def settled(page: Any) -> None:
    """Until what a scroll set off is drawn."""
    page.wait_for_timeout(150)


def test_word_hints_of_a_long_sentence_are_those_in_sight(long_desk: Any) -> None:
    page = long_desk
    top, bottom = box(page, ".sentence-text")[1::2]
    seen = []
    for scrolled in (0, 1500):
        page.evaluate("to => { document.querySelector('.sentence-text').scrollTop = to; }", scrolled)
        if not scrolled:
            page.keyboard.press("KeyL")
        settled(page)
        hints = page.evaluate(HINTS)
        letters = [text for text, _, _ in hints]
        assert len(set(letters)) == len(letters) > 50 and {len(text) for text in letters} == {2}
        assert all(top - 16 <= upper and lower <= bottom for _, upper, lower in hints)
        seen.append(page.evaluate(FIRST_HINT))
    assert seen[0] == 0 < seen[1]
    for letter in letters[7]:
        page.keyboard.press(f"Key{letter}")
    assert page.evaluate(CHOSEN) == f"كلمة{seen[1] + 7}"


def test_word_hints_leave_the_letters_free(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    page.keyboard.press("KeyL")
    _, _, lower = page.evaluate(HINTS)[0]
    height = page.evaluate("() => parseFloat(getComputedStyle(document.querySelector('.sentence-text')).lineHeight)")
    assert lower < place_of(page, "وقالت")[1] - 0.3 * height
    assert page.evaluate("() => getComputedStyle(document.querySelector('.hints')).overflow") == "clip"


def test_the_word_cursor_stays_in_sight(long_desk: Any) -> None:
    page = long_desk
    press(page, "Space" + 25 * " ArrowDown")
    place = page.evaluate(CHOSEN)
    _, top, _, bottom = box(page, ".sentence-text")
    assert top < place_of(page, place)[1] < bottom
    press(page, 30 * "ArrowUp ")
    assert page.evaluate("() => document.querySelector('.sentence-text').scrollTop") == 0


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_board_fits_and_nothing_moves_when_words_are_selected(
    desk: Desk, open_desk: Opening, language: str
) -> None:
    page = open_desk(locale=language)
    if page.get_attribute("html", "lang") != language:
        page.click(f"button[name=language][value={language}]")
        ready(page)
    board = box(page, ".board")
    assert board[3] <= box(page, ".actions")[1]
    press(page, "Space Shift+ArrowLeft")
    assert page.is_visible(".palette [data-label=PERS]")
    assert box(page, ".board") == board
    press(page, "KeyP Escape")
    click_word(page, "وقالت")
    assert page.is_visible(".palette [data-label=remove-mark]")
    assert box(page, ".board")[1] == board[1]


def test_the_board_fits_beneath_a_long_sentence(tmp_path: Path, browser: Any) -> None:
    """Four lines and a half of it; the letters stay at 24 pixels or more, and their lines apart."""
    text = "وقالت وزارة المياه يوم الأحد إن خطة العمل في السد الجديد تبدأ الخميس المقبل، " * 6
    with started(tmp_path, f"{text.strip()}.\n") as made, opening(made, browser) as opened:
        page = opened()
        assert len(page.text_content(".sentence-text")) > 440
        assert box(page, ".board")[3] <= box(page, ".actions")[1]
        size, line = page.evaluate(
            "() => ['fontSize', 'lineHeight'].map("
            "(what) => Number.parseFloat(getComputedStyle(document.querySelector('.sentence-text'))[what]))"
        )
        assert size >= 24
        assert line >= 1.9 * size - 0.01


@pytest.mark.parametrize("size", [(720, 450), (390, 844)])
def test_the_sentence_stays_in_sight_while_it_is_answered(
    desk: Desk, open_desk: Opening, size: tuple[int, int]
) -> None:
    page = open_desk()
    width, height = size
    page.set_viewport_size({"width": width, "height": height})
    before = page.evaluate("() => document.documentElement.scrollHeight")
    press(page, "Tab Tab Tab")
    settled(page)
    _, top, _, bottom = box(page, ".sentence-hold")
    assert (top, page.evaluate("scrollY > 0")) == (0, True) and 60 < bottom <= 0.36 * height
    assert page.evaluate("() => document.documentElement.scrollHeight") == before
    style = "name => parseFloat(getComputedStyle(document.querySelector('.sentence-text'))[name])"
    assert page.evaluate(style, "fontSize") >= 24 and page.evaluate(style, "lineHeight") >= 1.9 * 24
    assert box(page, ".panel[data-layer=claim_type] .choice")[1] >= bottom
    press(page, "Space")
    assert page.evaluate(CHOSEN) == "وقالت"
    assert box(page, ".palette [data-label=PERS]")[3] <= height
    press(page, "KeyP")
    page.evaluate("() => scrollTo(0, 0)")
    settled(page)
    assert page.get_attribute(".sentence-box", "data-held") is None


@pytest.fixture
def phone(open_desk: Opening) -> Any:
    page = open_desk(has_touch=True, is_mobile=True)
    page.set_viewport_size({"width": 390, "height": 844})
    return page


def test_every_tool_is_in_sight_on_a_narrow_screen(desk: Desk, phone: Any) -> None:
    for place in phone.locator("label-desk .tools button").all():
        found = place.bounding_box()
        assert found["x"] >= 0 and found["x"] + found["width"] <= 390 and found["height"] >= 24
    assert box(phone, ".stage")[1] < 250
    phone.tap(".actions .primary")
    left, _, right, _ = box(phone, ".said")
    assert phone.text_content(".said") and right - left > 300


def test_other_sentences_of_a_speaker_come_into_sight_on_a_narrow_screen(desk: Desk, phone: Any) -> None:
    phone.tap("[data-label=UNCLEAR]")
    phone.tap(".chosen button.small:has-text('other sentences')")
    phone.wait_for_selector(".drawer h2")
    settled(phone)
    _, top, _, bottom = box(phone, ".drawer")
    assert 0 <= top < bottom <= 844


def test_a_word_in_a_mark_is_reached_by_touch(desk: Desk, phone: Any) -> None:
    def tap(*words: str) -> None:
        for word in words:
            phone.touchscreen.tap(*place_of(phone, word))

    tap("وزارة", "المياه")
    phone.tap(".palette [data-label=ORG]")
    tap("المياه")
    assert phone.evaluate(CHOSEN) == "وزارة المياه"
    tap("المياه")
    assert phone.evaluate(CHOSEN) == "المياه"
    phone.tap(".palette [data-label=GPE]")
    tap("المياه", "المياه")
    assert phone.evaluate(CHOSEN) == "وزارة المياه"
    phone.tap("[data-label=no-claim-line]")
    phone.tap(".actions .primary")
    next_one(phone, desk.texts[0])
    saved(phone)
    assert entities(desk.answers()[desk.sentences[0]]) == [("وزارة المياه", "ORG"), ("المياه", "GPE")]


def test_words_after_a_verb_of_saying_are_offered_when_nobody_is_known(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    assert page.text_content("[data-label=offer-0] bdi") == "وزارة المياه"
    assert page.get_attribute("[data-label=offer-0]", "aria-pressed") == "false"
    page.keyboard.press("Semicolon")
    assert page.input_value(".dialog input") == "وزارة المياه"
    page.get_by_role("dialog").get_by_role("button", name="organisation").click()
    assert page.get_attribute("[data-label=offer-0]", "aria-pressed") == "true"
    press(page, "KeyX KeyR Digit2 Enter")
    next_one(page, desk.texts[0])
    saved(page)
    answer = desk.answers()[desk.sentences[0]]
    speaker = answer["labels"]["statements"][0]["speaker"]
    assert (speaker["canonical"], speaker["text"]) == ("وزارة المياه", "وزارة المياه")
    (taken,) = answer["provenance"]["taken"]
    found = (taken["layer"], taken["id"], taken["start"], taken["outcome"])
    assert found == ("speaker", speaker["id"], speaker["start"], "kept")
    assert answer["provenance"]["offered"]["speakers"] == [f"words-{speaker['start']}-{speaker['end']}"]


def test_every_speaker_can_be_chosen_by_mouse_the_last_used_first(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    page.evaluate(
        """async (project) => {
          const token = document.querySelector('meta[name=csrf-token]').content;
          for (let n = 0; n < 60; n += 1) await fetch(`/api/v1/projects/${project}/registry`, {
            method: 'POST', headers: {'Content-Type': 'application/json', 'X-CSRF-Token': token},
            body: JSON.stringify({id: `p-${n}`, canonical: `متحدث رقم ${n}`, kind: 'person', aliases: []})});
        }""",
        desk.project,
    )
    open_desk(page)
    page.click(".picker input")
    until(
        page,
        """() => {
          const list = document.querySelector('#speaker-list');
          list.scrollTop = list.scrollHeight;
          return list.textContent.includes('متحدث رقم 57');
        }""",
    )
    page.click("#speaker-list li:has-text('متحدث رقم 57')")
    assert page.text_content(".chosen .name") == "متحدث رقم 57"
    page.click(".picker input")
    assert page.text_content("#speaker-list li:first-child bdi") == "متحدث رقم 57"
    page.keyboard.type("متحدث")
    assert page.is_visible("#speaker-list .fresh")
    press(page, "ArrowUp Escape")
    assert page.get_attribute("#speaker-list", "hidden") is not None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_chosen_and_marked_is_seen_in_the_colours_of_the_system(
    desk: Desk, open_desk: Opening, scheme: str
) -> None:
    page = open_desk(forced_colors="active", color_scheme=scheme)
    press(page, "Space KeyP Space ArrowLeft KeyG KeyV")
    seen = "one => getComputedStyle(one).backgroundColor"
    chosen, other = (page.locator(f"[data-label={label}]").evaluate(seen) for label in ("ARTICLE", "UNCLEAR"))
    assert chosen != other
    press(page, "KeyB")
    options = page.locator(".found li").evaluate_all(f"all => all.map({seen})")
    assert options[0] == chosen and chosen not in options[1:]
    marks = "name => getComputedStyle(document.querySelector('.sentence-text'), `::highlight(${name})`).backgroundColor"
    assert len({page.evaluate(marks, name) for name in ("mark-PERS-0", "mark-GPE-0", "selection")}) == 3
