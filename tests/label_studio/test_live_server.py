"""A project to a real Label Studio server and back. `make test-label-studio` sets the server up and runs this."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import orjson
import pytest

from exports import label_studio
from tests.cli.test_commands import Run, run

__all__ = ["run"]

TOKEN = "0123456789abcdef0123456789abcdef01234567"
EDITOR = "editor@example.org"
PROGRAM = os.environ.get("ANNOTATOR_TEST_LABEL_STUDIO", "")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a fresh server with one user."""
    assert PROGRAM, "run this through “make test-label-studio”"
    folder = tmp_path_factory.mktemp("label-studio")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ, "LABEL_STUDIO_BASE_DATA_DIR": str(folder), "LATEST_VERSION_CHECK": "false",
        "COLLECT_ANALYTICS": "false", "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
    }  # fmt: skip
    command = [PROGRAM, "start", "--username", EDITOR, "--password", "four unrelated words", "--user-token", TOKEN,
               "--no-browser", "--internal-host", "127.0.0.1", "--port", str(port)]  # fmt: skip
    with open(folder / "log", "wb") as log:
        started = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{address}/health", started, folder / "log")
        yield address
    finally:
        started.terminate()
        started.wait(20)


def _wait(address: str, started: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 180
    while time.monotonic() < end and started.poll() is None:
        try:
            with urlopen(address, timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.5)
    raise AssertionError(log.read_text("utf-8", "replace")[-2000:])


@pytest.fixture
def client(server: str) -> Iterator[Any]:
    """The SDK's client of that server."""
    with label_studio.server(server, TOKEN) as made:
        yield made


@pytest.fixture(params=["sample articles", "founding articles"])
def project(request: pytest.FixtureRequest, run: Run, tmp_path: Path) -> str:
    """A project with two annotators' answers: the demo, or the founding articles labelled here."""
    if request.param == "sample articles":
        run("seed")
        return "تجربة"
    articles: Path = request.getfixturevalue("founding_articles")
    run("project", "add", "البداية")
    run("import", "--project", "البداية", articles)
    _label(run, "البداية", tmp_path / "labelled.jsonl")
    return "البداية"


def _label(run: Run, name: str, file: Path) -> None:
    """Two annotators' answers to every sentence, in which they differ at every fourth."""
    lines = exported(run, name)
    for n, line in enumerate(line for line in lines.values() if line["kind"] == "sentence"):
        word = line["text"].split()[0]
        for who in ("amal", "badr"):
            claim = "deny" if who == "badr" and n % 4 == 0 else "fact"
            row = {"speaker": {"id": "ARTICLE"}, "attribution": "none", "stance": {"target": None, "value": "none"},
                   "claim_type": claim}  # fmt: skip
            entity = {"start": line["text"].index(word), "end": line["text"].index(word) + len(word), "label": "ORG"}
            line["annotations"].append(
                {"annotator": f"{who}@example.org", "labels": {"statements": [row], "entities": [entity]}}
            )
    file.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines.values()))
    run("import", "--project", name, "--new-annotators", file)


def exported(run: Run, name: str) -> dict[str, dict[str, Any]]:
    """The lines of the project by id."""
    out = run("export", "--project", name, "--format", "jsonl", "--out", "-").stdout
    return {line["id"]: line for line in map(orjson.loads, out.splitlines())}


def test_what_comes_back_equals_what_went_out_and_one_change_is_one(
    run: Run, server: str, client: Any, project: str
) -> None:
    there = ("--project", project, "--url", server, "--token", TOKEN)
    before = exported(run, project)
    there_already = len(before) + sum(len(line["annotations"]) for line in before.values())
    number, sent, _ = run("label-studio", "push", *there).stdout.split("\t")
    assert sent == f"{len(before)} tasks sent"
    again = run("label-studio", "push", *there, "--to", number).stdout.rstrip("\n").split("\t")
    assert again == [number, "0 tasks sent", f"{len(before)} already there"]
    pulled = run("label-studio", "pull", *there, "--from", number).stdout
    assert pulled == f"label-studio-{number}.json: 0 documents, 0 units, 0 annotations, {there_already} already there\n"
    assert exported(run, project) == before

    task = next(task for task in client.tasks.list(project=int(number), fields="all") if task.annotations)
    annotation = next(a for a in task.annotations if any(r["from_name"] == "claim_type" for r in a["result"]))
    result = annotation["result"]
    changed = next(region for region in result if region["from_name"] == "claim_type")
    changed["value"]["choices"] = ["threaten"]
    author = changed["meta"]["isnad"]["annotator"]
    client.annotations.update(id=annotation["id"], result=result)

    refused = run("label-studio", "pull", *there, "--from", number, code=1).stderr
    assert EDITOR in refused and "--new-annotators" in refused
    assert exported(run, project) == before
    pulled = run("label-studio", "pull", *there, "--from", number, "--new-annotators").stdout
    assert pulled.endswith(f" 1 annotations, {there_already - 1} already there\n")
    after = exported(run, project)
    unit = task.data["id"]
    added = [a for a in after[unit]["annotations"] if a["annotator"] == EDITOR]
    assert [a["labels"]["statements"][0]["claim_type"] for a in added] == ["threaten"]
    assert added[0]["provenance"]["label_studio"]["annotator"] == author
    after[unit]["annotations"].remove(added[0])
    assert after == before
    once_more = run("label-studio", "pull", *there, "--from", number, "--new-annotators").stdout
    assert once_more.endswith(f" 0 annotations, {there_already} already there\n")


def test_predictions_go_out_with_our_export_and_come_back_as_drafts(
    run: Run, server: str, client: Any, tmp_path: Path
) -> None:
    run("seed")
    tasks = orjson.loads(run("export", "--project", "تجربة", "--format", "label-studio", "--out", "-").stdout)
    guessed = {}
    for task in tasks:
        answered = [one for one in task["annotations"] if len(one["result"]) > 1]
        marks = [region for one in answered[:1] for region in one["result"] if region["from_name"] == "entities"]
        result = [{key: value for key, value in region.items() if key != "meta"} for region in marks]
        if result:
            task["predictions"] = [{"model_version": "guess-1", "score": 0.75, "result": result}]
            guessed[task["data"]["id"]] = [region["value"] for region in result]
    config = run("export", "--project", "تجربة", "--format", "label-studio-config", "--out", "-").stdout
    number = client.projects.create(title="with predictions", label_config=config).id
    made = client.projects.import_tasks(id=number, request=tasks)
    assert (made.task_count, made.prediction_count) == (len(tasks), len(guessed)) and len(guessed) > 20

    before = exported(run, "تجربة")
    pull = ("label-studio", "pull", "--project", "تجربة", "--url", server, "--token", TOKEN, "--from", str(number))
    assert f"{len(guessed)} predictions were left out" in run(*pull).stderr
    assert exported(run, "تجربة") == before
    told = run(*pull, "--predictions-as", "model@example.org", "--new-annotators").stdout
    assert f"0 units, {len(guessed)} annotations" in told
    drafts = {}
    for key, line in exported(run, "تجربة").items():
        for answer in line["annotations"]:
            if answer["annotator"] == "model@example.org":
                provenance = {"imported_from": "label-studio", "model_version": "guess-1", "score": 0.75}
                assert (answer["state"], answer["provenance"]) == ("draft", provenance)
                drafts[key] = [{"start": e["start"], "end": e["end"], "text": e["text"], "labels": [e["label"]]}
                               for e in answer["labels"]["entities"]]  # fmt: skip
    assert drafts == guessed

    file = tmp_path / "whole.json"
    file.write_bytes(b"".join(client.projects.exports.download_sync(id=number, export_type="JSON")))
    told_of_file = run("import", "--project", "تجربة", "--predictions-as", "model@example.org", file)
    assert f"{len(guessed)} predictions were left out" in told_of_file.stderr  # the file holds their ids only
    assert " 0 annotations, " in told_of_file.stdout


def test_what_it_writes_as_json_min_is_read(run: Run, client: Any, tmp_path: Path) -> None:
    run("seed")
    tasks = orjson.loads(run("export", "--project", "تجربة", "--format", "label-studio", "--out", "-").stdout)
    for task in tasks:  # of each the first whole answer with one statement: every author there is the one who sends
        task["annotations"] = [
            one for one in task["annotations"]
            if one["result"][0]["meta"]["isnad"]["state"] == "submitted"
            and one["result"][0]["meta"]["isnad"]["labels"] == 1
        ][:1]  # fmt: skip
    sent = {task["data"]["id"]: task["annotations"][0] for task in tasks if task["annotations"]}
    config = run("export", "--project", "تجربة", "--format", "label-studio-config", "--out", "-").stdout
    number = client.projects.create(title="read as JSON_MIN", label_config=config).id
    client.projects.import_tasks(id=number, request=tasks)
    file = tmp_path / "min.json"
    parts = client.projects.exports.download_sync(id=number, export_type="JSON_MIN", download_all_tasks=True)
    file.write_bytes(b"".join(parts))
    user = client.users.list()[0].id
    given = ("import", "--project", "تجربة", "--new-annotators", file)
    assert "Say whose it is. (--annotator)" in run(*given, code=1).stderr
    told = run(*given, "--annotator", f"{user}={EDITOR}").stdout
    assert told == f"min.json: 0 documents, 0 units, {len(sent)} annotations, {len(tasks)} already there\n"
    lines = exported(run, "تجربة")
    assert len(sent) > 20
    for key, annotation in sent.items():
        author = annotation["result"][0]["meta"]["isnad"]["annotator"]
        by = {one["annotator"]: one for one in lines[key]["annotations"]}
        assert by[EDITOR]["labels"] == by[author]["labels"]
        assert (by[EDITOR]["comment"], by[EDITOR]["active_ms"]) == (by[author]["comment"], by[author]["active_ms"])


def test_refusals_say_why(run: Run, server: str) -> None:
    run("seed")
    pull = ("label-studio", "pull", "--project", "تجربة", "--from", "999")
    wrong = run(*pull, "--url", server, "--token", "wrong", code=1).stderr
    assert "The Label Studio server refused (401): Invalid token." in wrong
    missing = run(*pull, "--url", server, "--token", TOKEN, code=1).stderr
    assert "The Label Studio server refused (404)" in missing and "<" not in missing
    nobody = run(*pull, "--url", "http://127.0.0.1:1", "--token", TOKEN, code=1).stderr
    assert "The Label Studio server cannot be reached" in nobody
