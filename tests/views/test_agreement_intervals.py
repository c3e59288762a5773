"""One interval of one figure: the whole layer, its only outlet, the command and the API say the same."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from annotator import folding
from annotator.actions.importing import ImportOptions, import_file
from annotator.agreement.report import HEADLINES
from annotator.agreement.selection import Selection
from annotator.models import Annotation, Document, Event, Project, Sentence
from annotator.permissions import OPERATOR
from annotator.queries import agreement_parts
from annotator.views import agreement_reading
from tests import make
from tests.views.agreement import Tables, lead

ARTICLE = {"id": "ARTICLE", "canonical": "صوت المقال", "kind": "article", "start": None, "end": None, "text": None}
UNCLEAR = {"id": "UNCLEAR", "canonical": "غير واضح", "kind": "unclear", "start": None, "end": None, "text": None}


def _labels(draw: random.Random, text: str) -> dict[str, Any]:
    target, speaker = draw.choice([None, "other"]), draw.choice([ARTICLE, UNCLEAR])
    return {
        "entities": [{"start": 0, "end": 4, "text": text[:4], "label": draw.choice(["ORG", "PERS"])}],
        "statements": [{
            "speaker": speaker, "attribution": "none" if speaker is ARTICLE else "direct",
            "stance": {"target": target, "value": "none" if target is None else draw.choice(["favor", "against"])},
            "claim_type": draw.choice(["fact", "deny", "predict"]),
        }],
    }  # fmt: skip


def project_of(app: Flask, articles: int, sentences: int, seed: int = 1) -> int:
    """A project of one outlet, whose sentences two people answered, the second mostly as the first."""
    project = make.project(app, text=None)
    make.person(app, "boss", project=project, role="lead")
    for name in ("amal", "badr"):
        make.person(app, name, project=project, role="annotator")
    draw, lines = random.Random(seed), []
    for article in range(articles):
        alike = draw.choice([0.4, 0.95])
        for n in range(sentences):
            text = f"أعلن المجلس أمرا آخر رقمه {article} و{n} اليوم."
            first = _labels(draw, text)
            second = first if draw.random() < alike else _labels(draw, text)
            lines.append({
                "format": "isnad/1", "kind": "sentence", "text": text, "start": 100 * n, "end": 100 * n + len(text),
                "document": {"file": f"{article:02}.txt", "outlet": "الفنار", "event": "خطة", "language": "ar"},
                "annotations": [{"annotator": f"{who}@example.org", "state": "submitted", "labels": labels}
                                for who, labels in (("amal", first), ("badr", second))],
            })  # fmt: skip
    raw = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
    with make.database(app).write() as session:
        import_file(session, OPERATOR, session.get_one(Project, project), raw,
                    ImportOptions(name="x.jsonl", format="jsonl", new_speakers=True))  # fmt: skip
    return project


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setattr(agreement_reading, "WAIT", 60.0)
    yield make.app(tmp_path)
    make.close_all()


def test_the_only_outlet_has_the_interval_of_the_whole_layer(app: Flask) -> None:
    project = project_of(app, 12, 5)
    told = folding.figures(make.database(app), project)
    assert {**told["interval"], "computed_at": ""} == {
        "method": "articles", "units": 12, "way": "jackknife", "draws": 0, "seed": 19790101, "computed_at": "",
        "current": True, "too_narrow": True, "held": 0.93, "reason": None,
    }  # fmt: skip
    with make.database(app).read() as session:
        for layer, own in told["layers"].items():
            grouped = agreement_parts.grouped(session, project, layer, copies=True)
            slices = agreement_parts.slices(session, project, "outlet", layer, copies=True)
            [row] = agreement_reading.lines(slices, layer, "outlet", grouped)
            head = own[HEADLINES[layer]]
            assert row.figure == pytest.approx(head, nan_ok=True) if head["value"] is not None else row.figure == head
            assert head.get("low") is not None or layer in ("stance_where_same_target", "extra_statements"), layer
    claims = told["layers"]["claim_type"]["alpha"]
    shown = f"{claims['value']:.2f}</strong> <span class=\"interval\">[{claims['low']:.2f}, {claims['high']:.2f}]"
    page = lead(app).get(f"/projects/{project}/agreement/layers/claim_type").text
    assert page.count(shown) >= 3  # the layer, its outlet, its event
    assert "each of 12 articles left out in turn" in page
    assert "intervals from 12 articles held the true value in some 93% instead of 95%. Read them as too" in page
    command = app.test_cli_runner().invoke(args=["agreement", "--project", "تجربة"]).output
    assert command.startswith(
        "intervals: 95 %, each of 12 articles left out in turn; in simulations, those of so few articles held the true "
        "value in 93%: too narrow\nspeaker: alpha "
    )
    answered = lead(app).get(f"/api/v1/projects/{project}/agreement").json
    assert answered["layers"] == told["layers"] and answered["interval"] == told["interval"]


def test_one_article_has_one_interval_too(app: Flask) -> None:
    """By its sentences, in whatever table it stands; and the page says for what it holds."""
    project = project_of(app, 2, 12)
    database = make.database(app)
    with database.read() as session:
        document = session.scalars(select(Document.id).order_by(Document.id)).first()
    told = folding.figures(database, project, Selection(document=document))
    with database.read() as session:
        found, _ = agreement_parts.documents(session, project, Selection())
    assert (told["interval"]["method"], told["interval"]["units"], told["interval"]["held"]) == ("sentences", 12, None)
    for layer in ("stance_target", "stance", "claim_type"):
        [row, _] = agreement_reading.document_lines(found, layer)
        assert row.figure == pytest.approx(told["layers"][layer]["alpha"]) and row.figure["low"] is not None
    page = lead(app).get(f"/projects/{project}/agreement/layers/stance?document=00.txt").text
    assert "All shared sentences are of one article: the intervals (95%, from its 12 sentences, computed" in page
    assert "say how sure the figures are for this article, and nothing about others." in page


@pytest.mark.parametrize(("articles", "page_tells", "sheet_tells"), [
    (3, "No intervals: 3 articles are too few to tell how sure a figure is.",
     "No figure has an interval: 3 articles would tell too little. `agreement.json` holds"),
    (8, "instead of 95%. Read them as too narrow.",
     "from 8 articles. In simulations those of so few articles held the true value in 93 %. `agreement.json`"),
])  # fmt: skip
def test_a_release_tells_how_far_its_intervals_hold(
    app: Flask, articles: int, page_tells: str, sheet_tells: str
) -> None:
    """Its page and its data sheet are what reviewers see: before, both promised an interval of 95 % and no more."""
    project = project_of(app, articles, 5)
    assert app.test_cli_runner().invoke(args=["release", "add", "v1", "--project", "تجربة"]).exit_code == 0
    web, own = lead(app), f"/projects/{project}/releases/v1"
    page = web.get(own).text
    assert page_tells in page and ("95% interval" in page) == (articles > 4)
    assert sheet_tells in web.get(f"{own}/files/README.md").text
    heads = {row[0] for row in (table[0] for table in Tables(page).found)}
    assert "label" in heads and "Label" not in heads


def test_a_part_says_of_how_few_articles_it_is(app: Flask) -> None:
    """Beside parts of many articles one of a single article would look the surest: its interval is of sentences."""
    project, database = project_of(app, 8, 12), make.database(app)
    with database.write() as session:
        early, *others = session.scalars(select(Document).order_by(Document.id)).all()[:3]
        early.event_id, second = _event(session, project, "واحد"), _event(session, project, "اثنان")
        for document in others:
            document.event_id = second
        session.execute(
            update(Annotation).values(updated_at="2026-01-05T10:00:00.000000Z")
            .where(Annotation.sentence_id.in_(select(Sentence.id).where(Sentence.document_id == early.id)))
        )  # fmt: skip
    folding.recount(database, project)
    page = lead(app).get(f"/projects/{project}/agreement/layers/stance").text
    [events, weeks] = [one[1:] for one in Tables(page).found if one[0][0] in ("Event", "Week")][::-1]
    figure, interval = r"-?\d\.\d\d", r" \[-?\d\.\d\d, -?\d\.\d\d\]"
    wanted = {"واحد": f"{figure}{interval} 1 article", "اثنان": f"{figure} 2 articles", "خطة": figure + interval}
    assert {row[0] for row in events} == set(wanted)
    assert all(re.fullmatch(wanted[row[0]], row[1]) for row in events), events
    assert [bool(re.fullmatch(f"{figure}{interval} 1 article", row[1])) for row in weeks] == [True, False]
    drawn = lead(app).get(f"/projects/{project}/agreement/plots/trend.svg?layer=stance").text
    assert drawn.count('stroke-width="3"') == 1, drawn


def _event(session: Session, project: int, name: str) -> int:
    event = Event(project_id=project, name=name)
    session.add(event)
    session.flush()
    return event.id


def test_more_articles_than_are_left_out_one_by_one_are_drawn(app: Flask) -> None:
    project = project_of(app, 120, 3)
    told = folding.figures(make.database(app), project)
    assert {name: told["interval"][name] for name in ("way", "draws", "held", "too_narrow", "reason")} == {
        "way": "bootstrap", "draws": 1000, "held": 0.94, "too_narrow": True, "reason": None
    }  # fmt: skip
    page = lead(app).get(f"/projects/{project}/agreement").text
    assert "1,000 draws of 120 articles" in page and "in simulations they held the true value in some 94%" in page
    with make.database(app).read() as session:
        grouped = agreement_parts.grouped(session, project, "claim_type", copies=True)
        slices = agreement_parts.slices(session, project, "outlet", "claim_type", copies=True)
    [row] = agreement_reading.lines(slices, "claim_type", "outlet", grouped)
    head = told["layers"]["claim_type"]["alpha"]
    assert (row.figure["low"], row.figure["high"]) == pytest.approx((head["low"], head["high"]), abs=0.03)


def test_no_plan_from_fewer_than_ten_articles(app: Flask) -> None:
    few = project_of(app, 9, 5)
    assert "cannot be said yet" in lead(app).get(f"/projects/{few}/agreement").text
