"""Changing a scheme field by field, and the keys of labels and commands."""

from __future__ import annotations

import json
from typing import Any

import pytest

from annotator.errors import Refused
from annotator.layers.changes import changed_scheme
from annotator.layers.keys import COMMANDS, PRINTED, arabic_key, command_keys, key_code, key_text
from annotator.layers.scheme import parse_scheme
from tests.layers.source import SOURCE

SCHEME = parse_scheme(SOURCE)


def changed(**fields: str) -> Any:
    return json.loads(changed_scheme(SCHEME, {name.replace("__", "."): text for name, text in fields.items()}))


def refused(fields: dict[str, str]) -> dict[str, str]:
    with pytest.raises(Refused) as refusal:
        changed_scheme(SCHEME, fields)
    return {fault.path: fault.text() for fault in refusal.value.faults}


@pytest.mark.parametrize(
    ("typed", "code"),
    [("q", "KeyQ"), ("ض", "KeyQ"), ("لا", "KeyB"), ("KeyB", "KeyB"), ("7", "Digit7"), ("٧", "Digit7"),
     (" = ", "Equal"), ("و", "Comma"), ("Shift+ن", "Shift+KeyK"), ("space", "Space"), ("ab", None), ("", None),
     ("[", None), ("Tab", None), ("F1", None)],
)  # fmt: skip
def test_a_key_is_read_as_either_keyboard_prints_it(typed: str, code: str | None) -> None:
    assert key_code(typed) == code


def test_every_key_is_read_as_it_is_written() -> None:
    assert [key_code(key_text(code)) for code in PRINTED] == list(PRINTED)
    assert [key_code(arabic_key(code)) for code in PRINTED if arabic_key(code)] == [
        code for code in PRINTED if arabic_key(code)
    ]
    assert key_code(key_text("Shift+KeyN")) == "Shift+KeyN"


def test_the_commands_have_keys_of_their_own_beside_the_labels() -> None:
    own = [command.key for command in COMMANDS]
    assert len(set(own)) == len(own)
    labels = {label.key for label in (*SCHEME.reserved, *SCHEME.attributions, *SCHEME.targets, *SCHEME.claim_types)}
    assert not labels & set(own)


def test_no_fields_no_change() -> None:
    assert changed_scheme(SCHEME, {}) == SCHEME.content


def test_names_definitions_keys_and_colours_change() -> None:
    made = changed(
        claim_type__fact__ar="واقعة ثابتة", claim_type__fact__def_en="a  fact\nthat holds", claim_type__fact__key="",
        entities__PERS__colour="#1F6F8B", stance__favor__key="ع", commands__comment="1",
    )  # fmt: skip
    fact = made["layers"]["claim_type"]["labels"][0]
    assert (fact["ar"], fact["def_en"], fact["key"]) == ("واقعة ثابتة", "a fact that holds", None)
    assert made["layers"]["entities"]["labels"][0]["colour"] == "#1f6f8b"
    assert made["layers"]["stance"]["values"][0]["key"] == "KeyU"
    assert made["global_keys"]["Digit1"] == "comment"


def test_a_label_is_added_with_an_id_of_its_own() -> None:
    made = changed(**{"claim_type__+__ar": "سخرية", "claim_type__+__en": "Fact", "claim_type__+__key": "`"})
    added = made["layers"]["claim_type"]["labels"][-1]
    assert (added["id"], added["ar"], added["key"]) == ("fact_2", "سخرية", "Backquote")


def test_a_label_is_retired_and_comes_back() -> None:
    made = changed(claim_type__praise__retired="1")
    praise = next(label for label in made["layers"]["claim_type"]["labels"] if label["id"] == "praise")
    assert (praise["retired"], praise["key"]) == (True, None)
    again = json.loads(changed_scheme(parse_scheme(json.dumps(made)), {"claim_type.praise.retired": ""}))
    assert "retired" not in next(label for label in again["layers"]["claim_type"]["labels"] if label["id"] == "praise")


def test_a_moved_command_leaves_its_key_to_a_label() -> None:
    made = changed(commands__speakers="`", claim_type__fact__key="B")
    assert made["global_keys"]["Backquote"] == "speakers" and "KeyB" not in made["global_keys"]
    scheme = parse_scheme(json.dumps(made))
    keys = command_keys(scheme.global_keys, {label.key for label in scheme.claim_types if label.key})
    assert (keys["speakers"], keys["same_speaker"]) == ("Backquote", "KeyN")


def test_what_cannot_be_is_refused_at_its_field_with_both_names() -> None:
    told = refused({"claim_type.fact.key": "Z"})
    assert list(told) == ["claim_type.fact.key"]
    assert "“مباشر” (direct)" in told["claim_type.fact.key"] and "“واقعة” (fact)" in told["claim_type.fact.key"]
    told = refused({"claim_type.fact.key": "B"})
    assert "“البحث عن متحدث” (search speakers)" in told["commands.speakers"]
    assert "(letters over the words)" in refused({"claim_type.fact.key": "L"})["commands.hints"]
    told = refused({"entities.ORG.key": "P"})
    assert "“شخص” (person)" in told["entities.ORG.key"]
    told = refused({
        "claim_type.fact.ar": " ", "claim_type.announce.key": "qq", "claim_type.assess.key": "Shift+A",
        "stance.none.retired": "1", "entities.PERS.colour": "red", "claim_type.+.ar": "جديد",
        "stance_target.+.ar": "هدف", "stance_target.+.en": "هدف", "claim_type.deny.def_ar": "ا" * 2001,
    })  # fmt: skip
    assert set(told) == {
        "claim_type.fact.ar", "claim_type.announce.key", "claim_type.assess.key", "stance.none.retired",
        "entities.PERS.colour", "claim_type.+.en", "stance_target.+.en", "claim_type.deny.def_ar",
    }  # fmt: skip
