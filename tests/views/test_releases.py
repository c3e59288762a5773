"""Releases in the browser: made by a lead, read by who may export, unknown to everybody else."""

from __future__ import annotations

import io
import json
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
        text = "أعلن المجلس خطته الجديدة.\nوصل الوفد أمس.\n".encode()
        import_file(session, OPERATOR, project, text, ImportOptions(name="b.txt"))
    web = made(place, split="1", train="50", dev="0", test="50", seed="0", by="document")
    shown = web.get(page(place, "/v1")).text
    assert "The closest two sentences in different parts share 0% of their words; from 60% on" in shown
    assert ">train</bdi></th><td class=\"number\">5<" in shown and ">test</bdi></th><td class=\"number\">2<" in shown


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
        ({"name": "v2", "split": "1"}, "too few for 3 parts"),
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


def test_a_retraction_is_shown_to_everybody(place: make.Place) -> None:
    web = made(place)
    assert web.post(page(place, "/v1/retraction"), {"reason": " "}).status_code == 422
    assert web.post(page(place, "/v1/retraction"), {"reason": "<b>أخطاء</b>"}).status_code == 303
    viewer = make.web(place.app, place.people["viewer"])
    shown = viewer.get(page(place, "/v1")).text
    assert "&lt;b&gt;أخطاء&lt;/b&gt;" in shown and "retraction" not in shown


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
