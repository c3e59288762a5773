"""Without a server: ten sentences labelled, the page reloaded and closed, the server killed and started again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests import make
from tests.browser.conftest import Desk, light, next_one, opening, press, ready, saved, shown, started, until, watch
from tests.support.serving import serving

TEXT = "\n".join(f"وقال سالم الراوي إن الخطة رقم {n} جيدة." for n in range(1, 41))
#: A function of the page: what its store of that name keeps.
STORED = """const stored = async (name) => {
  const opening = indexedDB.open('isnad');
  const db = await new Promise((resolve) => { opening.onsuccess = () => resolve(opening.result); });
  const reading = db.transaction(name).objectStore(name).getAll();
  const found = await new Promise((resolve) => { reading.onsuccess = () => resolve(reading.result); });
  db.close();
  return found;
};"""
KEPT = f"""async ([person, count]) => {{
  {STORED}
  const shell = await caches.open('isnad-shell');
  const there = (await shell.keys()).map(({{ url }}) => url);
  const files = ['/js/desk.js', '/scheme/', '/registry?', '/guideline'];
  const whole = files.every((file) => there.some((url) => url.includes(file)));
  if (!whole || !(await shell.match('/owner')) || !navigator.serviceWorker.controller) return false;
  return (await stored('kept')).filter((one) => one.person === person).length >= count;
}}"""
UNSENT = f"""async (count) => {{
  {STORED}
  return (await stored('saves')).length === count;
}}"""
NOTHING_KEPT = f"""async () => {{
  {STORED}
  return !(await caches.has('isnad-shell')) && (await stored('kept')).length === 0;
}}"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with started(tmp_path, TEXT) as made:
        yield made


def label(page: Any, count: int) -> None:
    for _ in range(count):
        before = shown(page)
        press(page, "KeyM Enter")
        next_one(page, before)


def all_kept(page: Any, desk: Desk, count: int = 11) -> None:
    until(page, KEPT, [str(desk.annotator.id), count])


def test_ten_sentences_without_a_server(tmp_path: Path, browser: Any) -> None:
    """Nothing lost, nothing doubled: by reload, by a closed tab, by a server that went and came back."""
    app = make.app(tmp_path)
    with started(tmp_path, TEXT, app=app) as desk:
        pass
    port = urlsplit(desk.url).port or 0
    with opening(desk, browser) as opened:
        with serving(app, port):
            page = opened()
            all_kept(page, desk)
        label(page, 4)
        light(page, "offline")
        until(page, UNSENT, 4)
        page.reload()
        ready(page)
        assert shown(page) == desk.texts[4]
        light(page, "offline")
        label(page, 3)
        until(page, UNSENT, 7)
        page.close(run_before_unload=False)
        page = page_again(page, desk)
        assert shown(page) == desk.texts[7]
        label(page, 3)
        assert shown(page) == desk.texts[10]
        assert desk.answers() == {}
        with serving(app, port):
            page.click(".light")
            saved(page)
            until_stored(desk, 10)
            page.reload()
            ready(page)
            saved(page)
            assert shown(page) == desk.texts[10]
            time.sleep(0.5)
    stored = {i: (a["version"], a["state"]) for i, a in desk.answers().items()}
    assert stored == dict.fromkeys(desk.sentences[:10], (1, "submitted"))
    assert [desk.saves(sentence) for sentence in desk.sentences[:11]] == [1] * 10 + [0]
    make.close_all()
    assert desk.faults == []


def page_again(page: Any, desk: Desk) -> Any:
    """A new tab of the same browser."""
    again = page.context.new_page()
    watch(desk, again)
    again.goto(desk.address)
    ready(again)
    return again


def until_stored(desk: Desk, count: int) -> None:
    end = time.monotonic() + 20
    while len(desk.answers()) < count:
        assert time.monotonic() < end, desk.answers().keys()
        time.sleep(0.1)


def test_a_draft_of_before_outlives_a_reload_without_a_network(desk: Desk, open_desk: Any) -> None:
    page = open_desk()
    all_kept(page, desk)
    page.context.set_offline(True)
    press(page, "KeyV Digit3")
    page.reload()
    ready(page)
    assert page.get_attribute("[data-label=assess]", "aria-pressed") == "true"
    press(page, "Enter")
    next_one(page, desk.texts[0])
    page.context.set_offline(False)
    saved(page)
    until_stored(desk, 1)
    assert desk.saves(desk.sentences[0]) == 1


def test_what_is_kept_goes_with_its_person(desk: Desk, open_desk: Any) -> None:
    """After signing out nothing of the page or its sentences is left for who comes next."""
    page = open_desk()
    all_kept(page, desk)
    page.click("form[action$='/sign-out'] button")
    page.wait_for_url("**/sign-in")
    until(page, NOTHING_KEPT)
    page.context.set_offline(True)
    with pytest.raises(Exception, match="ERR_"):
        page.goto(desk.address)
