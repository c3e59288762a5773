"""The page of formats names every format, and its examples are what the code writes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from exports import FORMATS, jsonl, label_studio, label_studio_config
from tests.exports.zoo import small

PAGE = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")


def example(name: str) -> str:
    """The first code block under the heading of that name."""
    section = PAGE.split(f"\n## {name}\n")[1].split("\n## ")[0]
    found = re.search(r"```\w+\n(.*?)```", section, re.DOTALL)
    assert found is not None
    return found.group(1)


def with_first_answer(whole: Any) -> Any:
    return {**whole, "annotations": whole["annotations"][:1]}


def test_every_format_has_a_heading() -> None:
    assert re.findall(r"^## (.+)$", PAGE, re.MULTILINE) == [form.NAME for form in FORMATS]


def test_the_line_shown_is_what_is_written() -> None:
    written = with_first_answer(json.loads(next(jsonl.write(small()))))
    assert json.dumps(json.loads(example("jsonl"))) == json.dumps(written)


def test_the_task_shown_is_what_is_written() -> None:
    written = with_first_answer(json.loads(b"".join(label_studio.write(small())))[0])
    assert json.dumps(json.loads(example("label-studio"))) == json.dumps(written)


def test_the_controls_shown_are_in_the_config() -> None:
    config = label_studio_config.config(small().scheme)
    assert [line for line in example("label-studio-config").splitlines() if line not in config] == []


def test_every_field_of_a_line_is_told() -> None:
    line = json.loads(next(jsonl.write(small())))
    names = {*line, *line["document"], *line["annotations"][0]}
    assert [name for name in names if f"`{name}`" not in PAGE and f"`{name}." not in PAGE] == []
