"""Scheme files with fields of the wrong type, too long, or of characters that no text holds: each is named."""

from __future__ import annotations

import json
from typing import Any

import pytest

from annotator.errors import Refused
from annotator.layers.scheme import parse_scheme
from tests.layers.source import SOURCE

LONG = "x" * 501


def faults(*path: Any, value: Any) -> list[str]:
    content: Any = json.loads(SOURCE)
    inner = content
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    with pytest.raises(Refused) as refusal:
        parse_scheme(json.dumps(content))
    return [fault.full() for fault in refusal.value.faults]


@pytest.mark.parametrize("key", ["canonical", "en", "wikidata"])
@pytest.mark.parametrize("value", [5, True, [], {}, [1], LONG, " "])
def test_names_of_speakers(key: str, value: Any) -> None:
    told = f"scheme.json, speakers[0].{key}: “{str(value)[:60]}” is not a text of 1 to 500 characters."
    assert faults("speakers", 0, key, value=value) == [told]


def test_optional_names_may_be_null_and_long_names_stop_at_500() -> None:
    content = json.loads(SOURCE)
    content["speakers"][0] |= {"en": None, "wikidata": None, "canonical": "x" * 500, "aliases": ["y" * 500]}
    assert parse_scheme(json.dumps(content)).speakers[0].canonical == "x" * 500
    assert faults("speakers", 0, "aliases", value=[LONG]) == [
        f"scheme.json, speakers[0].aliases: “{str([LONG])[:60]}” is not a list of names."
    ]


@pytest.mark.parametrize("value", [5, None, [], {}, "", "العربية", True])
def test_the_language(value: Any) -> None:
    told = f"scheme.json, language: “{value}” is no language: write its code, as ar."
    assert faults("language", value=value) == [told]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        (("name",), "name"),
        (("speakers", 0, "canonical"), "speakers[0].canonical"),
        (("speakers", 2, "aliases", 0), "speakers[2].aliases[0]"),
        (("layers", "claim_type", "labels", 0, "def_en"), "layers.claim_type.labels[0].def_en"),
        (("anything",), "anything"),
    ],
)
@pytest.mark.parametrize(("character", "code"), [("\0", "0000"), ("\ud800", "D800")])
def test_characters_that_no_database_keeps(path: tuple[Any, ...], field: str, character: str, code: str) -> None:
    told = f"scheme.json, {field}: Character 1 is U+{code}, which no text holds."
    assert told in faults(*path, value=f"a{character}b")


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("def_ar", 5, "“5” is not a text."),
        ("def_en", [], "“[]” is not a text."),
        ("colour", 5, "“5” is not a text."),
        ("retired", "yes", "“yes” is none of true, false."),
    ],
)
def test_what_is_told_of_a_label(key: str, value: Any, told: str) -> None:
    assert faults("layers", "claim_type", "labels", 0, key, value=value) == [
        f"scheme.json, layers.claim_type.labels[0].{key}: {told}"
    ]
