"""What an export holds and leaves out, told before it is made: the same as the export itself counts."""

from __future__ import annotations

from collections import deque

import pytest
from werkzeug.test import TestResponse

from annotator.actions.labelling import save
from annotator.models import Decision, Project
from annotator.queries import exporting
from annotator.snapshot import LABELLED, REASONS
from tests import make
from tests.views.api import authorised

ROW = {"speaker": {"id": "UNCLEAR"}, "attribution": "direct", "stance": {"target": None, "value": "none"},
       "claim_type": "fact"}  # fmt: skip
OTHER = {"speaker": {"id": "ARTICLE"}, "attribution": "none", "stance": {"target": "other", "value": "against"},
         "claim_type": "deny"}  # fmt: skip


@pytest.fixture
def answered(place: make.Place) -> make.Place:
    """Of five sentences: agreed, disagreed in everything, a draft, a skip, and a decision without any answer."""
    database = make.database(place.app)

    def put(who: str, sentence: int, row: object = None, marks: str = "", **body: object) -> None:
        entities = [{"start": 0, "end": len(marks), "text": marks, "label": "PERS"}] if marks else []
        labels = {"statements": [row] if row else [], "entities": entities}
        with database.write() as session:
            save(session, place.people[who], sentence, {"labels": labels, **body}, base_version=0, key=None)

    first, second, third, fourth, fifth = place.sentences
    for who in ("annotator", "adjudicator"):
        put(who, first, ROW)
        put(who, second, *((ROW, "وقال") if who == "annotator" else (OTHER, "")))
    put("annotator", third, state="draft")
    put("annotator", fourth, state="skipped", skip_reason="unclear")
    with database.write() as session:
        labels = {"statements": [{**ROW, "speaker": None}], "entities": []}
        session.add(Decision(sentence_id=fifth, person_id=place.people["lead"].id, labels=labels))
    return place


def counted(place: make.Place, query: str = "", who: str = "viewer") -> TestResponse:
    client = place.app.test_client()
    return client.get(f"/api/v1/projects/{place.project}/export/counts{query}", headers=authorised(place, who, "read"))


@pytest.mark.parametrize(
    ("what", "labelled", "reasons"),
    [
        ("annotations", 2, {"draft only": 1, "skipped": 1, "never answered": 1}),
        ("gold", 2, {"draft only": 1, "skipped": 1, "no majority": 1}),
        ("soft", 2, {"draft only": 1, "skipped": 1, "never answered": 1}),
    ],
)
def test_counts_are_those_of_the_export(
    answered: make.Place, what: str, labelled: int, reasons: dict[str, int]
) -> None:
    told = counted(answered, f"?what={what}").get_json()
    left_out = {**dict.fromkeys(REASONS, 0), **reasons}
    assert told == {"what": what, "units": 5, "labelled": labelled, "left_out": left_out}
    assert told["labelled"] + sum(told["left_out"].values()) == told["units"]
    with make.database(answered.app).snapshot() as session:
        taken = exporting.take(session, session.get_one(Project, answered.project), what)
        deque(taken.lines, maxlen=0)
        assert taken.left_out == {LABELLED: labelled, **reasons}
    rows = answered.app.test_client().get(
        f"/api/v1/projects/{answered.project}/export?format=jsonl-flat&what={what}",
        headers=authorised(answered, "viewer", "read"), buffered=True,
    ).data.splitlines()  # fmt: skip
    assert len(rows) == (4 if what == "annotations" else labelled)


def test_they_are_of_now_and_of_a_release(answered: make.Place) -> None:
    web = answered.web("lead")
    assert counted(answered).get_json()["units"] == 5
    assert web.post(f"/projects/{answered.project}/releases", {"name": "v1"}).status_code == 303
    while web.get(f"/projects/{answered.project}/releases/v1/making").status_code == 200:
        continue
    with make.database(answered.app).write() as session:
        actor = answered.people["adjudicator"]
        labels = {"statements": [ROW], "entities": []}
        save(session, actor, answered.sentences[2], {"labels": labels}, base_version=0, key=None)
    assert counted(answered).get_json()["labelled"] == 3
    assert counted(answered, "?release=v1").get_json()["labelled"] == 2
    assert counted(answered, "?release=v1&what=gold").get_json()["left_out"]["no majority"] == 1


def test_who_may_ask_and_for_what(answered: make.Place) -> None:
    asked = {who: counted(answered, who=who).status_code for who in ("lead", "adjudicator", "viewer", "annotator")}
    assert asked == {"lead": 200, "adjudicator": 200, "viewer": 200, "annotator": 403}
    assert counted(answered, who="outsider").status_code == 404
    address = f"/api/v1/projects/{answered.project}/export/counts"
    assert answered.app.test_client().get(address).status_code == 401
    assert "“x” is none of annotations, gold, soft." in counted(answered, "?what=x").text
    assert counted(answered, "?release=v9").status_code == 404


def test_what_takes_long_says_when_to_ask_again(answered: make.Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotator.views.api_export.COUNTING", 0)
    monkeypatch.setattr("annotator.views.projects.WAIT", 0)
    first = counted(answered)
    if first.status_code == 503:  # else it was quicker than nothing
        assert first.headers["Retry-After"] == "5" and "This is being counted." in first.text
    while counted(answered).status_code == 503:
        continue
    assert answered.web("viewer").get(f"/projects/{answered.project}/downloads").status_code == 200


def test_the_page_tells_it_before_a_download(answered: make.Place) -> None:
    for who, status in (("lead", 200), ("viewer", 200), ("annotator", 403), ("outsider", 404)):
        assert answered.web(who).get(f"/projects/{answered.project}/downloads").status_code == status
    page = answered.web("viewer").get(f"/projects/{answered.project}/downloads").text
    assert "without: no majority in any layer" in page and "without: nobody has answered" in page
    assert f"/api/v1/projects/{answered.project}/export?format=jsonl&amp;what=gold" in page
    assert f"/projects/{answered.project}/downloads" in answered.web("viewer").get(f"/projects/{answered.project}").text
