"""The pages of agreement on the demo project: two annotators, twenty sentences finished by both."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from annotator import folding
from annotator.actions import seeding
from annotator.agreement.annotators import leave_one_out
from annotator.agreement.selection import Selection
from annotator.agreement.team import members
from annotator.models import Annotation, Decision, LogLine, Person, Project, StatementRow
from annotator.queries import agreement_parts, agreement_sentences
from annotator.views import agreement_reading, agreement_team
from annotator.views.agreement_files import plain
from tests import make

PAGE = "/projects/1/agreement"


class Tables(HTMLParser):
    """The tables of a page, cell by cell, as text; and where the links of cells lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[list[list[str]]] = []
        self.links: dict[str, str] = {}
        self._inside = self._hidden = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "table":
            self.found.append([])
        elif tag == "tr":
            self.found[-1].append([])
        elif tag in ("td", "th") and self.found:
            self.found[-1][-1].append("")
            self._inside = True
        elif tag == "a" and self._inside and told.get("aria-label"):
            self.links[str(told["aria-label"])] = str(told["href"])

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._inside = False
            self.found[-1][-1][-1] = " ".join(self.found[-1][-1][-1].split())

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found[-1][-1][-1] += data


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo project whose intervals are drawn; copy it."""
    folder = tmp_path_factory.mktemp("counted")
    app = seeded(folder)
    folding.figures(make.database(app), 1)
    make.database(app).close()
    return folder


@pytest.fixture
def demo(counted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    for module in (agreement_reading, agreement_team):
        monkeypatch.setattr(module, "WAIT", 60.0)
    shutil.copytree(counted, tmp_path, dirs_exist_ok=True)
    yield make.app(tmp_path)
    make.close_all()


def seeded(folder: Path) -> Flask:
    app = make.app(folder)
    with make.database(app).write() as session:
        seeding.seed(session)
    make.person(app, "boss", project=1, role="lead")
    return app


def lead(app: Flask) -> make.Web:
    return make.web(app, make.Actor(0, "boss@example.org", "boss", "en", False))


def test_one_look_tells_where_the_project_stands(demo: Flask) -> None:
    page = lead(demo).get(PAGE).text
    main, beside, plan = Tables(page).found
    assert main[1:] == [
        ["Speaker", "0.83 [0.75, 0.87]", "–", "85%", "0.83", "20", "2", "article's own voice 28%"],
        ["Attribution", "0.80 [0.73, 0.85]", "–", "85%", "0.80", "20", "2", "indirect 32%"],
        ["Targets of a stance", "0.72 [0.65, 0.72]", "–", "80%", "0.77", "20", "2", "no target 48%"],
        ["Stance", "0.50 [0.43, 0.52]", "–", "65%", "0.55", "20", "2", "none 48%"],
        ["Claim type", "0.65 [0.62, 0.65]", "–", "70%", "0.67", "20", "2", "fact 30%"],
        ["Entities", "0.82 [0.80, 0.84]", "–", "–", "–", "20", "2", "–"],
    ]
    assert [row[:2] for row in beside[1:]] == [
        ["Speaker as worded", "0.83 [0.76, 0.88]"], ["Target and stance together", "0.53 [0.47, 0.54]"],
        ["Stance where the target is the same", "0.46 [0.32, 0.50]"], ["Further statements", "0.00 [0.00, 0.00]"],
    ]  # fmt: skip
    assert {row[1] for row in plan[1:]} == {"cannot be said yet"}  # fewer than 25 shared sentences
    assert page.count('class="figure lean"') == 10  # grey: fewer than 50
    assert "1,000 draws of 2 articles" in page and "a little too narrow" in page


def test_the_figures_are_those_of_the_command(demo: Flask) -> None:
    figures = folding.figures(make.database(demo), 1)["layers"]
    rows = list(csv.DictReader(io.StringIO(lead(demo).get(f"{PAGE}/tables/layers.csv").text.removeprefix("\ufeff"))))
    told = {row["layer"]: row["alpha"] or row["exact_f1"] for row in rows}
    assert told == {
        layer: str(own["alpha" if "alpha" in own else "exact_f1"]["value"]) for layer, own in figures.items()
    }


def test_a_cell_leads_to_its_sentences(demo: Flask) -> None:
    web = lead(demo)
    found = Tables(web.get(f"{PAGE}/layers/stance").text)
    heat = next(table for table in found.found if table[0][0] == "" and "favor" in table[0])
    assert heat[0] == ["", "against", "favor", "neutral", "none"]
    assert heat[1:] == [
        ["against", "2", "1", "1", "·"], ["favor", "1", "1", "2", "2"],
        ["neutral", "1", "2", "2", "1"], ["none", "·", "2", "1", "8"],
    ]  # fmt: skip
    page = web.get(found.links["favor – none: 2"]).text
    answers = re.findall(r"<dd><bdi>(\w+)</bdi></dd>", page)
    assert len(answers) == 4 and answers.count("favor") == answers.count("none") == 2
    assert page.count('class="unit-text"') == 2
    places = re.findall(r'href="(/documents/\d+\?after=-?\d+)#(unit-\d+)"', page)
    assert len(places) == 2
    for address, unit in places:
        assert f'id="{unit}"' in web.get(address).text


def test_every_cell_holds_as_many_sentences_as_it_says(demo: Flask) -> None:
    web = lead(demo)
    for layer in ("speaker", "attribution", "stance_target", "stance", "claim_type"):
        for name, address in Tables(web.get(f"{PAGE}/layers/{layer}").text).links.items():
            if "/sentences?" in address:
                assert web.get(address).text.count('class="unit-text"') == int(name.rpartition(": ")[2]), (layer, name)


def test_sentences_come_a_page_at_a_time(demo: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotator.views.agreement.SENTENCES_SHOWN", 3)
    web, address, seen = lead(demo), f"{PAGE}/layers/stance/sentences?first=none&second=none", []
    for _ in range(3):
        page = web.get(address).text
        seen += re.findall(r"#(unit-\d+)", page)
        more = re.search(r'href="([^"]*after=[^"]*)">Further on', page)
        address = more.group(1).replace("&amp;", "&") if more else ""
    assert (len(seen), len(set(seen)), address) == (8, 8, "")


def test_a_lead_sets_targets(demo: Flask) -> None:
    web = lead(demo)
    answer = web.post(f"{PAGE}/targets", {"claim_type": "0.67", "entities": "٠٫٨"})
    assert (answer.status_code, answer.location) == (303, PAGE)
    with make.database(demo).read() as session:
        assert session.get_one(Project, 1).targets == {"claim_type": 0.67, "entities": 0.8}
        content = session.scalars(select(LogLine.content).where(LogLine.verb == "set targets")).one()
    assert content == {"targets": {"claim_type": 0.67, "entities": 0.8}}
    assert [row[2] for row in Tables(web.get(PAGE).text).found[0][1:]] == ["–", "–", "–", "–", "0.67", "0.80"]
    web.post(f"{PAGE}/targets", {"claim_type": "", "entities": "0.8"})
    assert Tables(web.get(PAGE).text).found[0][5][2] == "–"


@pytest.mark.parametrize(
    ("value", "told"),
    [("1.5", "The target is 1.5; it must be above 0"), ("0", "The target is 0.0;"), ("a lot", "“a lot” is no number"),
     ("nan", "“nan” is no number")],
)  # fmt: skip
def test_a_target_that_cannot_be_is_refused(demo: Flask, value: str, told: str) -> None:
    answer = lead(demo).post(f"{PAGE}/targets", {"stance": value})
    assert answer.status_code == 422 and told in answer.text and f'value="{value}"' in answer.text
    with make.database(demo).read() as session:
        assert session.get_one(Project, 1).targets == {}


def test_a_width_that_cannot_be_is_refused(demo: Flask) -> None:
    answer = lead(demo).get(f"{PAGE}?width=7")
    assert answer.status_code == 422 and "The width is 7; it must be from 0.005 to 0.5." in answer.text


def test_filters_stand_in_the_address(demo: Flask) -> None:
    web = lead(demo)
    rows = Tables(web.get(f"{PAGE}/layers/stance/documents").text).found[0][1:]
    assert sum(int(row[-1]) for row in rows) == 20
    page = web.get(f"{PAGE}/layers/stance?document={rows[0][0]}").text
    assert f"{rows[0][-1]} shared sentences" in page and "draws of" in page
    assert rows[0][0] in re.findall(r'class="tag" href="[^"]*"><bdi>([^<]+)', page)
    answer = web.get(f"{PAGE}?outlet=nowhere")
    assert answer.status_code == 422 and "The project has no “nowhere”." in answer.text
    assert web.get(f"{PAGE}/layers/mood").status_code == 404


def test_annotators_beside_each_other(demo: Flask) -> None:
    web = lead(demo)
    table = Tables(web.get(f"{PAGE}/annotators?layer=claim_type").text).found[0]
    assert [row[:6] for row in table[1:]] == [
        ["أمل too few for a verdict", "0.70 [0.48, 0.85]", "20", "–", "–", table[1][5]],
        ["بدر too few for a verdict", "0.70 [0.48, 0.85]", "20", "–", "–", table[2][5]],
    ]
    with make.database(demo).read() as session:
        person = session.scalars(select(Person.id).where(Person.email == "amal@example.org")).one()
    page = web.get(f"{PAGE}/annotators/{person}?layer=claim_type").text
    assert "No verdict below 50 shared sentences." in page and "Against the consensus" in page
    assert "Shown from 200 shared sentences on" in page
    assert web.get(f"{PAGE}/annotators/4242").status_code == 404


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


def test_without_shared_sentences_the_page_says_what_to_do(place: make.Place) -> None:
    page = place.web("lead").get(f"/projects/{place.project}/agreement").text
    assert "No sentence has two answers yet" in page and "Invite a second annotator" in page
    place.web("lead").post(f"/projects/{place.project}/overlap", {"overlap": "1"})
    page = place.web("lead").get(f"/projects/{place.project}/agreement").text
    assert "Each sentence is given to one annotator only." in page


def test_an_annotator_sees_no_figure(demo: Flask) -> None:
    person = make.person(demo, "worker", project=1, role="annotator")
    web = make.web(demo, person)
    assert [web.get(f"{PAGE}{path}").status_code for path in ("", "/annotators", "/plots/layers.svg")] == [403] * 3
    assert "/agreement" not in web.get("/projects/1").text


def test_slices_add_up_to_the_whole(demo: Flask) -> None:
    """All sentences of the demo project are of one outlet: its line is the layer's own, for every layer."""
    layers = folding.figures(make.database(demo), 1)["layers"]
    with make.database(demo).read() as session:
        for layer, own in layers.items():
            rows = agreement_reading.lines(agreement_parts.slices(session, 1, "outlet", layer, copies=True), layer)
            head = own["alpha" if "alpha" in own else "exact_f1"]["value"]
            assert [(row.n, row.figure["value"]) for row in rows] == [(own["n_sentences"], pytest.approx(head))]


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
