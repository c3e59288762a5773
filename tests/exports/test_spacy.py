"""DocBin, read back by spaCy with an empty pipeline."""

from __future__ import annotations

import sys
from dataclasses import replace

import orjson
import pytest
from hypothesis import given, settings
from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab

from annotator.errors import Refused
from annotator.snapshot import CHOICES, Snapshot
from exports import spacy_docbin
from exports.flat import rows
from tests.exports.zoo import small, snapshots, views


def read(snapshot: Snapshot) -> list[Doc]:
    return list(DocBin().from_bytes(b"".join(spacy_docbin.write(snapshot))).get_docs(Vocab()))


@settings(max_examples=40, deadline=None)
@given(snapshot=snapshots())
def test_docs_hold_the_text_the_spans_and_the_labels(snapshot: Snapshot) -> None:
    expected = list(rows(snapshot))
    docs = read(snapshot)
    assert len(docs) == len(expected)
    for doc, row in zip(docs, expected, strict=True):
        assert doc.text == row["text"]
        spans = [{"start": span.start_char, "end": span.end_char, "text": span.text, "label": span.label_}
                 for span in doc.spans["entities"]]  # fmt: skip
        assert spans == row["entities"]
        assert [(ent.start_char, ent.end_char) for ent in doc.ents] == [(e["start"], e["end"]) for e in row["entities"]]
        assert doc.cats == {f"{layer}={row[layer]}": 1.0 for layer in CHOICES if row[layer] is not None}
        assert orjson.dumps(doc.user_data["isnad"]) == orjson.dumps(row)  # lists come back as tuples


def test_soft_labels_are_shares() -> None:
    (doc,) = read(views(small())["soft"])
    assert doc.cats["claim_type=announce"] == 1.0
    assert [span.label_ for span in doc.spans["entities"]] == ["ORG", "GPE"]


def test_entities_that_are_not_decided_are_missing_not_absent() -> None:
    told = views(small())
    (line, *_), gold = told["gold"].lines, []
    assert line.gold is not None
    for basis in ("unanimous", "none"):
        labels = replace(line.gold.labels, entities=())
        gold.append(replace(line, gold=replace(line.gold, labels=labels, basis={**line.gold.basis, "entities": basis})))
    none_there, undecided = read(replace(told["gold"], lines=gold))
    assert {token.ent_iob for token in none_there} == {2} and {token.ent_iob for token in undecided} == {0}
    assert {token.ent_iob for token in read(views(small())["soft"])[0]} == {0}


def test_without_spacy_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "spacy.tokens", None)
    with pytest.raises(Refused, match="pip install spacy"):
        spacy_docbin.write(small())
