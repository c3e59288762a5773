"""The examples of docs/api.md, run as they stand against a live server."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import make
from tests.conftest import ROOT, lacking
from tests.support.serving import serving
from tests.views.api import token

PAGE = (ROOT / "docs/api.md").read_text("utf-8")


def blocks(language: str) -> str:
    """All blocks of a language, one after the other, as a reader would run them."""
    found = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.M | re.S)
    assert found
    return "\n".join(found)


@pytest.fixture
def place(tmp_path: Path) -> make.Place:
    return make.place(tmp_path / "instance")


def run(place: make.Place, command: list[str], folder: Path) -> str:
    folder.mkdir()
    with serving(place.app) as url:
        environment = {**os.environ, "URL": url, "API": f"{url}/api/v1", "TOKEN": token(place, "lead", "admin"),
                       "PYTHONPATH": str(ROOT)}  # fmt: skip
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)
    make.close_all()
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_curl_examples(place: make.Place, tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        lacking("curl")
    told = run(place, ["sh", "-ec", blocks("sh")], tmp_path / "work")
    assert '"role":"lead"' in told and '"sentences":2' in told and '"version":1' in told
    assert told.endswith("304\n")
    lines = [json.loads(line) for line in (tmp_path / "work/export.jsonl").read_text("utf-8").splitlines()]
    assert [line["document"]["file"] for line in lines].count("article.txt") == 2
    assert [answer["annotator"] for line in lines for answer in line["annotations"]] == ["lead@example.org"]
    assert "layers" in json.loads((tmp_path / "work/agreement.json").read_text("utf-8"))


def test_the_python_examples(place: make.Place, tmp_path: Path) -> None:
    told = run(place, [sys.executable, "-c", blocks("python")], tmp_path / "work")
    assert told.startswith("1 units\nversion 1\n") and "speakers" in told
    gold = [json.loads(line)["gold"] for line in (tmp_path / "work/gold.jsonl").read_text("utf-8").splitlines()]
    assert sum(line is not None for line in gold) == 1


def test_every_endpoint_of_the_page_is_in_the_document(place: make.Place) -> None:
    paths = place.app.test_client().get("/api/v1/openapi.json").get_json()["paths"]
    known = {re.sub(r"\{\w+\}", "*", path) for path in paths}
    named = {re.sub(r"/(\d+|\$ID)", "/*", path) for path in re.findall(r'"\$API([^"?]*)', PAGE)}
    assert named and {f"/api/v1{path}" for path in named} <= known
    make.close_all()
