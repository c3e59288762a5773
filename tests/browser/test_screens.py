"""Every screen in both languages and both themes: accessible, without complaint, narrow enough, text untouched."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_core_python.sync_playwright import Axe

from tests import make
from tests.browser.conftest import press, ready, until
from tests.support.serving import serving

KEPT = Path(__file__).resolve().parents[1] / "screenshots"
#: What a highlight may not tear: ligatures, marks, tatweel, direction controls, emoji, digits, Latin letters.
ZOO = (
    "لا إله إلا الله ﷺ وﷲ والآلات اللامعة للأمم",
    "قَالَ مُحَمَّدٌ إِنَّ ٱلْكِتَابَ كَبِيرٌ جِدًّا",
    "أعلـــــن المجلــس خطتــه يوم الخميــس",
    "قال \u200fJohn Smith\u200e إن 25% من 1,234.5 لا تكفي",
    'من ١٢ إلى ۱۵ و(3–4) «نعم» و"لا" [كلا]',
    "الأسرة 👨‍👩‍👧‍👦 والعلم 🇮🇶 واليد 👍🏽 والموج 🌊 معا",
    "می‌خواهم کتاب‌ها را ببینم ولی نمی‌شود",
    "كلمة\u2067معزولة\u2069 وأخرى \u202bمضمنة\u202c ثم نص",
)
BOXES = """() => {
  const line = document.querySelector('.sentence-text');
  const range = document.createRange();
  range.selectNodeContents(line);
  const boxes = [...range.getClientRects()].map((b) => [b.x, b.y, b.width, b.height].map((n) => n.toFixed(3)));
  return [line.textContent, ...boxes];
}"""
#: The marks stay where they are, but without a look of their own: the text is still drawn in pieces.
COLOURLESS = """() => {
  const colour = getComputedStyle(document.querySelector('.sentence-text')).color;
  const sheet = new CSSStyleSheet();
  for (const name of CSS.highlights.keys()) {
    const plain = `background-color: transparent; text-decoration: none; color: ${colour}`;
    sheet.insertRule(`.sentence-text::highlight(${name}) { ${plain} }`);
  }
  document.adoptedStyleSheets.push(sheet);
}"""
#: How many pixels may differ: where a highlight begins inside a joined word, its edge is smoothed otherwise.
SEAM = 4
#: How many pixels of two pictures differ by more than a 32nd of the range.
UNLIKE = """async (pictures) => {
  const pixels = await Promise.all(pictures.map(async (source) => {
    const image = new Image();
    image.src = `data:image/png;base64,${source}`;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
    canvas.drawImage(image, 0, 0);
    return canvas.getImageData(0, 0, image.width, image.height).data;
  }));
  if (pixels[0].length !== pixels[1].length) return Infinity;
  let unlike = 0;
  for (let n = 0; n < pixels[0].length; n += 4) {
    if ([0, 1, 2].some((c) => Math.abs(pixels[0][n + c] - pixels[1][n + c]) > 8)) unlike += 1;
  }
  return unlike;
}"""
COLOURED = "() => { document.adoptedStyleSheets.pop(); }"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> make.Place:
    return make.place(tmp_path_factory.mktemp("screens"))


@pytest.fixture(scope="module")
def address(place: make.Place) -> Iterator[str]:
    with serving(place.app) as url:
        yield url
    make.close_all()


class Visitor:
    """Somebody signed in, in one language and theme, whose pages are looked through."""

    def __init__(self, browser: Any, address: str, language: str) -> None:
        self.address, self.language = address, language
        self.context = browser.new_context(
            locale=language, reduced_motion="reduce", viewport={"width": 1440, "height": 900}
        )
        self.page = self.context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda m: self.faults.append(m.text) if m.type == "error" else None)

    def look(self, what: str) -> None:
        """In both themes no violation, nothing beyond the edge of a narrow screen; pictures are kept."""
        for theme, rules in (("light", None), ("dark", {"runOnly": ["color-contrast"]})):
            self.page.emulate_media(color_scheme=theme)
            self.page.screenshot(path=KEPT / f"{what}-{self.language}-{theme}.png")
            for violation in Axe().run(self.page, options=rules)["violations"]:
                nodes = [node["html"][:160] for node in violation["nodes"][:3]]
                self.faults.append(f"{what} {self.language} {theme}: {violation['id']} {nodes}")
        self.page.set_viewport_size({"width": 390, "height": 844})
        if self.page.evaluate("document.documentElement.scrollWidth") > 390:
            self.faults.append(f"{what} {self.language}: wider than 390 pixels")
        self.page.set_viewport_size({"width": 1440, "height": 900})

    def sign_in(self, email: str) -> None:
        self.page.goto(f"{self.address}/sign-in")
        self.page.fill("input[name=email]", email)
        self.page.fill("input[name=password]", make.PASSWORD)
        self.page.click("button.first")
        self.page.wait_for_url(f"{self.address}/")

    def speak(self, language: str) -> None:
        if self.page.get_attribute("html", "lang") != language:
            self.page.click(f"button[name=language][value={language}]")
            self.page.wait_for_selector(f"html[lang={language}]")

    def open(self, path: str) -> None:
        self.page.goto(f"{self.address}{path}")


@pytest.mark.parametrize("language", ["ar", "en"])
def test_pages(place: make.Place, address: str, browser: Any, language: str) -> None:
    visitor = Visitor(browser, address, language)
    visitor.open("/sign-in")
    visitor.look("sign-in")
    visitor.sign_in("lead@example.org")
    visitor.speak(language)
    paths = {
        "home": "/", "project": f"/projects/{place.project}", "documents": f"/projects/{place.project}/documents",
        "import": f"/projects/{place.project}/import", "document": f"/documents/{place.document}",
        "cut": f"/sentences/{place.sentences[0]}/cut", "account": "/account",
        "scheme": f"/projects/{place.project}/scheme", "guideline": f"/projects/{place.project}/guideline",
        "tokens": "/account/tokens",
    }  # fmt: skip
    for what, path in paths.items():
        visitor.open(path)
        visitor.look(what)
    visitor.context.close()
    assert visitor.faults == []


@pytest.mark.parametrize("language", ["ar", "en"])
def test_labelling_states(place: make.Place, address: str, browser: Any, language: str) -> None:
    visitor = Visitor(browser, address, language)
    visitor.sign_in("annotator@example.org")
    visitor.speak(language)
    visitor.open(f"/projects/{place.project}/label")
    page = visitor.page
    ready(page)
    visitor.look("label")
    press(page, "KeyK KeyX KeyA KeyQ Digit1 Space KeyO Space ArrowLeft KeyP")
    visitor.look("label-begun")
    press(page, "Space Shift+ArrowLeft")
    visitor.look("label-words")
    press(page, "Escape KeyL")
    visitor.look("label-hints")
    press(page, "Escape KeyB")
    page.keyboard.type("سالم")
    visitor.look("label-speaker")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("dialog[open]")
    visitor.look("label-new-speaker")
    page.keyboard.press("Escape")
    for key, what in (("F1", "keys"), ("KeyY", "flag"), ("KeyU", "comment"), ("Shift+Enter", "skip")):
        page.keyboard.press(key)
        page.wait_for_selector("dialog[open]")
        visitor.look(f"label-{what}")
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog[open]", state="detached")
    for key, what, there in (("KeyO", "document", "ol"), ("F2", "mine", "[role=tablist]"), ("KeyI", "guideline", "p")):
        page.keyboard.press(key)
        page.wait_for_selector(f".drawer-content > {there}")
        visitor.look(f"label-{what}")
    visitor.context.close()
    assert visitor.faults == []


def test_a_highlight_changes_no_letter(tmp_path: Path, browser: Any) -> None:
    """The line boxes are the same to a thousandth of a pixel; without the colours so is the picture, seams aside."""
    app = make.app(tmp_path)
    project = make.project(app, "حديقة", text="\n".join(f"{text}." for text in ZOO), overlap=1)
    make.person(app, "annotator", project=project, role="annotator")
    torn = []
    with serving(app) as address:
        visitor = Visitor(browser, address, "ar")
        visitor.sign_in("annotator@example.org")
        visitor.open(f"/projects/{project}/label")
        page, blank = visitor.page, browser.new_page()
        ready(page)
        seen: set[str] = set()
        while len(seen) < len(ZOO):
            line = page.locator(".sentence-text")
            seen.add(line.text_content())
            before, picture = page.evaluate(BOXES), line.screenshot()
            _mark_and_nest(page)
            page.mouse.move(0, 0)
            assert page.evaluate("() => [...CSS.highlights.values()].some((marks) => marks.size > 0)")
            if line.screenshot() == picture or page.evaluate(BOXES) != before:
                torn.append(before[0])
            page.evaluate(COLOURLESS)
            if unlike(blank, picture, line.screenshot()) > SEAM:
                torn.append(f"{before[0]} (without the colours)")
            page.evaluate(COLOURED)
            press(page, "KeyV Digit1 Enter")
            if len(seen) < len(ZOO):
                until(page, "text => document.querySelector('.sentence-text').textContent !== text", before[0])
        blank.close()
        visitor.context.close()
        assert visitor.faults == []
    make.close_all()
    assert torn == []


def unlike(blank: Any, *pictures: bytes) -> float:
    """How many pixels differ, counted in a page of no policy."""
    return float(blank.evaluate(UNLIKE, [base64.b64encode(picture).decode() for picture in pictures]))


def _mark_and_nest(page: Any) -> None:
    """Mark two words, the second of them again inside, and half of a word after them."""
    press(page, "Space Shift+ArrowLeft KeyO Space ArrowRight KeyG Space ArrowLeft ArrowLeft Control+BracketLeft KeyE")
