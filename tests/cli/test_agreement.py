"""flask agreement and its twin in the API: the same figures, filters, refusals, who may see them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from annotator.actions import seeding
from tests import make


@pytest.fixture
def demo(tmp_path: Path) -> Any:
    app = make.app(tmp_path)
    with make.database(app).write() as session:
        seeding.seed(session)
    yield app
    make.close_all()


def ran(app: Any, *arguments: str, code: int = 0) -> Any:
    answer = app.test_cli_runner().invoke(args=["agreement", "--project", "تجربة", *arguments])
    assert answer.exit_code == code, answer.output
    return answer


def test_the_command_and_the_api_say_the_same(demo: Any) -> None:
    told = json.loads(ran(demo, "--json").stdout)
    web = make.web(demo, make.person(demo, "zahra", project=1, role="lead"))
    answered = web.get("/api/v1/projects/1/agreement").json
    assert {**told, "as_of": None} == {**answered, "as_of": None}
    assert told["project"] == "تجربة" and told["layers"]["stance"]["n_sentences"] == 20
    one = json.loads(ran(demo, "--json", "--event", "سد الشاهين", "--copies", "once").stdout)
    assert one["filters"] == {"copies": "once", "event": "سد الشاهين"} and one["layers"]["stance"]["n_sentences"] < 20
    filtered = web.get("/api/v1/projects/1/agreement?event=سد الشاهين&copies=once").json
    assert filtered["layers"] == one["layers"]


def test_lines_for_people(demo: Any) -> None:
    out = ran(demo, "--recount").output
    assert "0 tallies of documents and 0 sums were wrong." in out
    assert "\nintervals: none, 2 articles are too few\nspeaker: alpha 0.829, 20 sentences" in out
    one = ran(demo, "--document", "01-sadd-shiraa.txt").output
    assert one.startswith(
        "intervals: 95 %, each of 10 sentences left out in turn; all of one article: they hold for its sentences and "
        "tell nothing of other articles\nspeaker: alpha "
    )
    assert "stance: alpha 0.445 [-0.171, 0.811], 10 sentences" in one
    assert "stance_target: alpha 0.721, 20" in out and "entities: exact_f1 0.817, 20" in out


def test_what_the_project_does_not_have_is_refused(demo: Any) -> None:
    assert "The project has no “لا”." in ran(demo, "--outlet", "لا", code=1).output
    web = make.web(demo, make.person(demo, "zahra", project=1, role="lead"))
    assert web.get("/api/v1/projects/1/agreement?colour=red").status_code == 422
    assert web.get("/api/v1/projects/99/agreement").status_code == 404


@pytest.mark.parametrize(("role", "status"), [("annotator", 403), ("viewer", 200), ("adjudicator", 200)])
def test_annotators_stay_blind(demo: Any, role: str, status: int) -> None:
    web = make.web(demo, make.person(demo, "zahra", project=1, role=role))
    assert web.get("/api/v1/projects/1/agreement").status_code == status
