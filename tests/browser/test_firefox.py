"""The labelling screen in Firefox: by keyboard, by mouse, without a server, and what it paints."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests import make
from tests.browser.conftest import TEXT, Desk, started
from tests.browser.test_labelling import entities
from tests.browser.test_offline import KEPT, UNSENT, until_stored
from tests.browser.test_offline import TEXT as MANY
from tests.browser.test_screens import BOXES, COLOURED, COLOURLESS, SEAM, UNLIKE, ZOO
from tests.browser.test_screens import KEPT as PICTURES
from tests.browser.test_standard_sentence import as_meant
from tests.conftest import lacking
from tests.support import firefox
from tests.support.firefox import Firefox
from tests.support.serving import serving

SHOWN = "() => document.querySelector('.sentence-text')?.textContent ?? ''"
MIDDLE = """(word) => {
  const node = document.querySelector('.sentence-text').firstChild;
  const range = document.createRange();
  range.setStart(node, node.data.indexOf(word));
  range.setEnd(node, node.data.indexOf(word) + word.length);
  const box = range.getClientRects()[0];
  return [box.x + box.width / 2, box.y + box.height / 2];
}"""
LABELLED = "() => document.querySelectorAll('.chips li').length"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    path = firefox.find()
    if path is None:
        lacking("Firefox")
    with firefox.running(path, tmp_path_factory.mktemp("firefox") / "profile") as running:
        yield running


@pytest.fixture
def fox(browser: Firefox) -> Firefox:
    browser.begin()
    return browser


def opened(fox: Firefox, desk: Desk) -> None:
    """The labelling screen, at its first sentence, as the annotator."""
    sign_in(fox, desk.url, desk.annotator.email)
    fox.open(desk.address)
    fox.until(f"{SHOWN}")


def sign_in(fox: Firefox, url: str, email: str) -> None:
    fox.size(1440, 900)
    fox.open(f"{url}/sign-in")
    fox.click("input[name=email]")
    fox.write(email)
    fox.click("input[name=password]")
    fox.write(make.PASSWORD)
    fox.click("main form button.first")
    fox.until("() => location.pathname === '/' && document.readyState === 'complete'")


def next_one(fox: Firefox, before: str) -> None:
    fox.until(f"(before) => ![before, ''].includes(({SHOWN})())", before)


def light(fox: Firefox, state: str) -> None:
    fox.until("(state) => document.querySelector('.light')?.dataset.state === state", state)


def to_the_second(fox: Firefox, desk: Desk) -> None:
    assert fox.call(SHOWN) == desk.texts[0]
    fox.press("KeyM Enter")
    next_one(fox, desk.texts[0])
    assert fox.call(SHOWN) == desk.texts[1]


def keep(fox: Firefox, what: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    (PICTURES / f"firefox-{what}.png").write_bytes(fox.picture())


def painted(fox: Firefox) -> dict[str, list[str]]:
    """The words under each highlight that has some."""
    found: dict[str, list[str]] = fox.call(
        """() => Object.fromEntries([...CSS.highlights].filter(([, ranges]) => ranges.size > 0).map(([name, ranges]) =>
          [name, [...ranges].map((one) => one.startContainer.data.slice(one.startOffset, one.endOffset))]))"""
    )
    return found


@contextmanager
def at_work(fox: Firefox, folder: Path, text: str = TEXT) -> Iterator[Desk]:
    with started(folder, text) as desk:
        opened(fox, desk)
        yield desk
        assert fox.breaches() == []


def test_the_standard_sentence_by_keyboard_alone(fox: Firefox, tmp_path: Path) -> None:
    with at_work(fox, tmp_path) as desk:
        to_the_second(fox, desk)
        fox.press("Space ArrowLeft ArrowLeft ArrowLeft Shift+ArrowLeft KeyP")
        fox.press("Space Shift+ArrowRight KeyB")
        fox.until("() => !document.querySelector('#speaker-list').hidden")
        assert fox.call("() => document.querySelector('.picker input').value") == "سالم الراوي"
        fox.press("Control+Enter")
        fox.until("() => document.querySelector('dialog[open]') !== null")
        fox.press("Enter KeyX KeyA KeyQ Digit2")
        fox.press("Space" + 8 * " ArrowLeft" + " KeyD")
        fox.until(f"() => ({LABELLED})() === 2")
        fox.press("Enter")
        next_one(fox, desk.texts[1])
        light(fox, "saved")
        as_meant(desk)


def test_marks_by_mouse_alone(fox: Firefox, tmp_path: Path) -> None:
    with at_work(fox, tmp_path) as desk:
        fox.click("[data-label=no-claim-line]")
        fox.click(".actions .primary")
        next_one(fox, desk.texts[0])
        fox.drag(fox.call(MIDDLE, "سالم"), fox.call(MIDDLE, "الراوي"))
        fox.click(".palette [data-label=PERS]")
        fox.until(f"() => ({LABELLED})() === 1")
        day = fox.call(MIDDLE, "الخميس")
        fox.drag(day, day)
        fox.click(".palette [data-label=DATE]")
        fox.until(f"() => ({LABELLED})() === 2")
        fox.click(".panel[data-layer=claim_type] [data-label=announce]")
        fox.click("[data-label=ARTICLE]")
        fox.click(".actions .primary")
        next_one(fox, desk.texts[1])
        light(fox, "saved")
        answer = desk.answers()[desk.sentences[1]]
        assert (answer["state"], entities(answer)) == ("submitted", [("سالم الراوي", "PERS"), ("الخميس", "DATE")])


def test_without_a_server_nothing_is_lost_or_doubled(fox: Firefox, tmp_path: Path) -> None:
    app = make.app(tmp_path)
    with started(tmp_path, MANY, app=app) as desk:
        pass
    port = urlsplit(desk.url).port or 0
    with serving(app, port):
        opened(fox, desk)
        fox.until(KEPT, [str(desk.annotator.id), 11])
    for text in desk.texts[:2]:
        assert fox.call(SHOWN) == text
        fox.press("KeyM Enter")
        next_one(fox, text)
    light(fox, "offline")
    fox.until(UNSENT, 2)
    fox.reload()
    fox.until(f"{SHOWN}")
    assert fox.call(SHOWN) == desk.texts[2]
    assert desk.answers() == {}
    with serving(app, port):
        fox.click(".light")
        light(fox, "saved")
        until_stored(desk, 2)
        fox.reload()
        fox.until(f"{SHOWN}")
        assert fox.call(SHOWN) == desk.texts[2]
    assert {i: (a["version"], a["state"]) for i, a in desk.answers().items()} == dict.fromkeys(
        desk.sentences[:2], (1, "submitted")
    )
    assert [desk.saves(sentence) for sentence in desk.sentences[:3]] == [1, 1, 0]
    make.close_all()


def test_a_highlight_leaves_the_text_in_one_piece(fox: Firefox, tmp_path: Path) -> None:
    with at_work(fox, tmp_path, "\n".join(f"{text} في بيان." for text in ZOO)) as desk:
        for number, text in enumerate(desk.texts):
            assert fox.call(SHOWN) == text
            before, plain = fox.call(BOXES), fox.picture(".sentence-text")
            fox.press("Space KeyP Space ArrowLeft Shift+ArrowLeft KeyO")
            fox.until("() => ['PERS', 'ORG'].every((label) => CSS.highlights.get(`mark-${label}-0`)?.size === 1)")
            words = fox.call("() => [...document.querySelectorAll('.chips li bdi')].map((one) => one.textContent)")
            assert painted(fox) == {"mark-PERS-0": words[:1], "mark-ORG-0": words[1:2]}
            assert fox.call(BOXES) == before
            assert fox.call("() => document.querySelector('.sentence-text').childNodes.length") == 1
            keep(fox, f"zoo-{number}")
            fox.call(COLOURLESS)
            pictures = [base64.b64encode(one).decode() for one in (plain, fox.picture(".sentence-text"))]
            assert fox.call_apart(UNLIKE, pictures) <= SEAM, text
            fox.call(COLOURED)
            fox.press("KeyV Digit1 Enter")
            if number < len(ZOO) - 1:
                next_one(fox, text)


@pytest.mark.parametrize("language", ["ar", "en"])
def test_pages_complain_of_nothing_and_fit_a_narrow_screen(fox: Firefox, tmp_path: Path, language: str) -> None:
    place = make.place(tmp_path)
    paths = {
        "home": "/", "project": f"/projects/{place.project}", "documents": f"/projects/{place.project}/documents",
        "import": f"/projects/{place.project}/import", "agreement": f"/projects/{place.project}/agreement",
        "scheme": f"/projects/{place.project}/scheme", "account": "/account",
        "label": f"/projects/{place.project}/label",
    }  # fmt: skip
    with serving(place.app) as url:
        sign_in(fox, url, "lead@example.org")
        if fox.call("() => document.documentElement.lang") != language:
            fox.click(f"button[name=language][value={language}]")
        fox.until("(language) => document.documentElement.lang === language", language)
        for what, path in paths.items():
            fox.open(f"{url}{path}")
            for width in (1440, 390):
                fox.size(width, 844)
                keep(fox, f"{what}-{language}-{width}")
                assert fox.call("() => document.documentElement.scrollWidth") <= width, path
            assert fox.breaches() == [], path
    make.close_all()
