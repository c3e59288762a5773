"""The pages of agreement on the demo project: two annotators, twenty sentences finished by both."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select, update

from annotator import folding
from annotator.models import Annotation, Document, LogLine, Person, Project, Sentence
from annotator.views import agreement_reading, agreement_team
from tests import make
from tests.views.agreement import PAGE, Tables, lead, outvote, seeded


def test_one_look_tells_where_the_project_stands(demo: Flask) -> None:
    page = lead(demo).get(PAGE).text
    main, beside, plan = Tables(page).found
    assert main[1:] == [
        ["Speaker", "0.83", "–", "85%", "0.83", "20", "2", "article's own voice 28%"],
        ["Attribution", "0.80", "–", "85%", "0.80", "20", "2", "indirect 32%"],
        ["Targets of a stance", "0.72", "–", "80%", "0.77", "20", "2", "no target 48%"],
        ["Stance", "0.50", "–", "65%", "0.55", "20", "2", "none 48%"],
        ["Claim type", "0.65", "–", "70%", "0.67", "20", "2", "fact 30%"],
        ["Entities", "0.82", "–", "–", "–", "20", "2", "–"],
    ]
    assert [row[:2] for row in beside[1:]] == [
        ["Speaker as worded", "0.83"], ["Target and stance together", "0.53"],
        ["Stance where the target is the same", "0.46"], ["Further statements", "0.00"],
    ]  # fmt: skip
    assert {row[1] for row in plan[1:]} == {"cannot be said yet"}  # fewer than 25 shared sentences
    assert page.count('class="figure lean"') == 10  # grey: fewer than 50
    assert "No intervals: 2 articles are too few to tell how sure a figure is." in page
    assert "There is no plan from fewer than 25 shared sentences or 10 articles" in page


def test_the_figures_are_those_of_the_command(demo: Flask) -> None:
    figures = folding.figures(make.database(demo), 1)["layers"]
    rows = list(csv.DictReader(io.StringIO(lead(demo).get(f"{PAGE}/tables/layers.csv").text.removeprefix("\ufeff"))))
    told = {row["layer"]: row["alpha"] or row["exact_f1"] for row in rows}
    assert told == {
        layer: str(own["alpha" if "alpha" in own else "exact_f1"]["value"]) for layer, own in figures.items()
    }


def test_spans_are_counted_as_the_page_says(demo: Flask) -> None:
    assert "Spans are counted pair by pair" in lead(demo).get(f"{PAGE}/layers/entities").text


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
    assert f"{rows[0][-1]} shared sentences" in page and "All shared sentences are of one article" in page
    assert rows[0][0] in re.findall(r'class="tag" href="[^"]*">Document: <bdi>([^<]+)', page)
    answer = web.get(f"{PAGE}?outlet=nowhere")
    assert answer.status_code == 422 and "The project has no “nowhere”." in answer.text
    assert web.get(f"{PAGE}/layers/mood").status_code == 404


def test_a_pair_who_marked_nothing_has_figures_without_a_value(demo: Flask) -> None:
    """Its page is there, and the pair has the same figures as others."""
    web = lead(demo)
    with make.database(demo).read() as session:
        files = session.scalars(select(Document.file).join(Sentence).join(Annotation).distinct()).all()
    assert len(files) > 1
    undefined = {"value": None, "reason": "no variation"}
    told = []
    for file in files:
        for layer in ("entities", "extra_statements"):
            assert web.get(f"{PAGE}/layers/{layer}?document={quote(file)}").status_code == 200
        figures = web.get(f"/api/v1{PAGE}?document={quote(file)}").get_json()["layers"]["extra_statements"]
        told += [(figures["exact_f1"], pair["exact_f1"]) for pair in figures["pairs"]]
    assert (undefined, undefined) in told


def test_annotators_beside_each_other(demo: Flask) -> None:
    web = lead(demo)
    table = Tables(web.get(f"{PAGE}/annotators?layer=claim_type").text).found[0]
    assert [row[:6] for row in table[1:]] == [
        ["أمل too few for a verdict", "70% [48%, 85%]", "20", "–", "–", table[1][5]],
        ["بدر too few for a verdict", "70% [48%, 85%]", "20", "–", "–", table[2][5]],
    ]
    with make.database(demo).read() as session:
        person = session.scalars(select(Person.id).where(Person.email == "amal@example.org")).one()
    page = web.get(f"{PAGE}/annotators/{person}?layer=claim_type").text
    assert "No verdict below 50 shared sentences." in page
    assert "Of two answers that differ, nothing tells which is right." in page
    assert "Shown from 200 shared sentences on" in page
    assert web.get(f"{PAGE}/annotators/4242").status_code == 404


def test_competence_is_told_where_three_share_sentences(demo: Flask) -> None:
    outvote(demo)
    page = lead(demo).get(f"{PAGE}/annotators?layer=claim_type").text
    [_, *rows] = Tables(page).found[0]
    assert [row[0].split()[0] for row in rows] == ["third", "أمل", "بدر"]
    assert [float(row[3]) for row in rows] == [0.7, 0.96, 0.82]


def test_annotators_beside_each_other_on_entities(demo: Flask) -> None:
    """Of two annotators each has the layer's exact F1; nobody is judged."""
    web = lead(demo)
    table = Tables(web.get(f"{PAGE}/annotators?layer=entities").text).found[0]
    value = folding.figures(make.database(demo), 1)["layers"]["entities"]["exact_f1"]["value"]
    assert [(row[0], row[1][:4], row[2]) for row in table[1:]] == [
        ("أمل", f"{value:.2f}", "20"), ("بدر", f"{value:.2f}", "20")
    ]  # fmt: skip
    with make.database(demo).read() as session:
        person = session.scalars(select(Person.id).where(Person.email == "amal@example.org")).one()
    page = web.get(f"{PAGE}/annotators/{person}?layer=entities").text
    assert "Marked more or less often" in page and "Nobody is judged on entities" in page
    assert "Most often otherwise" not in page
    lines = web.get(f"{PAGE}/tables/annotators.csv?layer=entities").text.splitlines()
    assert len(lines) == 3 and all(line.endswith(",") for line in lines[1:])  # nobody is flagged, nor cleared


def test_every_page_answers_on_both_databases(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (agreement_reading, agreement_team):
        monkeypatch.setattr(module, "WAIT", 60.0)
    web = lead(seeded(tmp_path, ANNOTATOR_DATABASE_URL=database_url))
    paths = [
        "", "/annotators", "/layers/stance/documents", "/layers/stance/sentences?first=none",
        "/plots/trend.svg?layer=stance", "/tables/annotators.csv",
        *(f"/layers/{layer}" for layer in agreement_reading.LAYERS),
    ]  # fmt: skip
    answers = {path: web.get(f"{PAGE}{path}") for path in paths}
    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(paths, 200)
    assert "0.83" in Tables(answers[""].text).found[0][1]
    make.close_all()  # before the database itself is dropped


def test_a_label_that_nobody_chose_is_named(demo: Flask) -> None:
    """A reader of the table would not know that the scheme has it; a retired one is gone."""
    web = lead(demo)

    def unchosen(layer: str) -> list[str]:
        _, _, named = web.get(f"{PAGE}/layers/{layer}").text.partition("Chosen by nobody in these sentences:")
        return re.findall(r"<bdi>([^<]+)</bdi>", named.partition("</p>")[0])

    assert unchosen("claim_type") == ["accuse", "praise", "unclear"]
    assert unchosen("speaker") == unchosen("stance_pair") == []
    page = Tables(web.get(f"{PAGE}/layers/claim_type").text).found[0]
    assert not {row[0] for row in page} & {"accuse", "praise", "unclear"}


def test_pairs_stand_in_the_order_of_the_names(demo: Flask) -> None:
    """As annotators do on their page: the order of addresses means nothing to who reads names."""
    with make.database(demo).write() as session:
        session.execute(update(Person).where(Person.email == "amal@example.org").values(name="يمنى"))
    found = Tables(lead(demo).get(f"{PAGE}/layers/stance").text).found
    assert [[row[0] for row in table[1:]] for table in found if table[0] == ["", "بدر", "يمنى"]] == [["بدر", "يمنى"]]
