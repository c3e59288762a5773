"""Pages of agreement with nothing to measure, or next to nothing: each says what to do, none is a dead end."""

from __future__ import annotations

import pytest
from flask import Flask

from annotator.views import agreement_reading, agreement_team
from tests import make
from tests.views.agreement import PAGE, lead

EVERY_PAGE = (
    "", "/layers/stance", "/layers/entities", "/layers/stance/documents", "/annotators", "/annotators?layer=entities"
)  # fmt: skip
NO_CLAIM = {
    "statements": [{"speaker": {"id": "ARTICLE"}, "attribution": "none", "claim_type": "no_claim",
                    "stance": {"target": None, "value": "none"}}],
    "entities": [],
}  # fmt: skip


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (agreement_reading, agreement_team):
        monkeypatch.setattr(module, "WAIT", 60.0)


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_without_shared_sentences_every_page_says_what_to_do(place: make.Place, path: str) -> None:
    web, own = place.web("lead"), f"/projects/{place.project}"
    page = web.get(f"{own}/agreement{path}").text
    assert "No sentence has two answers yet" in page and "Invite a second annotator" in page
    assert all(words not in page for words in ("of this selection", "not drawn yet", "<table", '<form class="filters"'))
    web.post(f"{own}/overlap", {"overlap": "1"})
    assert "Each sentence is given to one annotator only." in web.get(f"{own}/agreement{path}").text
    empty, other = place.web("outsider"), place.project + 1
    assert f'href="/projects/{other}/import"' in empty.get(f"/projects/{other}/agreement{path}").text


def test_one_shared_sentence_has_no_interval_and_waits_for_none(place: make.Place) -> None:
    app, made = place.app, []
    for name in ("one", "two"):
        made.append(make.person(app, name, project=place.project, role="annotator"))
        web = make.web(app, made[-1])
        answer = web.client.put(
            f"/api/v1/sentences/{place.sentences[0]}/annotation", json={"labels": NO_CLAIM, "state": "submitted"},
            headers={"If-Match": '"0"', "Idempotency-Key": name, "X-CSRF-Token": web.token},
        )  # fmt: skip
        assert answer.status_code == 200, answer.text
    page = place.web("lead").get(f"/projects/{place.project}/agreement").text
    assert "One sentence alone has no interval." in page and "not drawn yet" not in page and "bar-key" not in page


def test_a_filter_leads_nobody_into_a_dead_end(demo: Flask) -> None:
    """On an annotator's page too: before, one that left nothing of theirs answered 404, without a way back."""
    web = lead(demo)
    badr = make.find(demo, "badr@example.org")
    assert badr is not None
    address = f"{PAGE}/annotators/{badr.id}?layer=stance"
    for query in ("&week=2020-W01", "&without=badr@example.org"):
        page = web.get(address + query)
        assert page.status_code == 200 and "<h1><bdi>بدر</bdi></h1>" in page.text
        assert "Nothing here has two answers" in page.text and f'<a class="button" href="{address}">' in page.text
    assert web.get(f"{PAGE}/annotators/999?week=2020-W01").status_code == 404
    filtered = web.get(f"{address}&copies=once").text
    assert "Time is shown over all sentences, whatever the filters." in filtered
    assert "whatever the filters" not in web.get(address).text
