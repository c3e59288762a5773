"""The sentences of a speaker and the own figures: one's own answers, never anybody else's."""

from __future__ import annotations

from typing import Any

from tests import make

SALEM = {"id": "s-1", "canonical": "سالم", "kind": "person"}


def save(web: make.Web, sentence: int, speaker: dict[str, str] | None, **more: object) -> None:
    of = {"id": speaker["id"]} if speaker else {"id": "ARTICLE"}
    statement = {
        "speaker": of, "attribution": "indirect" if speaker else "none", "stance": {"target": None, "value": "none"},
        "claim_type": "fact",
    }  # fmt: skip
    body = {"labels": {"statements": [statement], "entities": []}, "state": "submitted", **more}
    headers = {"If-Match": '"0"', "X-CSRF-Token": web.token}
    answer = web.client.put(f"/api/v1/sentences/{sentence}/annotation", json=body, headers=headers)
    assert answer.status_code == 200, answer.text


def sentences(web: make.Web, project: int, entry: str, query: str = "") -> Any:
    return web.client.get(f"/api/v1/projects/{project}/speakers/{entry}/sentences{query}")


def test_one_sees_the_own_sentences_of_a_speaker_and_nobody_elses(place_anywhere: make.Place) -> None:
    place = place_anywhere
    annotator, lead = place.web("annotator"), place.web("lead")
    save(annotator, place.sentences[1], SALEM, speakers=[SALEM])
    save(annotator, place.sentences[3], SALEM)
    save(lead, place.sentences[0], SALEM)
    told = sentences(annotator, place.project, "s-1").json
    assert told["speaker"] == {"id": "s-1", "canonical": "سالم"} and told["next"] is None
    assert [line["id"] for line in told["sentences"]] == [place.sentences[3], place.sentences[1]]
    assert told["sentences"][0]["stance"] == {"target": None, "value": "none"}
    assert [line["id"] for line in sentences(lead, place.project, "s-1").json["sentences"]] == [place.sentences[0]]
    assert sentences(place.web("adjudicator"), place.project, "s-1").json["sentences"] == []
    assert len(sentences(annotator, place.project, "s-1", "?cursor=1").json["sentences"]) == 0
    assert sentences(annotator, place.project, "s-1", "?cursor=x").status_code == 422
    assert sentences(annotator, place.project, "nobody").status_code == 404
    assert sentences(place.web("outsider"), place.project, "s-1").status_code == 404


def test_the_units_of_a_document_tell_ones_own_labels_and_nobody_elses(place_anywhere: make.Place) -> None:
    place = place_anywhere
    annotator, lead = place.web("annotator"), place.web("lead")
    save(annotator, place.sentences[1], SALEM, speakers=[SALEM])
    save(lead, place.sentences[0], SALEM)
    units = annotator.client.get(f"/api/v1/documents/{place.document}").json["sentences"]
    told = {unit["id"]: (unit["mine"], unit["labels"]) for unit in units}
    assert told[place.sentences[0]] == (None, None)
    assert told[place.sentences[1]] == (
        "submitted", {"speaker": "s-1", "name": "سالم", "target": None, "stance": "none", "claim_type": "fact"},
    )  # fmt: skip


def test_the_own_figures(place_anywhere: make.Place) -> None:
    place = place_anywhere
    web = place.web("annotator")
    address = f"/api/v1/projects/{place.project}/mine/statistics"
    empty = web.client.get(address).json
    assert (empty["answers"], empty["per_hour"], empty["events"]["median"]) == (0, None, None)
    for n, sentence in enumerate(place.sentences[:3], 1):
        told = {"events": 5 * n, "layer_ms": {"stance": 1000 * n}, "taken": [{"layer": "entities", "outcome": "kept"}]}
        save(web, sentence, None, active_ms=10_000 * n, provenance=told)
    save(web, place.sentences[3], None, provenance={"events": "many", "layer_ms": [1], "taken": {"a": 1}})
    told = web.client.get(address).json
    assert told["answers"] == 4 and told["per_hour"] == 180.0
    assert told["events"] == {"median": 10, "tenth": 5, "ninetieth": 15}
    assert told["layer_ms"] == {"stance": {"median": 2000, "tenth": 1000, "ninetieth": 3000}}
    assert told["suggestions"] == {"kept": 3}
    assert place.web("lead").client.get(address).json["answers"] == 0
