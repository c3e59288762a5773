"""Releases in the browser: made by a lead, read by who may export, unknown to everybody else."""

from __future__ import annotations

import io
import json
import re
import time
import zipfile
from pathlib import Path

import pytest

from annotator import making
from annotator.actions.importing import ImportOptions, import_file
from annotator.actions.labelling import save
from annotator.errors import Fault
from annotator.models import Project
from annotator.permissions import OPERATOR
from annotator.releases import files
from tests import make


@pytest.fixture
def place(tmp_path: Path) -> make.Place:
    return make.place(tmp_path)


def page(place: make.Place, path: str = "") -> str:
    return f"/projects/{place.project}/releases{path}"


def made(place: make.Place, name: str = "v1", **fields: str) -> make.Web:
    web = make.web(place.app, place.people["lead"])
    assert web.post(page(place), {"name": name, "note": "أول إصدار", **fields}).status_code == 303
    while web.get(page(place, f"/{name}/making")).status_code == 200:  # a machine under load takes its time
        time.sleep(0.05)
    return web


def test_a_lead_freezes_looks_and_downloads(place: make.Place, tmp_path: Path) -> None:
    web = made(place)
    assert "أول إصدار" in web.get(page(place)).text
    shown = web.get(page(place, "/v1")).text
    assert "units with gold" in shown and "This release is not split." in shown
    answer = web.get(page(place, "/v1/archive"))
    assert answer.headers["Content-Disposition"] == f"attachment; filename=isnad-{place.project}-v1.zip"
    zipfile.ZipFile(io.BytesIO(answer.data)).extractall(tmp_path / "got")
    assert files.verify(tmp_path / "got" / "v1").faults == ()
    assert web.get(page(place, "/v1/archive")).data == answer.data
    picture = web.get(page(place, "/v1/files/figures/labels.svg"))
    assert picture.mimetype == "image/svg+xml" and picture.data.startswith(b"<svg")
    sheet = web.get(page(place, "/v1/files/README.md"))
    assert sheet.headers["Content-Disposition"] == "attachment; filename=README.md"


def test_a_split_release_tells_its_parts_and_its_closest_pair(place: make.Place) -> None:
    with make.database(place.app).write() as session:
        project = session.get_one(Project, place.project)
        text = "وصل سالم إلى المطار القريب أمس.\nوعاد الوفد.\n".encode()
        import_file(session, OPERATOR, project, text, ImportOptions(name="b.txt"))
    web = made(place, split="1", train="50", dev="0", test="50", seed="0", by="document")
    shown = web.get(page(place, "/v1")).text
    assert "The closest two sentences in different parts share 10% of their words; from 60% on" in shown
    row = '<tr><th scope="row"><bdi class="code">{}</bdi></th>' + '<td class="number">{}</td>' * 3 + "</tr>"
    assert row.format("train", 5, "50%", "71%") in shown and row.format("test", 2, "50%", "29%") in shown
    assert ("The shares wanted could not be reached, since groups are never parted: the largest, the document “a.txt” "
            "with its near-copies, holds 71% of the units.") in shown  # fmt: skip
    listed = web.get(page(place)).text
    assert '>71/0/29</bdi><br><span class="muted small">wanted <bdi class="code" dir="ltr">50/0/50<' in listed


@pytest.mark.parametrize("path", ["..%2Fmanifest.json", "manifest.json", "../../secret_key", "figures/../README.md"])
def test_only_listed_files_are_given(place: make.Place, path: str) -> None:
    web = made(place)
    assert web.get(page(place, f"/v1/files/{path}")).status_code == 404


def test_refusals_keep_what_was_typed(place: make.Place) -> None:
    web = made(place)
    for fields, told in (
        ({"name": "v1"}, "There is a release named “v1” already"),
        ({"name": "a/b"}, "is no name of a release"),
        ({"name": "v2", "split": "1", "train": "80", "dev": "10", "test": "5"}, "are no split"),
        ({"name": "v2", "split": "1", "train": "eighty"}, "is not a whole number"),
        ({"name": "v2", "split": "1"}, "All sentences fall into one group by event and near-copy"),
    ):
        answer = web.post(page(place), {"train": "80", "dev": "10", "test": "10", "seed": "0", "by": "event", **fields})
        assert answer.status_code == 422
        assert told in answer.text and f'value="{fields["name"]}"' in answer.text


def test_changes_between_two_releases(place: make.Place) -> None:
    web = made(place)
    made(place, "v2")
    assert "Nothing differs between" in web.get(page(place, "/v2/changes?since=v1")).text
    assert web.get(page(place, "/v2/changes?since=v9")).status_code == 404
    labels = {"statements": [{"speaker": {"id": "UNCLEAR"}, "attribution": "direct", "claim_type": "no_claim",
                              "stance": {"target": None, "value": "none"}}], "entities": []}  # fmt: skip
    with make.database(place.app).write() as session:
        save(session, place.people["annotator"], place.sentences[0], {"labels": labels, "comment": "<i>لماذا</i>"},
             base_version=0, key=None)  # fmt: skip
        import_file(session, OPERATOR, session.get_one(Project, place.project), "نبأ آخر.\n".encode(),
                    ImportOptions(name="b.txt"))  # fmt: skip
    made(place, "v3")
    told = web.get(page(place, "/v3/changes?since=v1")).text
    assert "annotator@example.org" in told and "&lt;i&gt;لماذا&lt;/i&gt;" in told and "(one answer alone)" in told
    assert "<bdi>no claim</bdi>" in told and "unit added" in told and told.count("أعلن المجلس خطته.") == 1


def test_names_in_arabic_sentences_read_as_they_are_written(place: make.Place) -> None:
    """Among Arabic words digits with a hyphen turn round: 2026-1 read 1-2026."""
    made(place, "2026-1")
    web = made(place, "2026-2")
    heading = "What changed from 2026-1 to 2026-2"
    assert f"<h1>{heading}</h1>" in web.get(page(place, "/2026-2/changes?since=2026-1")).text
    web.post("/language", {"language": "ar"})
    told = web.get(page(place, "/2026-2/changes?since=2026-1")).text
    assert "<h1>ما تغيّر من \u20682026-1\u2069 إلى \u20682026-2\u2069</h1>" in told
    again = web.post(page(place), {"name": "2026-1"})
    assert again.status_code == 422 and "يوجد إصدار باسم «\u20682026-1\u2069»" in again.text


def test_a_retraction_is_shown_to_everybody(place: make.Place) -> None:
    web = made(place)
    assert "A retraction cannot be taken back." in web.get(page(place, "/v1")).text
    assert web.post(page(place, "/v1/retraction"), {"reason": " "}).status_code == 422
    assert web.post(page(place, "/v1/retraction"), {"reason": "<b>أخطاء</b>"}).status_code == 303
    viewer = make.web(place.app, place.people["viewer"])
    shown = viewer.get(page(place, "/v1")).text
    assert "&lt;b&gt;أخطاء&lt;/b&gt;" in shown and "retraction" not in shown
    assert re.search(r'<span class="small">[^<]+ · <bdi>lead</bdi></span>', shown)


def home(place: make.Place) -> Path:
    folder: Path = place.app.extensions["isnad.settings"].releases
    return folder / str(place.project)


def test_what_takes_long_is_told_on_a_page(place: make.Place) -> None:
    web, viewer = place.web("lead"), place.web("viewer")
    running = making.claim(home(place), "v1", "سلمى")
    running.tell("gold", 0.5)
    taken = web.post(page(place), {"name": "v1"})
    assert taken.status_code == 409 and "A release named “v1” is being made at this moment" in taken.text
    for who in (web, viewer):
        shown = who.get(page(place, "/v1/making")).text
        assert '<progress max="1" value="0.5000"' in shown and "packing the gold labels" in shown and "50%" in shown
        assert 'http-equiv="refresh"' in shown and "js/making.js" in shown
        assert "being made" in who.get(page(place)).text
    assert web.get(page(place, "/v1")).status_code == 404
    assert web.post(page(place, "/v1/making")).status_code == 409  # nobody takes it away under the one who makes it
    running.refuse([Fault("Train, dev and test of {train}, {dev} and {test} percent are no split: together they must "
                          "be 100.", {"train": 1, "dev": 1, "test": 1})])  # fmt: skip
    shown = web.get(page(place, "/v1/making")).text
    assert "This release was not made" in shown and "are no split" in shown and "refresh" not in shown
    assert "It was refused." in web.get(page(place)).text
    assert "Take it from the list" not in viewer.get(page(place, "/v1/making")).text
    assert viewer.post(page(place, "/v1/making")).status_code == 403
    assert web.post(page(place, "/v1/making")).status_code == 303
    assert web.get(page(place, "/v1/making")).status_code == 404
    assert "It was refused." not in web.get(page(place)).text


def test_the_answer_waits_no_longer_than_a_moment(place: make.Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotator.views.releases.WAIT", 0)
    web = place.web("lead")
    answer = web.post(page(place), {"name": "v1"})
    assert answer.status_code == 303 and answer.location == page(place, "/v1/making")
    made(place, "v2")
    assert web.get(answer.location).location == page(place, "/v1")


def test_a_making_that_was_broken_off_is_told(place: make.Place) -> None:
    making.claim(home(place), "v1").end()
    folder = home(place) / making.PLACE / "v1"
    folder.mkdir(parents=True)
    (folder / "lock").touch()
    told = {"name": "v1", "by": None, "begun_at": "2026-01-31T12:00:00Z", "step": "gold", "share": 0.5, "faults": []}
    (folder / "state.json").write_text(json.dumps(told), "utf-8")
    web = place.web("lead")
    assert "This release was broken off" in web.get(page(place, "/v1/making")).text
    assert "The server stopped while it was being made." in web.get(page(place)).text
    made(place)
    assert web.get(page(place, "/v1/making")).status_code == 303


def test_who_may_not_see_it(place: make.Place) -> None:
    made(place)
    for who, status in (("annotator", 403), ("outsider", 404), ("viewer", 200), ("adjudicator", 200)):
        web = make.web(place.app, place.people[who])
        paths = ("", "/v1", "/v1/archive", "/v1/files/README.md")
        assert [web.get(page(place, path)).status_code for path in paths] == [status] * 4
    assert make.web(place.app, place.people["viewer"]).post(page(place), {"name": "v2"}).status_code == 403


def test_what_was_asked_for_is_there_to_be_tried_again(place: make.Place) -> None:
    plan = {"train": 70, "dev": 20, "test": 10, "seed": 5, "by": "document"}
    wanted = {"name": "v1", "note": "أول <إصدار>", "plan": plan}
    making.claim(home(place), "v1", "سلمى", wanted).refuse([Fault("The server failed.")])
    web = place.web("lead")
    assert f'href="{page(place)}?again=v1#freeze"' in web.get(page(place, "/v1/making")).text
    shown = web.get(page(place, "?again=v1")).text
    fields = {"name": "v1", "note": "أول &lt;إصدار&gt;", "train": 70, "dev": 20, "test": 10, "seed": 5}
    for name, value in fields.items():
        assert f'name="{name}" type="text" value="{value}"' in shown
    assert 'name="split" value="1" checked' in shown and '<option value="document" selected>' in shown
    assert 'name="train" type="text" value="80"' in web.get(page(place, "?again=../v1")).text


def test_pictures_are_of_the_page_and_its_language(place: make.Place) -> None:
    web = made(place)
    labels = {"statements": [{"speaker": {"id": "UNCLEAR"}, "attribution": "direct", "claim_type": "no_claim",
                              "stance": {"target": None, "value": "none"}}], "entities": []}  # fmt: skip
    with make.database(place.app).write() as session:
        save(session, place.people["annotator"], place.sentences[0], {"labels": labels}, base_version=0, key=None)
    made(place, "v2")
    shown = web.get(page(place, "/v2")).text
    assert "<caption>Claim type</caption>" in shown and "stance_target" not in shown
    assert '<bdi>no target</bdi></th><td class="number">1</td><td class="number">100%</td>' in shown
    drawn = {theme: web.get(page(place, f"/v2/plots/labels.svg?theme={theme}")).text for theme in ("light", "dark")}
    assert "Claim type" in drawn["light"] and "claim_type" not in drawn["light"] and drawn["light"] != drawn["dark"]
    web.post("/language", {"language": "ar", "next": "/"})
    arabic = web.get(page(place, "/v2/plots/labels.svg")).text
    assert "نوع الادعاء" in arabic and "no claim" not in arabic
    assert web.get(page(place, "/v2/plots/other.svg")).status_code == 404


def test_changes_come_a_page_at_a_time(place: make.Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotator.views.release_changes.PAGE", 2)
    web = made(place)
    with make.database(place.app).write() as session:
        import_file(session, OPERATOR, session.get_one(Project, place.project),
                    "نبأ أول.\nنبأ ثان.\nنبأ ثالث.\n".encode(), ImportOptions(name="b.txt"))  # fmt: skip
    made(place, "v2")
    first = web.get(page(place, "/v2/changes?since=v1")).text
    assert "Page 1 of 2" in first and "نبأ ثان" in first and "نبأ ثالث" not in first and "flask" not in first
    assert "since=v1&amp;page=2" in first
    last = web.get(page(place, "/v2/changes?since=v1&page=9")).text
    assert "Page 2 of 2" in last and "نبأ ثالث" in last and "نبأ أول" not in last


def test_a_release_is_compared_with_those_before_it_the_nearest_first(place: make.Place) -> None:
    web = made(place)
    made(place, "v2")
    made(place, "v3")
    assert "<option>v2</option><option>v1</option></select>" in web.get(page(place, "/v3")).text
    assert "<option>v1</option></select>" in web.get(page(place, "/v2")).text
    assert "<option>" not in web.get(page(place, "/v1")).text
