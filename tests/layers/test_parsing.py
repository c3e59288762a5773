"""Answers: what is sound is kept exactly, and every fault is told with its path."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.errors import Refused
from annotator.layers import labels_json, parse_labels, speaker_ids
from annotator.layers.answer import Entity, Labels, Speaker, Stance, Statement
from tests.exports.zoo import SCHEME, labellings, texts

TEXT = "قالت 😀 الوزارة إن بغداد ترحب."
KNOWN = {key: Speaker(key, f"name of {key}", "organisation") for key in ("ARTICLE", "UNCLEAR", "mofa_iq")}


def payload() -> dict[str, Any]:
    return {
        "statements": [
            {"speaker": {"id": "mofa_iq", "start": 7, "end": 14, "text": "الوزارة"}, "attribution": "indirect",
             "stance": {"target": "talks", "value": "favor"}, "claim_type": "announce"}
        ],
        "entities": [{"start": 18, "end": 23, "start_utf16": 19, "end_utf16": 24, "text": "بغداد", "label": "GPE"},
                     {"start": 7, "end": 14, "label": "ORG"}],
    }  # fmt: skip


def parse(found: object, *, complete: bool = True) -> Labels:
    return parse_labels(found, text=TEXT, scheme=SCHEME, speakers=KNOWN, complete=complete)


def faults(found: object, *, complete: bool = True) -> list[str]:
    with pytest.raises(Refused) as refused:
        parse(found, complete=complete)
    return [fault.full() for fault in refused.value.faults]


def test_a_whole_answer() -> None:
    assert parse(payload()) == Labels(
        (Statement(Speaker("mofa_iq", "name of mofa_iq", "organisation", 7, 14, "الوزارة"), "indirect",
                   Stance("talks", "favor"), "announce"),),
        (Entity(7, 14, "الوزارة", "ORG"), Entity(18, 23, "بغداد", "GPE")),
    )  # fmt: skip


def row(found: Any) -> Any:
    return found["statements"][0]


def speaker(found: Any) -> Any:
    return row(found)["speaker"]


def mark(found: Any) -> Any:
    return found["entities"][0]


UNSOUND = [
    (lambda p: p.update(statements=5), "statements: “5” is not a list."),
    (lambda p: p.update(statements=[5]), "statements[0]: “5” is not an object."),
    (lambda p: row(p).update(claim_type="shout"), "statements[0].claim_type: “shout” is none of fact, announce,"),
    (lambda p: row(p).update(claim_type=["fact"]), "statements[0].claim_type: “['fact']” is none of"),
    (lambda p: row(p).update(attribution="none"), "statements[0].attribution: Attribution none belongs"),
    (lambda p: row(p).update(speaker={"id": "ARTICLE"}), "statements[0].attribution: Attribution none belongs"),
    (lambda p: row(p)["stance"].update(target=None), "statements[0].stance: Stance none means"),
    (lambda p: row(p)["stance"].update(value="none"), "statements[0].stance: Stance none means"),
    (lambda p: row(p)["stance"].update(target="mars"), "statements[0].stance.target: “mars” is none of talks, attack"),
    (lambda p: row(p).update(stance="favor"), "statements[0].stance: “favor” is not an object."),
    (lambda p: speaker(p).update(id="nobody"), "statements[0].speaker.id: “nobody” is no speaker of this project."),
    (lambda p: row(p).update(speaker="x"), "statements[0].speaker.id: A speaker is an object"),
    (lambda p: speaker(p).update(text="وزارة"), "statements[0].speaker.text: The text at 7–14 is “الوزارة”, not"),
    (lambda p: speaker(p).update(start=None, end=None), "statements[0].speaker.start: “None” is not a whole number"),
    (lambda p: speaker(p).update(end=None), "statements[0].speaker.end: “None” is not a whole number"),
    (lambda p: mark(p).update(start=True), "entities[0].start: “True” is not a whole number of characters."),
    (lambda p: mark(p).update(start=18.0), "entities[0].start: “18.0” is not a whole number of characters."),
    (lambda p: mark(p).update(start="18"), "entities[0].start: “18” is not a whole number of characters."),
    (lambda p: mark(p).update(start=-1), "entities[0].start: The span -1–23 does not lie within the 29 characters"),
    (lambda p: mark(p).update(end=30), "entities[0].end: The span 18–30 does not lie within the 29 characters"),
    (lambda p: mark(p).update(end=18), "entities[0].end: The span 18–18 does not lie within the 29 characters"),
    (lambda p: mark(p).update(end=10**30), "entities[0].end: The span 18–1000"),
    (lambda p: mark(p).update(text="بغذاد"), "they first differ at character 2"),
    (lambda p: mark(p).update(start=19, end=24), "The offsets look like UTF-16 units"),
    (lambda p: mark(p).update(end_utf16=23), "entities[0].end_utf16: 23 is not the UTF-16 offset of code point 23; t"),
    (lambda p: mark(p).update(label="PLANET"), "entities[0].label: “PLANET” is none of PERS,"),
    (lambda p: mark(p).pop("label"), "entities[0].label: This is not answered."),
    (lambda p: p["entities"].append({"start": 18, "end": 23, "label": "LOC"}), "is marked twice, as GPE and as LOC."),
    (lambda p: p["entities"].append({"start": 18, "end": 23, "label": "GPE"}), "is marked twice, as GPE and as GPE."),
    (lambda p: p["entities"].append({"start": 10, "end": 20, "label": "LOC"}), "crosses"),
]  # fmt: skip


@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.parametrize(("change", "words"), UNSOUND)
def test_unsound_answers_are_refused_in_drafts_too(change: Callable[[Any], object], words: str, complete: bool) -> None:
    found = payload()
    change(found)
    assert words in "\n".join(faults(found, complete=complete))


@pytest.mark.parametrize("missing", ["speaker", "attribution", "stance", "claim_type"])
def test_only_a_submitted_answer_needs_every_layer(missing: str) -> None:
    found = payload()
    del row(found)[missing]
    assert faults(found) == [f"statements[0].{missing}: This is not answered."]
    assert len(parse(found, complete=False).statements) == 1


def test_a_submitted_answer_needs_its_primary_statement() -> None:
    assert faults({}) == ["statements: A submitted answer needs its primary statement."]
    assert parse({}, complete=False) == Labels()


def test_every_fault_is_told_at_once() -> None:
    found = payload()
    row(found)["claim_type"] = "shout"
    mark(found)["start"] = True
    assert len(faults(found)) == 2


@pytest.mark.parametrize("found", [None, [], "x", 5])
def test_no_object_no_labels(found: object) -> None:
    assert "is not an object" in faults(found)[0]


def test_nested_spans_of_other_types_are_sound() -> None:
    found = payload()
    found["entities"].append({"start": 7, "end": 23, "label": "EVENT"})
    assert [entity.label for entity in parse(found).entities] == ["EVENT", "ORG", "GPE"]


@given(st.data())
def test_labels_survive_their_json(data: st.DataObject) -> None:
    text = data.draw(texts)
    labels = data.draw(labellings(text, True))
    known = {s.speaker.id: s.speaker for s in labels.statements if s.speaker}
    found = labels_json(labels, text)
    again = parse_labels(found, text=text, scheme=SCHEME, speakers=known, complete=True)
    assert again.entities == labels.entities
    assert labels_json(again, text)["entities"] == found["entities"]
    assert [s.claim_type for s in again.statements] == [s.claim_type for s in labels.statements]
    assert speaker_ids(found) == set(known)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=3),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
                        st.sampled_from(["statements", "entities", "speaker", "id", "start", "end", "stance", "label"]),
                        inner, max_size=4), max_leaves=12))  # fmt: skip
def test_no_json_does_more_than_be_refused(found: object) -> None:
    speaker_ids(found)
    try:
        parse(found)
    except Refused as refused:
        assert refused.faults
