"""Pages are what lies in the folders: nothing is built, nothing inline, nothing from another host, no physical side."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from annotator.assets import JOINED

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "annotator" / "static"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = sorted((STATIC / "css").rglob("*.css"))
SCRIPTS = sorted((STATIC / "js").rglob("*.js"))
PICTURES = sorted(STATIC.rglob("*.svg"))

#: In templates and pictures: what the content security policy forbids.
INLINE = {
    "style attribute": r"\sstyle\s*=",
    "event attribute": r"<[^>]*\son[a-z]+\s*=",
    "script in the page": r"<script(?![^>]*\ssrc=)",
    "style in the page": r"<style\b",
    "javascript: address": r"javascript:",
}
#: Sides of the paper instead of sides of the text: wrong in one of the two languages.
PHYSICAL = {
    "physical side": r"(?:^|[\s;{])(?:(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right)[\w-]*"
    r"|left|right|border-(?:top|bottom)-(?:left|right)-radius)\s*:",
    "physical alignment": r"(?:text-align|float|clear|justify-\w+|resize)\s*:\s*(?:left|right)\b",
}
#: top, right, bottom, left in a row
FOUR = r"(?:^|[\s;{])(?:margin|padding|inset)\s*:\s*([^;}]+)"
HOST = r"""(?:https?:)?//(?!www\.w3\.org/)[a-z0-9-]+\.[a-z]"""
#: What would put text into a page as markup.
MARKUP = r"\.(?:innerHTML|outerHTML)\s*=|insertAdjacentHTML|document\.write|\beval\(|new Function\("


def found(paths: list[Path], pattern: str) -> list[str]:
    """file:line of each place."""
    places = []
    for path in paths:
        text = re.sub(r"\{#.*?#\}|/\*.*?\*/", lambda m: "\n" * m[0].count("\n"), path.read_text("utf-8"), flags=re.S)
        for match in re.finditer(pattern, text, re.I | re.M):
            at = match.start() + len(match[0]) - len(match[0].lstrip())
            places.append(f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, at) + 1}: {match[0].strip()}")
    return places


@pytest.mark.parametrize("what", INLINE)
def test_nothing_is_inline(what: str) -> None:
    assert found(TEMPLATES + PICTURES, INLINE[what]) == []


@pytest.mark.parametrize("what", PHYSICAL)
def test_styles_name_no_physical_side(what: str) -> None:
    assert found(STYLES, PHYSICAL[what]) == []


def test_styles_give_both_sides_of_four_the_same_width() -> None:
    uneven = []
    for path in STYLES:
        for match in re.finditer(FOUR, path.read_text("utf-8")):
            widths = _without_arguments(match[1]).split()
            if len(widths) == 4 and widths[1] != widths[3]:
                uneven.append(f"{path.relative_to(ROOT)}: {match[0].strip()}")
    assert uneven == []


def _without_arguments(value: str) -> str:
    while (shorter := re.sub(r"\([^()]*\)", "", value)) != value:
        value = shorter
    return value


def test_nothing_comes_from_another_host() -> None:
    assert found(TEMPLATES + STYLES + SCRIPTS + PICTURES, HOST) == []


def test_scripts_put_no_text_into_the_page_as_markup() -> None:
    assert found(SCRIPTS, MARKUP) == []


def test_templates_escape_everything() -> None:
    assert found(TEMPLATES, r"\|\s*safe\b|autoescape\s+false") == []


def test_scripts_import_neighbours_that_are_there() -> None:
    imported = re.compile(
        r"""(?:^|[\s;}])(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]|\bimport\(?\s*['"]([^'"]+)['"]"""
    )
    lost = []
    for path in SCRIPTS:
        for match in imported.finditer(path.read_text("utf-8")):
            name = match[1] or match[2]
            if not name.startswith("./") and not name.startswith("../") or not (path.parent / name).is_file():
                lost.append(f"{path.relative_to(ROOT)}: {name}")
    assert lost == []


def test_templates_name_static_files_that_are_there() -> None:
    named = {
        (path, match[1])
        for path in TEMPLATES
        for match in re.finditer(r"""\basset\(\s*['"]([^'"]+)['"]\s*\)""", path.read_text("utf-8"))
    }
    assert named
    missing = [(path.name, name) for path, name in sorted(named) if not (STATIC / name).is_file()]
    assert [(page, name) for page, name in missing if name not in JOINED] == []


@pytest.mark.parametrize(
    "planted",
    ["a { padding-left: 1em }", "a{left:0}", "a { border-left-color: red; }", "a { border-top-left-radius: 2px }"],
)
def test_the_rule_sees_a_planted_side(planted: str) -> None:
    assert re.search(PHYSICAL["physical side"], planted, re.I)


@pytest.mark.parametrize(
    "fine", ["a { padding-inline-start: 1em }", "a { margin: 0 1em 0 1em; }", "a { inset-inline: 0 }"]
)
def test_the_rule_leaves_logical_sides_alone(fine: str) -> None:
    assert not any(re.search(pattern, fine, re.I) for pattern in PHYSICAL.values())
