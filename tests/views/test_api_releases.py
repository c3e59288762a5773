"""Releases over the HTTP API."""

from __future__ import annotations

import io
import shutil
import time
import zipfile
from pathlib import Path

import pytest

from annotator.releases import files
from tests import make
from tests.views.api import authorised


@pytest.fixture
def place(tmp_path: Path) -> make.Place:
    return make.place(tmp_path)


def test_freezing_listing_and_downloading_with_a_token(place: make.Place, tmp_path: Path) -> None:
    client, headers = place.app.test_client(), authorised(place, "lead", "admin")
    base = f"/api/v1/projects/{place.project}"
    made = client.post(f"{base}/releases", json={"name": "v1", "note": "أول"}, headers=headers)
    assert made.status_code == 201
    shown = made.get_json()
    told = ("name", "note", "units", "gold", "split", "scheme", "guideline", "made_by")
    assert {key: shown[key] for key in told} == {
        "name": "v1", "note": "أول", "units": 5, "gold": 0, "split": None, "scheme": "arabic-news-claims@1.0",
        "guideline": None, "made_by": "lead",
    }  # fmt: skip
    assert client.get(f"{base}/releases", headers=headers).get_json() == {"releases": [shown], "next": None}
    detail = client.get(f"{base}/releases/v1", headers=headers).get_json()
    assert [file["path"] for file in detail["files"]] == [
        "README.md", "agreement.json", "counts.json", "registry.jsonl", "scheme.json", "sentences.jsonl",
    ]  # fmt: skip
    packed = client.get(f"{base}/releases/v1/archive", headers=headers)
    assert packed.headers["ETag"] == f'"{shown["sha256"]}"'
    zipfile.ZipFile(io.BytesIO(packed.data)).extractall(tmp_path / "got")
    assert files.verify(tmp_path / "got" / "v1").manifest["sha256"] == shown["sha256"]
    now = client.get(f"{base}/export", headers=headers)
    sealed = client.get(f"{base}/export?release=v1", headers=headers)
    assert sealed.data == now.data
    assert sealed.headers["Content-Disposition"] == f"attachment; filename=isnad-{place.project}-v1-annotations.jsonl"
    assert client.get(f"{base}/export?release=v9", headers=headers).status_code == 404


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({}, ["name"]),
        ({"name": 7, "note": []}, ["name", "note"]),
        ({"name": "v2", "split": "80/10/10"}, ["split"]),
        ({"name": "v2", "split": {"train": 80.0, "dev": True, "by": "outlet", "x": 1}},
         ["split.x", "split.train", "split.dev", "split.test", "split.by"]),
        ({"name": "v/2"}, ["name"]),
    ],
)  # fmt: skip
def test_faults_name_their_fields(place: make.Place, body: object, paths: list[str]) -> None:
    headers = authorised(place, "lead", "admin")
    answer = place.app.test_client().post(f"/api/v1/projects/{place.project}/releases", json=body, headers=headers)
    assert answer.status_code == 422
    assert [fault["path"] for fault in answer.get_json()["faults"]] == paths


def test_freezing_beside_the_request(place: make.Place) -> None:
    client, base = place.app.test_client(), f"/api/v1/projects/{place.project}"
    headers = {**authorised(place, "lead", "admin"), "Prefer": "wait=5, Respond-Async"}
    begun = client.post(f"{base}/releases", json={"name": "v1"}, headers=headers)
    assert (begun.status_code, begun.headers["Location"]) == (202, f"{base}/releases/v1/making")
    assert begun.headers["Preference-Applied"] == "respond-async"
    until = time.monotonic() + 60
    while (told := client.get(begun.headers["Location"], headers=headers).get_json())["state"] == "making":
        assert 0 <= told["share"] <= 1 and told["faults"] == [] and time.monotonic() < until
        time.sleep(0.05)
    assert (told["name"], told["state"], told["share"], told["faults"]) == ("v1", "made", 1.0, [])
    assert client.get(f"{base}/releases/v1", headers=headers).status_code == 200
    assert client.post(f"{base}/releases", json={"name": "v1"}, headers=headers).status_code == 422
    assert client.get(f"{base}/releases/v3/making", headers=headers).status_code == 404


def test_a_reading_token_freezes_nothing(place: make.Place) -> None:
    headers = authorised(place, "lead", "read")
    address = f"/api/v1/projects/{place.project}/releases"
    answer = place.app.test_client().post(address, json={"name": "v1"}, headers=headers)
    assert answer.status_code == 403


def test_a_release_whose_files_are_gone_says_so_everywhere(place: make.Place) -> None:
    client, headers = place.app.test_client(), authorised(place, "lead", "admin")
    base = f"/api/v1/projects/{place.project}"
    assert client.post(f"{base}/releases", json={"name": "v1"}, headers=headers).status_code == 201
    shutil.rmtree(place.app.extensions["isnad.settings"].releases)
    for path in ("releases/v1/archive", "export?release=v1"):
        answer = client.get(f"{base}/{path}", headers=headers)
        assert answer.status_code == 404
        assert answer.get_json()["detail"].startswith("The files of this release are not in the instance folder")
    assert place.web("lead").get(f"/projects/{place.project}/releases/v1").status_code == 404
