"""What stands behind the tables of agreement: sentences a click away, CSV files, filters that stay, grey figures."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select, update

from annotator import folding
from annotator.models import Annotation, Decision, Document, Event, Guideline, Outlet, Person, Sentence, StatementRow
from annotator.views import agreement_reading, agreement_team
from tests import make
from tests.views.agreement import PAGE, Tables, lead, outvote


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (agreement_reading, agreement_team):
        monkeypatch.setattr(module, "WAIT", 60.0)


def ids(app: Flask) -> dict[str, int]:
    with make.database(app).read() as session:
        return {email.partition("@")[0]: row for row, email in session.execute(select(Person.id, Person.email))}


def decide_as(app: Flask, name: str) -> None:
    """Every sentence is decided as this annotator answered it."""
    with make.database(app).write() as session:
        answers = session.execute(
            select(Annotation.sentence_id, Annotation.person_id, StatementRow.claim_type)
            .join(StatementRow, StatementRow.annotation_id == Annotation.id)
            .join(Person, Person.id == Annotation.person_id)
            .where(Person.email == f"{name}@example.org", StatementRow.n == 1)
        ).all()
        for sentence, person, claim in answers:
            labels = {"speaker": {"id": "ARTICLE"}, "attribution": "none", "claim_type": claim,
                      "stance": {"target": None, "value": "none"}}  # fmt: skip
            session.add(Decision(sentence_id=sentence, person_id=person, labels={"statements": [labels]}))


def rows(app: Flask, table: str, query: str) -> list[list[str]]:
    answer = lead(app).get(f"{PAGE}/tables/{table}.csv?{query}")
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_every_cell_against_consensus_and_gold_leads_to_its_sentences(demo: Flask) -> None:
    decide_as(demo, "amal")
    outvote(demo)
    web, badr = lead(demo), ids(demo)["badr"]
    for query in ("", "&copies=once"):
        page = web.get(f"{PAGE}/annotators/{badr}?layer=claim_type{query}").text
        links = {address: name for name, address in Tables(page).links.items()}
        for truth, least in (("consensus", 60), ("gold", 10)):
            cells = {address: name for address, name in _cells(page) if f"truth={truth}" in address}
            total = 0
            for address, name in cells.items():
                found = web.get(address).text
                n = int(name.rpartition(": ")[2])
                assert found.count('class="unit-text"') == n, (truth, name)
                total += n
            assert total >= least
        assert links
    assert web.get(f"{PAGE}/layers/claim_type/sentences?first=fact&second=fact&truth=mood&who=x@y.z").status_code == 404


def test_gold_counts_what_is_chosen(demo: Flask) -> None:
    """Each filter leaves only its own sentences, and its values together leave all that have one."""
    decide_as(demo, "amal")
    badr = ids(demo)["badr"]
    with make.database(demo).read() as session:
        found = session.execute(
            select(Outlet.name.label("outlet"), Event.name.label("event"), Annotation.guideline)
            .select_from(Decision)
            .join(Sentence, Sentence.id == Decision.sentence_id)
            .join(Document, Document.id == Sentence.document_id)
            .join(Outlet, Outlet.id == Document.outlet_id)
            .join(Event, Event.id == Document.event_id)
            .join(Annotation, (Annotation.sentence_id == Sentence.id) & (Annotation.person_id == badr))
            .where(Annotation.state == "submitted")
        ).all()
    assert len(found) == 20
    for name in ("outlet", "event", "guideline"):
        values = Counter(getattr(row, name) for row in found)
        told = {}
        for value in values:
            table = rows(demo, "gold", f"layer=claim_type&person={badr}&{name}={quote(value)}")[1:]
            told[value] = sum(int(row[4]) for row in table)
        assert told == values, name


def _cells(page: str) -> list[tuple[str, str]]:
    found = re.findall(r'<td class="(?:same|apart)-\d"><a href="([^"]+)" aria-label="([^"]+)"', page)
    return [(address.replace("&amp;", "&"), name) for address, name in found]


def test_most_often_otherwise_leads_to_as_many_sentences_as_it_says(demo: Flask) -> None:
    web, badr = lead(demo), ids(demo)["badr"]
    page = web.get(f"{PAGE}/annotators/{badr}?layer=claim_type").text
    [table] = [one for one in Tables(page).found if one[0] == ["says", "where the others say", "sentences"]]
    assert len(table) > 1
    for own, usual, n in table[1:]:
        address = Tables(page).links[f"{own} – {usual}: {n}"]
        assert web.get(address).text.count('class="unit-text"') == int(n)


def test_a_pair_has_its_own_confusion_everywhere(demo: Flask) -> None:
    """Its table, the list below it, the sentences behind both, and the CSV file; before, the last three were of all."""
    web, pair = lead(demo), "pair=amal@example.org&pair=badr@example.org"
    page = web.get(f"{PAGE}/layers/claim_type?{pair}").text
    [listed] = [one for one in Tables(page).found if one[0] == ["أمل", "بدر", "sentences"]]
    found = [web.get(Tables(page).links[f"{own} – {other}: {n}"]).text for own, other, n in listed[1:]]
    assert [one.count('class="unit-text"') for one in found] == [int(row[2]) for row in listed[1:]]
    assert len(found) == 6 and all("<bdi>أمل</bdi> · <bdi>بدر</bdi>" in one for one in found)
    [address] = re.findall(r'href="([^"]+/tables/confusion\.csv[^"]+)"', page)
    given = rows(demo, "confusion", address.partition("?")[2].replace("&amp;", "&"))
    assert given[0][0] == "amal@example.org / badr@example.org"
    turned = rows(demo, "confusion", "layer=claim_type&pair=badr@example.org&pair=amal@example.org")
    cells = [row[1:] for row in given[1:]]
    assert [row[1:] for row in turned[1:]] == [list(column) for column in zip(*cells, strict=True)] != cells
    apart = [n for at, row in enumerate(cells) for to, n in enumerate(row) if at != to and n != "0"]
    assert sorted(apart, reverse=True) == [row[2] for row in listed[1:]]


def test_the_tables_of_an_annotator_as_csv(demo: Flask) -> None:
    decide_as(demo, "amal")
    outvote(demo)
    badr = ids(demo)["badr"]
    query = f"layer=claim_type&person={badr}"
    page = Tables(lead(demo).get(f"{PAGE}/annotators/{badr}?layer=claim_type").text)
    mistakes = rows(demo, "mistakes", query)
    assert mistakes[0] == ["own", "own_name", "others", "others_name", "sentences"]
    [shown] = [one for one in page.found if one[0] == ["says", "where the others say", "sentences"]]
    assert [[row[1], row[3], row[4]] for row in mistakes[1:6]] == shown[1:]
    bias = rows(demo, "bias", query)
    assert bias[0] == ["label", "name", "own", "others", "difference"]
    assert sum(float(row[2]) for row in bias[1:]) == pytest.approx(1) == sum(float(row[3]) for row in bias[1:])
    for truth, sentences in (("consensus", 60), ("gold", 20)):
        found = rows(demo, truth, query)
        assert found[0] == [truth, f"{truth}_name", "own", "own_name", "sentences"]
        assert sum(int(row[4]) for row in found[1:]) == sentences
    gold = rows(demo, "gold", query)[1:]
    assert sum(int(row[4]) for row in gold if row[0] == row[2]) == 14  # the two agree in 70 %
    assert rows(demo, "drift", query) == [
        ["from", "to", "agreement", "agreement_low", "agreement_high", "agreement_reason"]
    ]  # fmt: skip
    for person in ("", "0", "x", "9" * 30):
        assert lead(demo).get(f"{PAGE}/tables/bias.csv?layer=claim_type&person={person}").status_code == 404


def test_the_tables_beside_and_the_plan_as_csv(demo: Flask) -> None:
    beside = rows(demo, "beside", "")
    assert [row[0] for row in beside[1:]] == list(agreement_reading.BESIDE)
    assert beside == [row for row in rows(demo, "layers", "") if row[0] in ("layer", *agreement_reading.BESIDE)]
    plan = rows(demo, "plan", "width=0.1")
    assert plan == [["layer", "sentences", "half_width", "further_sentences"]] + [
        [layer, "20", "0.1", ""] for layer in agreement_reading.MAIN
    ]
    page = lead(demo).get(f"{PAGE}?width=0.1").text
    assert f'href="{PAGE}/tables/plan.csv?width=0.1"' in page and f'href="{PAGE}/tables/beside.csv"' in page


def test_speakers_have_their_names_in_csv(demo: Flask) -> None:
    labels = rows(demo, "labels", "layer=speaker")
    assert labels[0][:4] == ["label", "name", "n", "prevalence"]
    named = {row[0]: row[1] for row in labels[1:]}
    assert named["ARTICLE"] == "article's own voice" and "عيسى بورشيد" in named.values()
    confused = rows(demo, "confusion", "layer=speaker")
    assert confused[0] == ["label", "name", "other", "other_name", "pairs"]
    assert len(confused) > 1 and all(row[1] == named[row[0]] and row[3] == named[row[2]] for row in confused[1:])


def test_labels_of_few_answers_are_grey_and_pale(demo: Flask) -> None:
    """All labels of the demo project have fewer than fifty answers."""
    for layer, shown in (("stance", 4), ("entities", 14)):
        page = lead(demo).get(f"{PAGE}/layers/{layer}").text
        table = page[page.index('id="labels"') : page.index("</table>", page.index('id="labels"'))]
        assert table.count('class="figure lean"') == shown == table.count('class="figure')
        drawn = lead(demo).get(f"{PAGE}/plots/labels.svg?layer={layer}").text
        assert drawn.count('opacity="0.35"') >= shown // (2 if layer == "entities" else 1)


def test_filters_stay_when_a_part_is_opened(demo: Flask) -> None:
    page = lead(demo).get(f"{PAGE}/layers/stance?copies=once").text
    parts = re.findall(rf'<th scope="row"><a href="({PAGE}/layers/stance\?[^"]+)"', page)
    assert parts and all("copies=once" in address for address in parts), parts
    documents = lead(demo).get(f"{PAGE}/layers/stance/documents?copies=once").text
    shown = re.findall(rf'<th scope="row"><a href="({PAGE}/layers/stance\?[^"]+)"', documents)
    assert len(shown) == 2 and all("copies=once" in address for address in shown)


def test_the_page_of_sentences_says_which_filters_hold(demo: Flask) -> None:
    web = lead(demo)
    address = f"{PAGE}/layers/stance/sentences?first=none&second=none"
    assert "Filters:" not in web.get(address).text
    page = web.get(f"{address}&copies=once&seen=0&week=2026-W01").text
    chips: list[Any] = re.findall(r'<a class="tag" href="([^"]+)">([^<]+)<bdi>([^<]+)</bdi>', page)
    assert [(title.strip(), value) for _, title, value in chips] == [
        ("Week:", "2026-W01"), ("Suggestions:", "none shown"), ("Near-copies:", "count once")
    ]  # fmt: skip
    left = chips[2][0].replace("&amp;", "&")
    assert "copies" not in left and all(one in left for one in ("seen=0", "week=2026-W01", "first=none", "second=none"))


def test_no_filter_holds_unseen(demo: Flask) -> None:
    """Also one that the bar has no field or no choice for; each is taken away by itself, and paper names them all."""
    with make.database(demo).write() as session:
        session.add(Event(project_id=1, name="حدث بلا مقالات"))
    web, without = lead(demo), "without=amal@example.org&without=badr@example.org"
    page = web.get(f"{PAGE}/layers/stance?event=حدث بلا مقالات&hidden=1&guideline=guideline@1&{without}").text
    chips = re.findall(r'<a class="tag" href="([^"]+)">([^<]+)<bdi>([^<]+)</bdi>', page)
    assert [(title.strip(), value) for _, title, value in chips] == [
        ("Event:", "حدث بلا مقالات"), ("Guideline:", "guideline@1"), ("Outlet hidden:", "yes"),
        ("Left out:", "amal@example.org"), ("Left out:", "badr@example.org"),
    ]  # fmt: skip
    assert "without=badr" in chips[3][0] and "amal" not in chips[3][0] and "amal" in chips[4][0]
    kept = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)">', page)
    assert ("guideline", "guideline@1") in kept  # the bar has no field for the only version
    assert re.search(r'<p class="on-paper"><bdi>تجربة</bdi> · \d+ \w+ \d{4}, \d\d:\d\d UTC</p>', page)


def test_percent_agreement_is_told_the_same_way_everywhere(demo: Flask) -> None:
    web = lead(demo)
    overview = {row[0]: row[3] for row in Tables(web.get(PAGE).text).found[0][1:]}
    page = web.get(f"{PAGE}/layers/stance").text
    shown = re.search(r"<dt>Percent agreement</dt><dd><bdi[^>]*><strong>([^<]+)</strong>", page)
    assert shown is not None and shown.group(1) == overview["Stance"] == "65%"
    team = Tables(web.get(f"{PAGE}/annotators?layer=stance").text).found[0][1:]
    assert [row[1] for row in team] == ["65% [43%, 82%]"] * 2  # two annotators agree with the other as the layer does
    own = web.get(f"{PAGE}/annotators/{ids(demo)['badr']}?layer=stance").text
    assert re.findall(r"<dd><bdi[^>]*><strong>([^<]+)</strong>", own) == ["65%", "65%"]  # the median of the team too
    spans = Tables(web.get(f"{PAGE}/annotators?layer=entities").text).found[0][1:]
    assert [row[1] for row in spans] == ["0.82", "0.82"]


def test_the_lines_of_the_trend_are_named(demo: Flask) -> None:
    web, database = lead(demo), make.database(demo)
    with database.write() as session:
        early = update(Annotation).where(Annotation.sentence_id % 2 == 0)
        session.execute(early.values(updated_at="2026-01-05T10:00:00.000000Z"))
    folding.recount(database, 1)
    page = web.get(f"{PAGE}/layers/stance").text
    assert "upright and dotted: the guideline changed." in page and "your target." not in page
    assert "10,5" not in web.get(f"{PAGE}/plots/trend.svg?layer=stance").text
    web.post(f"{PAGE}/targets", {"stance": "0.8"})
    assert "Level, in long dashes: your target." in web.get(f"{PAGE}/layers/stance").text
    assert 'stroke-dasharray="10,5"' in web.get(f"{PAGE}/plots/trend.svg?layer=stance").text


def test_a_pause_is_drawn_with_what_changed_in_it(demo: Flask) -> None:
    """Weeks in which nobody finished anything: before, they were left out, and with them changes of the guideline."""
    database = make.database(demo)
    with database.write() as session:
        for rest, at in ((0, "2026-01-05"), (1, "2026-02-02")):
            chosen = update(Annotation).where(Annotation.sentence_id % 2 == rest)
            session.execute(chosen.values(updated_at=f"{at}T10:00:00.000000Z"))
        second = update(Guideline).where(Guideline.version == 2)
        session.execute(second.values(created_at="2026-01-20T10:00:00.000000Z"))
    folding.recount(database, 1)
    drawn = lead(demo).get(f"{PAGE}/plots/trend.svg?layer=stance").text
    assert re.findall(r">(2026-W\d\d|guideline@\d)<", drawn) == [
        "2026-W02", "2026-W03", "2026-W04", "2026-W05", "2026-W06", "guideline@2"
    ]  # fmt: skip
    page = Tables(lead(demo).get(f"{PAGE}/layers/stance").text).found
    [weeks] = [one[1:] for one in page if one[0][0] == "Week"]
    assert [row[0] for row in weeks] == ["2026-W02", "2026-W06"]
