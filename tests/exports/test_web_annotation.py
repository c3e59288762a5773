"""W3C Web Annotation: the model's required terms, and offsets within the document that quote what they select."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings

from annotator.snapshot import Snapshot
from exports import web_annotation
from tests.exports.zoo import small, snapshots, views


def page(snapshot: Snapshot) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(b"".join(web_annotation.write(snapshot)))
    return found


def test_the_page_is_of_the_model() -> None:
    found = page(small())
    assert found["@context"][0] == "http://www.w3.org/ns/anno.jsonld"
    assert found["type"] == "AnnotationPage"
    assert [item["motivation"] for item in found["items"]] == [
        "classifying", "identifying", "classifying", "tagging", "tagging", "assessing",
    ]  # fmt: skip
    assert {item["creator"]["email"] for item in found["items"]} == {
        "mailto:amal@example.org", "mailto:badr@example.org",
    }  # fmt: skip
    assert found["items"][-1]["isnad:skip_reason"] == "not a sentence"


def test_gold_names_who_or_what_made_it() -> None:
    items = page(views(small())["gold"])["items"]
    assert {item["generator"]["name"] for item in items} == {"isnad"}
    assert items[0]["isnad:basis"]["speaker"] == "single"


@settings(max_examples=40, deadline=None)
@given(snapshot=snapshots())
def test_selectors_quote_what_they_select(snapshot: Snapshot) -> None:
    lines = {line.id: line for line in snapshot.lines}
    items = page(snapshot)["items"]
    assert len({item["id"] for item in items}) == len(items)
    for item in items:
        line = lines[item["target"]["isnad:sentence"]]
        place, words = item["target"]["selector"]
        start, end = place["start"] - line.start, place["end"] - line.start
        assert line.text[start:end] == words["exact"]
        assert line.text[:start].endswith(words["prefix"])
        assert line.text[end:].startswith(words["suffix"])
    tags = [(item["target"]["isnad:sentence"], item["target"]["selector"][0]["start"], item["body"][0]["value"])
            for item in items if item["motivation"] == "tagging"]  # fmt: skip
    assert tags == [(line.id, line.start + entity.start, entity.label) for line in lines.values()
                    for answer in line.annotations for entity in answer.labels.entities]  # fmt: skip


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib uses it itself
def test_rdf_reads_it_as_linked_data() -> None:
    """With the terms of the model given locally: the context on the web is not fetched."""
    from rdflib import Graph, URIRef

    found = page(small())
    local = {"oa": "http://www.w3.org/ns/oa#", "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
             "as": "http://www.w3.org/ns/activitystreams#", "id": "@id", "type": "@type",
             "exact": "oa:exact", "selector": {"@id": "oa:hasSelector", "@type": "@id"},
             "target": {"@id": "oa:hasTarget", "@type": "@id"}, "items": "as:items",
             "TextQuoteSelector": "oa:TextQuoteSelector"}  # fmt: skip
    graph = Graph().parse(data=json.dumps({**found, "@context": [local, found["@context"][1]]}), format="json-ld")
    quoted = {str(value) for value in graph.objects(None, URIRef("http://www.w3.org/ns/oa#exact"))}
    assert {"الوزارة", "بغداد"} <= quoted
