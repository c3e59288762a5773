"""Plots and tables of the pages of agreement, what they wait for, and what they are counted from."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from annotator import folding
from annotator.actions.importing import ImportOptions, import_file
from annotator.agreement.annotators import leave_one_out
from annotator.agreement.selection import Selection
from annotator.agreement.sums import SIZE
from annotator.agreement.team import members
from annotator.models import Annotation, Decision, Person, Project, Span, StatementRow
from annotator.permissions import OPERATOR
from annotator.queries import agreement_parts, agreement_sentences
from annotator.views import agreement_reading, agreement_team
from annotator.views.agreement_files import plain
from tests import make
from tests.views.agreement import PAGE, Tables, lead, seeded


def test_plots_follow_theme_and_language(demo: Flask) -> None:
    web = lead(demo)
    drawn = {
        name: web.get(f"{PAGE}/plots/{name}")
        for name in ("layers.svg?theme=light", "layers.svg?theme=dark", "labels.svg?layer=stance",
                     "trend.svg?layer=stance", "layers.svg?narrow=1")
    }  # fmt: skip
    assert {answer.mimetype for answer in drawn.values()} == {"image/svg+xml"}
    assert len({answer.data for answer in drawn.values()}) == 5
    assert "Claim type" in drawn["layers.svg?theme=light"].text
    known = {"If-None-Match": drawn["layers.svg?theme=light"].headers["ETag"]}
    assert web.get(f"{PAGE}/plots/layers.svg?theme=light", headers=known).status_code == 304
    web.post("/language", {"language": "ar"})
    assert "نوع الادعاء" in web.get(f"{PAGE}/plots/layers.svg?theme=light").text
    assert web.get(f"{PAGE}/plots/pie.svg").status_code == web.get(f"{PAGE}/tables/pie.csv").status_code == 404


@pytest.mark.parametrize(
    "table",
    ["layers", "labels", "pairs", "confusion", "week", "outlet", "event", "guideline", "seen", "documents",
     "annotators"],
)  # fmt: skip
def test_every_table_is_there_as_csv(demo: Flask, table: str) -> None:
    answer = lead(demo).get(f"{PAGE}/tables/{table}.csv?layer=claim_type")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert answer.status_code == 200 and len(rows) > 1 and {len(row) for row in rows} == {len(rows[0])}
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_csv_file_holds_no_formula() -> None:
    cells = [plain(cell) for cell in ("=1+1", "+2", "-3", "@A1", "\tx", "وكالة", -0.5, None)]
    assert cells == ["'=1+1", "'+2", "'-3", "'@A1", "'\tx", "وكالة", -0.5, ""]


def test_a_page_does_not_wait_for_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agreement_reading, "WAIT", 0.0)
    web = lead(seeded(tmp_path))
    page = web.get(PAGE).text
    assert "Newer answers are being counted." in page
    assert "Being counted" in web.get(f"{PAGE}?seen=0&week=2026-W01").text
    answer = web.get(f"{PAGE}/plots/layers.svg?seen=0&week=2026-W02")
    assert answer.status_code == 503 and "Retry-After" in answer.headers
    monkeypatch.setattr(agreement_reading, "WAIT", 60.0)
    assert "Newer answers are being counted." not in web.get(PAGE).text
    make.close_all()


def test_an_annotator_sees_no_figure(demo: Flask) -> None:
    person = make.person(demo, "worker", project=1, role="annotator")
    web = make.web(demo, person)
    assert [web.get(f"{PAGE}{path}").status_code for path in ("", "/annotators", "/plots/layers.svg")] == [403] * 3
    assert "/agreement" not in web.get("/projects/1").text


def test_slices_add_up_to_the_whole(demo: Flask) -> None:
    """All sentences of the demo project are of one outlet: its line is the layer's own, for every layer.

    So are the groups of its articles, from which its interval comes.
    """
    layers = folding.figures(make.database(demo), 1)["layers"]
    with make.database(demo).read() as session:
        for layer, own in layers.items():
            grouped = agreement_parts.grouped(session, 1, layer, copies=True)
            slices = agreement_parts.slices(session, 1, "outlet", layer, copies=True)
            rows = agreement_reading.lines(slices, layer, "outlet", grouped)
            head = own["alpha" if "alpha" in own else "exact_f1"]["value"]
            assert [(row.n, row.figure["value"]) for row in rows] == [(own["n_sentences"], pytest.approx(head))]
            [whole], groups = slices, grouped["outlet", slices[0].key]
            assert groups.size == 2 and rows[0].figure["low"] is None  # too few articles
            counts = {part.name: part.whole() for part in groups.parts}
            counted = {name: own for name, own in whole.parts.items() if name != SIZE}
            assert _plain(counts) == _plain(counted)


def _plain(parts: Mapping[str, Mapping[str, Mapping[str, int]]]) -> Any:
    return {name: {group: dict(cells) for group, cells in own.items()} for name, own in parts.items()}


def test_the_team_is_counted_as_elsewhere(demo: Flask) -> None:
    """Agreement with the others is that of the one function for it; decisions are compared by label."""
    labels = {"speaker": {"id": "ARTICLE"}, "attribution": "none", "stance": {"target": None, "value": "none"}}
    with make.database(demo).write() as session:
        wanted = session.execute(
            select(Annotation.sentence_id, Annotation.person_id, StatementRow.claim_type)
            .join(StatementRow, StatementRow.annotation_id == Annotation.id)
            .join(Person, Person.id == Annotation.person_id)
            .where(Person.email == "amal@example.org", StatementRow.n == 1)
        ).all()
        for sentence, person, claim in wanted:
            decided = {"statements": [{**labels, "claim_type": claim}], "entities": []}
            session.add(Decision(sentence_id=sentence, person_id=person, labels=decided))
    with make.database(demo).read() as session:
        votes = agreement_sentences.votes(session, 1, "claim_type")
    with demo.test_request_context():
        team = agreement_team.team(1, "claim_type", Selection())
    assert team is not None
    elsewhere = {person: leave_one_out(one.standing).as_json() for person, one in members(votes).items()}
    assert {one.id: one.figure for one in team.members} == elsewhere
    amal, badr = sorted(team.members, key=lambda one: one.email)
    assert (amal.gold["value"], amal.n_gold, badr.gold["value"], badr.n_gold) == (1.0, len(wanted), 0.7, 20)
    page = lead(demo).get(f"{PAGE}/annotators/{badr.id}?layer=claim_type").text
    assert "Against gold" in page and "0.70" in page


def test_on_entities_gold_is_compared_span_by_span(demo: Flask) -> None:
    """Decided as Amal marked: she agrees wholly, and Badr as far as the two agree."""
    with make.database(demo).write() as session:
        answers = session.scalars(
            select(Annotation).join(Person, Person.id == Annotation.person_id).where(Person.email == "amal@example.org")
        ).all()
        for one in answers:
            spans = session.execute(select(Span.start, Span.end, Span.label).where(Span.annotation_id == one.id))
            entities = [{"start": start, "end": end, "label": label} for start, end, label in spans]
            decided = {"statements": [], "entities": entities}
            session.add(Decision(sentence_id=one.sentence_id, person_id=one.person_id, labels=decided))
    with demo.test_request_context():
        team = agreement_team.team(1, "entities", Selection())
    assert team is not None
    amal, badr = sorted(team.members, key=lambda one: one.email)
    assert (amal.gold["value"], badr.gold["value"]) == (1.0, pytest.approx(badr.figure["value"]))
    assert (amal.n_gold, badr.n_gold) == (len(answers), 20)


def test_near_copies_are_shown_counted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A story that two outlets bring word for word counts twice, and beside it once."""
    monkeypatch.setattr(agreement_reading, "WAIT", 60.0)
    app = make.app(tmp_path)
    project = make.project(app, text=None)
    make.person(app, "boss", project=project, role="lead")
    people = [make.person(app, name, project=project, role="annotator") for name in ("amal", "badr")]
    lines = [
        _line(file, text, [(one.email, claim) for one, claim in zip(people, claims, strict=True)])
        for file in ("a.txt", "b.txt")
        for text, claims in (
            ("أعلن المجلس خطته الجديدة للسد اليوم.", ("fact", "announce")),
            ("ورفضت نقابة الصيادين الخطة في بيان.", ("deny", "deny")),
        )
    ]
    with make.database(app).write() as session:
        place = session.get_one(Project, project)
        raw = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
        import_file(session, OPERATOR, place, raw, ImportOptions(name="x.jsonl", format="jsonl"))
    table = Tables(lead(app).get(f"/projects/{project}/agreement").text).found[0]
    assert table[0][2] == "near-copies once"
    assert [row[2].partition(" · ")[2] for row in table[1:]] == ["2 sentences"] * 6
    assert {row[6] for row in table[1:]} == {"4"}
    make.close_all()


def _line(file: str, text: str, answers: list[tuple[str, str]]) -> dict[str, Any]:
    speaker = {"id": "ARTICLE", "canonical": "صوت المقال", "kind": "article", "start": None, "end": None, "text": None}
    return {
        "format": "isnad/1", "document": {"file": file, "outlet": file, "event": "سد", "language": "ar"},
        "start": 0 if "المجلس" in text else 60, "end": (0 if "المجلس" in text else 60) + len(text), "kind": "sentence",
        "text": text,
        "annotations": [
            {"annotator": email, "state": "submitted", "labels": {"entities": [], "statements": [
                {"speaker": speaker, "attribution": "none", "stance": {"target": None, "value": "none"},
                 "claim_type": claim}]}}
            for email, claim in answers
        ],
    }  # fmt: skip
