"""What a user can name is described in docs/: settings, commands and options, formats, kinds; links lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from annotator.agreement import COEFFICIENTS
from annotator.agreement.report import LAYERS
from annotator.cli import COMMANDS
from annotator.settings import SETTINGS
from annotator.text.kinds import KINDS
from exports import FORMATS

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = [*sorted(DOCS.rglob("*.md")), *sorted(ROOT.glob("*.md"))]


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def rows(text: str) -> dict[str, list[str]]:
    """The rows of the tables whose first cell is one `name`: name → the other cells."""
    found = {}
    for line in text.splitlines():
        if match := re.fullmatch(r"\| `([^`]+)` \|(.*)\|", line):
            found[match[1]] = [cell.strip() for cell in match[2].split("|")]
    return found


def sections(text: str) -> dict[str, str]:
    """Heading of the second level → what stands under it."""
    return {part.partition("\n")[0]: part for part in re.split(r"^## ", text, flags=re.M)[1:]}


def commands(given: tuple[click.Command, ...] = COMMANDS, name: str = "flask") -> Iterator[tuple[str, click.Command]]:
    for command in given:
        full = f"{name} {command.name}"
        if isinstance(command, click.Group):
            yield from commands(tuple(command.commands.values()), full)
        else:
            yield full, command


def test_every_setting_stands_in_the_table_with_its_default() -> None:
    table = rows(page("settings.md").partition("## Settings of the tests")[0])
    assert {name: cells[0].strip("`") for name, cells in table.items()} == {s.name: s.default for s in SETTINGS}


def test_no_setting_is_read_that_is_not_declared() -> None:
    declared = {setting.name for setting in SETTINGS} | set(rows(page("settings.md")))
    sources = [ROOT / "app.py", ROOT / "Makefile"]
    sources += [path for folder in ("annotator", "exports") for path in (ROOT / folder).rglob("*.py")]
    read = {name for path in sources for name in re.findall(r"\bANNOTATOR_[A-Z_]+\b", path.read_text("utf-8"))}
    assert read <= declared


def test_every_command_has_its_heading() -> None:
    assert set(sections(page("commands.md"))) == {name for name, _ in commands()}


@pytest.mark.parametrize("name", [name for name, _ in commands()])
def test_every_option_is_described_and_every_command_helps(name: str) -> None:
    command = dict(commands())[name]
    section = sections(page("commands.md"))[name]
    options = {option for part in command.params if isinstance(part, click.Option) for option in part.opts}
    assert {option for option in options if option not in section} == set()
    assert command.help, f"{name} says nothing of itself"


def test_every_format_has_its_heading() -> None:
    assert {form.NAME for form in FORMATS} <= set(sections(page("formats.md")))


def test_every_kind_of_unit_is_described() -> None:
    assert list(rows(page("units.md"))) == list(KINDS)


def test_every_layer_of_the_agreement_report_is_described() -> None:
    begun = page("agreement.md").partition("\n## ")[0]
    assert set(LAYERS) <= set(re.findall(r"`(\w+)`", begun))


def test_every_coefficient_has_its_formula() -> None:
    assert list(rows(sections(page("agreement.md"))["Coefficients"])) == [one.name for one in COEFFICIENTS]


def test_links_lead_somewhere() -> None:
    lost = []
    for path in PAGES:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text("utf-8")):
            if not target.startswith(("http:", "https:", "mailto:")) and not (path.parent / target).exists():
                lost.append(f"{path.relative_to(ROOT)}: {target}")
    assert lost == []


def test_the_map_names_files_that_are_there() -> None:
    """Paths in backticks, but for those with a placeholder (`exports/x.py`)."""
    lost = []
    for page in (path for path in PAGES if path.name in ("ARCHITECTURE.md", "README.md")):
        for name in re.findall(r"`([a-z_.]+/[\w./-]*)`", page.read_text("utf-8")):
            ours = (ROOT / name.partition("/")[0]).is_dir() and "/x." not in name
            if ours and not (ROOT / name).exists():
                lost.append(f"{page.name}: {name}")
    assert lost == []
