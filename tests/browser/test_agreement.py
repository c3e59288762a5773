"""The pages of agreement in a browser: from a headline to the sentences behind it; every look, sorting, targets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from annotator import folding
from annotator.actions import seeding
from tests import make
from tests.browser.conftest import until
from tests.browser.test_screens import Visitor
from tests.support.serving import serving

PAGE = "/projects/1/agreement"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, str]]:
    app = make.app(tmp_path_factory.mktemp("agreement"))
    with make.database(app).write() as session:
        seeding.seed(session)
    make.person(app, "boss", project=1, role="lead")
    folding.figures(make.database(app), 1)
    with serving(app) as url:
        yield app, url
    make.close_all()


@pytest.mark.parametrize("language", ["ar", "en"])
def test_every_look(demo: tuple[Flask, str], browser: Any, language: str) -> None:
    visitor = Visitor(browser, demo[1], language)
    visitor.sign_in("boss@example.org")
    visitor.speak(language)
    paths = {
        "agreement": PAGE, "agreement-layer": f"{PAGE}/layers/stance", "agreement-entities": f"{PAGE}/layers/entities",
        "agreement-speakers": f"{PAGE}/layers/speaker", "agreement-documents": f"{PAGE}/layers/stance/documents",
        "agreement-sentences": f"{PAGE}/layers/stance/sentences?first=favor&second=none",
        "agreement-annotators": f"{PAGE}/annotators", "agreement-annotator": f"{PAGE}/annotators/2?layer=claim_type",
    }  # fmt: skip
    for what, path in paths.items():
        visitor.open(path)
        visitor.page.wait_for_function("() => [...document.images].every((image) => image.complete)")
        assert visitor.page.evaluate("() => [...document.images].every((image) => image.naturalWidth > 0)")
        for summary in visitor.page.locator("summary").all():
            summary.click()
        visitor.look(what)
    visitor.context.close()
    assert visitor.faults == []


def test_from_the_headline_to_the_sentences(demo: tuple[Flask, str], browser: Any) -> None:
    visitor = Visitor(browser, demo[1], "en")
    visitor.sign_in("boss@example.org")
    page = visitor.page
    page.click("nav >> text=Projects")
    page.click("main h2 a")
    page.click("nav >> text=Agreement")
    page.click("main table >> text=Stance >> nth=1")
    page.wait_for_selector("h1:has-text('Stance')")
    assert page.text_content(".measures .head strong") == "0.50"
    page.focus("a[aria-label='favor – none: 2']")
    page.keyboard.press("Enter")
    page.wait_for_selector(".behind")
    assert page.locator(".behind > li").count() == 2
    assert sorted(page.locator(".behind > li >> nth=0 >> dd").all_text_contents()) == ["favor", "none"]
    text = page.text_content(".behind .unit-text")
    page.click(".behind > li >> nth=0 >> p a")
    page.wait_for_selector(".unit:target")
    assert page.text_content(".unit:target .unit-text") == text
    visitor.context.close()
    assert visitor.faults == []


def test_a_table_is_sorted_by_a_column(demo: tuple[Flask, str], browser: Any) -> None:
    visitor = Visitor(browser, demo[1], "en")
    visitor.sign_in("boss@example.org")
    visitor.open(PAGE)
    page, column = visitor.page, "main table >> nth=0 >> th >> nth=1"
    names = "main table >> nth=0 >> tbody >> th"
    page.click(f"{column} >> button")
    assert page.get_attribute(column, "aria-sort") == "descending"
    falling = page.locator(names).all_text_contents()
    assert falling == ["Speaker", "Entities", "Attribution", "Targets of a stance", "Claim type", "Stance"]
    page.focus(f"{column} >> button")
    page.keyboard.press("Enter")
    assert page.get_attribute(column, "aria-sort") == "ascending"
    assert page.locator(names).all_text_contents() == falling[::-1]
    visitor.context.close()
    assert visitor.faults == []


def test_a_target_is_drawn_as_a_line(demo: tuple[Flask, str], browser: Any) -> None:
    visitor = Visitor(browser, demo[1], "en")
    visitor.sign_in("boss@example.org")
    visitor.open(PAGE)
    page = visitor.page
    before = page.request.get(f"{demo[1]}{PAGE}/plots/layers.svg").body()
    page.fill("#target-stance", "0.75")
    page.click("button:has-text('Set targets')")
    page.wait_for_selector(".notice.ok")
    assert page.locator("main table >> nth=0 >> tr:has-text('Stance') >> td >> nth=1").all_text_contents()
    after = page.request.get(f"{demo[1]}{PAGE}/plots/layers.svg").body()
    assert before != after and page.locator(".key.tick").count() == 1
    visitor.context.close()
    assert visitor.faults == []


BEYOND = """() => [...document.querySelectorAll('.card table')].filter((t) => !t.closest('.scroll')).map((t) => {
  const [own, card] = [t.getBoundingClientRect(), t.closest('.card').getBoundingClientRect()];
  const style = getComputedStyle(t.closest('.card'));
  const room = [card.left + parseFloat(style.paddingLeft), card.right - parseFloat(style.paddingRight)];
  return [t.className, Math.round(Math.max(room[0] - own.left, own.right - room[1]))];
}).filter(([, beyond]) => beyond > 1)"""
#: Names of layers, people and files that stand on more lines than they have words.
BROKEN = """() => [...document.querySelectorAll('main tbody th > a')].filter(
  (a) => a.getClientRects().length > a.textContent.trim().split(/\\s+/).length).map((a) => a.textContent)"""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("language", ["ar", "en"])
def test_no_table_runs_out_of_its_card(demo: tuple[Flask, str], browser: Any, language: str) -> None:
    visitor = Visitor(browser, demo[1], language)
    make.person(demo[0], f"looker-{language}", project=1, role="lead")
    visitor.sign_in(f"looker-{language}@example.org")
    visitor.speak(language)
    paths = (PAGE, f"{PAGE}/annotators", f"{PAGE}/annotators/2", f"{PAGE}/layers/entities", "/projects/1")
    beyond = {}
    for path in paths:
        visitor.open(path)
        for width in (1440, 1100, 1024, 900, 800, 769, 390):
            visitor.page.set_viewport_size({"width": width, "height": 900})
            beyond[path, width] = (
                visitor.page.evaluate(BEYOND), visitor.page.evaluate(BROKEN),
                visitor.page.evaluate(SIDEWAYS),
            )  # fmt: skip
        visitor.page.set_viewport_size({"width": 1440, "height": 900})
    visitor.context.close()
    assert {place: found for place, found in beyond.items() if found != ([], [], 0)} == {}


def test_on_paper_nothing_stays_closed(demo: tuple[Flask, str], browser: Any) -> None:
    visitor = Visitor(browser, demo[1], "en")
    visitor.sign_in("boss@example.org")
    visitor.open(f"{PAGE}/layers/stance")
    shown = """() => [...document.querySelectorAll('details:not([open]) > *:not(summary)')].filter(
      (one) => one.checkVisibility({ contentVisibilityAuto: true }) && one.getBoundingClientRect().height > 0).length"""
    closed = visitor.page.locator("details:not([open]) > *:not(summary)").count()
    assert closed > 2 and visitor.page.evaluate(shown) == 0
    visitor.page.emulate_media(media="print")
    until(visitor.page, f"(wanted) => ({shown})() === wanted", closed)  # it is drawn anew a moment later
    visitor.context.close()


def test_paper_says_of_what_the_figures_are(demo: tuple[Flask, str], browser: Any) -> None:
    """The project and the filters in force; and no part of a table is larger than its figures."""
    visitor = Visitor(browser, demo[1], "en")
    visitor.sign_in("boss@example.org")
    visitor.open(f"{PAGE}/layers/stance?document=01-sadd-shiraa.txt")
    page = visitor.page
    assert not page.locator(".on-paper").is_visible()
    page.emulate_media(media="print")
    assert page.locator(".on-paper").is_visible() and not page.locator("form.filters").is_visible()
    assert page.locator(".chips bdi").all_inner_texts() == ["01-sadd-shiraa.txt"]
    size = "(one) => getComputedStyle(one).fontSize"
    table = page.locator("table", has=page.locator(".interval")).first
    parts = [table.locator(part).first for part in ("th", "strong", ".interval")]
    assert len({part.evaluate(size) for part in parts}) == 1
    visitor.context.close()
