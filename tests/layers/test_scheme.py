"""Schemes: the default one is sound, malformed ones are refused with every fault, labels in use are retired."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from annotator.errors import Refused
from annotator.layers.scheme import parse_scheme, retire
from tests.layers.source import SOURCE


def changed(change: Callable[[Any], object]) -> bytes:
    content = json.loads(SOURCE)
    change(content)
    return json.dumps(content).encode()


def without(layer: str, place: str, label: str) -> Callable[[Any], object]:
    def change(content: Any) -> None:
        labels = content["layers"][layer][place]
        labels[:] = [entry for entry in labels if entry["id"] != label]

    return change


def ids(labels: Any) -> list[str]:
    return [label.id for label in labels]


def test_the_default_scheme() -> None:
    scheme = parse_scheme(SOURCE)
    assert scheme.id == "arabic-news-claims@1.0"
    assert ids(scheme.attributions) == ["direct", "indirect", "mixed", "none"]
    assert ids(scheme.stance_values) == ["favor", "against", "neutral", "none", "unclear"]
    assert ids(scheme.entity_labels) == ["PERS", "OCC", "ORG", "GPE", "LOC", "NORP", "EVENT", "DATE", "NUM", "LAW"]
    assert ids(scheme.reserved) == ["ARTICLE", "UNCLEAR"]
    assert json.loads(scheme.content) == json.loads(SOURCE)
    assert list(json.loads(scheme.content)) == list(json.loads(SOURCE))


def test_what_is_parsed_parses_again() -> None:
    scheme = parse_scheme(SOURCE)
    assert parse_scheme(scheme.content) == scheme


def label(content: Any, n: int = 0) -> Any:
    return content["layers"]["claim_type"]["labels"][n]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: c.pop("name"), "x.json, name: “None” is not a text"),
        (lambda c: c.update(version="1@2"), "x.json, version: “1@2” is not a text"),
        (lambda c: c.pop("layers"), "x.json, layers: This is missing."),
        (lambda c: c["layers"].pop("stance"), "x.json, layers.stance: This is missing."),
        (lambda c: c["layers"].update(mood={}), "x.json, layers: “mood” is none of speaker, stance, claim_type, enti"),
        (lambda c: c["layers"]["stance"].update(type="span"), "x.json, layers.stance.type: “span” is none of stance."),
        (lambda c: label(c).update(id="a b"), "x.json, layers.claim_type.labels[0].id: “a b” is not an id"),
        (lambda c: label(c, 1).update(id="fact"), "x.json, layers.claim_type.labels[1].id: The id “fact” is there tw"),
        (lambda c: label(c).update(ar=" "), "x.json, layers.claim_type.labels[0].ar: Every label needs a name"),
        (lambda c: label(c).update(key=1), "x.json, layers.claim_type.labels[0].key: “1” is no key"),
        (lambda c: label(c).update(key="KeyZ"),
         "x.json, layers.claim_type.labels[0].key: The key KeyZ would mean both “مباشر” (layers.speaker."),
        (lambda c: label(c).update(key="Enter"), "(global_keys) and “واقعة” (layers.claim_type.labels[0].key): "),
        (lambda c: c["layers"]["entities"]["labels"][0].update(key="KeyO"),
         "x.json, layers.entities.labels[2].key: The key KeyO would mean both “شخص” (layers.entities.labels[0].key)"),
        (without("speaker", "attribution", "none"), "x.json, layers.speaker.attribution: The label “none” is missing"),
        (without("speaker", "reserved", "ARTICLE"), "x.json, layers.speaker.reserved: The label “ARTICLE” is missing"),
        (lambda c: c["layers"]["entities"].update(labels=[]), "x.json, layers.entities.labels: This is not a list of"),
        (lambda c: c["speakers"][2].update(kind="ghost"), "x.json, speakers[2].kind: “ghost” is none of person,"),
        (lambda c: c["speakers"][3].update(id="gov_iq"), "x.json, speakers[3].id: The id “gov_iq” is there twice."),
        (lambda c: c["speakers"][3].update(aliases=["بغداد"]), "x.json, speakers[3].aliases: The alias “بغداد” belon"),
    ],
)  # fmt: skip
def test_a_malformed_scheme_is_refused(change: Callable[[Any], object], words: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_scheme(changed(change), file="x.json")
    assert words in "\n".join(fault.full() for fault in refused.value.faults)


@pytest.mark.parametrize("source", [b"", b"{", b"[1]", b"NaN", b"\xff\xfe{", b"[" * 100_000])
def test_what_is_no_scheme_at_all_is_refused(source: bytes) -> None:
    with pytest.raises(Refused, match="x.json"):
        parse_scheme(source, file="x.json")


def test_every_fault_is_told_at_once() -> None:
    def change(content: Any) -> None:
        content.pop("name")
        label(content).update(ar="")
        content["speakers"][2].update(kind="ghost")

    with pytest.raises(Refused) as refused:
        parse_scheme(changed(change))
    paths = [fault.path for fault in refused.value.faults]
    assert paths == ["name", "layers.claim_type.labels[0].ar", "speakers[2].kind"]


def test_a_sentence_key_may_be_an_entity_key_too() -> None:
    scheme = parse_scheme(SOURCE)
    assert "KeyC" in {label.key for label in scheme.attributions} & {label.key for label in scheme.entity_labels}


def test_a_label_in_use_is_retired_and_an_unused_one_goes() -> None:
    old = parse_scheme(SOURCE)

    def change(content: Any) -> None:
        without("claim_type", "labels", "praise")(content)
        without("claim_type", "labels", "deny")(content)

    new = retire(old, parse_scheme(changed(change)), {"claim_type": {"deny", "fact"}})
    kept = {label.id: label for label in new.claim_types}
    assert "praise" not in kept
    assert (kept["deny"].retired, kept["deny"].key, kept["deny"].ar) == (True, None, "نفي ورفض")
    assert new.retired_labels() == [("claim_type", "deny")]


def test_nothing_in_use_nothing_retired() -> None:
    scheme = parse_scheme(SOURCE)
    assert retire(scheme, scheme, {"claim_type": {"fact"}}) is scheme
