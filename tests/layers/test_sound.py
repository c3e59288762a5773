"""Sound labels read quickly are those that the full reading gives; the faulty ones are left to it."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.errors import Refused
from annotator.layers import labels_json, parse_labels
from annotator.layers.answer import Labels, Speaker
from annotator.layers.sound import Sound
from tests.exports.zoo import SCHEME, labellings, texts

ODD = st.sampled_from([None, True, 0, 1, -1, 10**9, 1.0, "", "none", "ARTICLE", "nobody", [], {}, [None], ["x"]])


@st.composite
def spoilt(draw: Any, content: Any) -> Any:
    """The JSON with one value anywhere in it replaced."""
    inner = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    places = list(inner)
    if not places or draw(st.integers(0, 4)) == 0:
        return draw(ODD)
    key, value = draw(st.sampled_from(places))
    changed = content.copy()
    changed[key] = draw(spoilt(value))
    return changed


def _known(labels: Labels) -> dict[str, Speaker]:
    speakers = [s.speaker for s in labels.statements if s.speaker]
    return {s.id: Speaker(s.id, s.canonical, s.kind) for s in speakers}


@given(texts, st.data())
@settings(max_examples=150, deadline=None)
def test_what_is_read_quickly_is_what_is_read(text: str, drawn: st.DataObject) -> None:
    labels: Labels = drawn.draw(labellings(text, True))
    known, content = _known(labels), labels_json(labels, text)
    if drawn.draw(st.booleans()):
        content = drawn.draw(spoilt(content))
    found = Sound(SCHEME, known).labels(content, text) if isinstance(content, dict) else None
    try:
        whole = parse_labels(content, text=text, scheme=SCHEME, speakers=known, complete=True)
    except Refused:
        assert found is None
    else:
        assert found is None or found == whole


def test_an_ordinary_answer_is_read_quickly() -> None:
    text = "قال الوزير إن السد آمن."
    speakers = {"UNCLEAR": Speaker("UNCLEAR", "غير واضح", "other")}
    stance = {"target": SCHEME.targets[0].id, "value": next(v.id for v in SCHEME.stance_values if v.id != "none")}
    content = {
        "statements": [{"speaker": {"id": "UNCLEAR", "start": 4, "end": 10, "text": "الوزير"},
                        "attribution": next(a.id for a in SCHEME.attributions if a.id != "none"), "stance": stance,
                        "claim_type": SCHEME.claim_types[0].id}],
        "entities": [{"start": 14, "end": 18, "text": text[14:18], "label": SCHEME.entity_labels[0].id}],
    }  # fmt: skip
    assert Sound(SCHEME, speakers).labels(content, text) is not None
