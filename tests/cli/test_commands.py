"""The commands as an operator types them: results, messages, exit codes, nothing half done."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from annotator.cli import COMMANDS
from annotator.migrations import HEAD

ROOT = Path(__file__).resolve().parent.parent.parent
Answer = subprocess.CompletedProcess[str]
Run = Callable[..., Answer]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    environment = {**os.environ, "ANNOTATOR_INSTANCE": str(tmp_path / "instance"), "PYTHONUTF8": "1"}
    for name in ("ANNOTATOR_DATABASE_URL", "PORT"):
        environment.pop(name, None)

    def ran(*arguments: object, code: int = 0) -> Answer:
        command = [sys.executable, "-m", "flask", *map(str, arguments)]
        answer = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
        assert answer.returncode == code, answer.stderr
        assert "Traceback" not in answer.stderr
        return answer

    return ran


def test_every_command_has_help(run: Run) -> None:
    listed = run("--help").stdout
    for command in COMMANDS:
        assert f"  {command.name} " in listed
        assert command.help or command.callback.__doc__


def test_from_articles_to_gold_and_back(run: Run, tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "a.txt").write_text("أعلن المجلس خطته.\nورفضت النقابة ذلك.\n", "utf-8")
    (texts / "b.txt").write_bytes("وقال سالم نعم.".encode("windows-1256"))
    (tmp_path / "about.toml").write_text(
        '[[document]]\nfile = "a.txt"\noutlet = "الفنار"\npublished = 2026-01-31\n', "utf-8"
    )
    assert (
        run("project", "add", "تجربة", "--overlap", 1).stdout == "1\tتجربة\toverlap 1\tscheme arabic-news-claims@1.0\n"
    )
    assert "named “تجربة” already" in run("project", "add", "تجربة", code=1).stderr
    refused = run("import", "--project", "تجربة", "--metadata", tmp_path / "about.toml", texts, code=1)
    assert refused.stdout == "a.txt: 1 documents, 2 units, 0 annotations\n"
    assert "--encoding windows-1256" in refused.stderr and "1 of 2 files refused" in refused.stderr
    run("import", "--project", "تجربة", "--encoding", "windows-1256", texts / "b.txt")
    assert "3 served" in run("project", "list").stdout
    split = [json.loads(line) for line in run("split", texts / "a.txt").stdout.splitlines()]
    assert split[1] == {"file": "a.txt", "start": 18, "end": 37, "kind": "sentence", "text": "ورفضت النقابة ذلك."} | {
        "end": split[1]["end"]
    }
    assert run(
        "person", "add", "أمل", "--email", "amal@example.org", "--project", "تجربة", "--role", "annotator"
    ).stdout.startswith("http://127.0.0.1:5000/sign-in/")
    assert run("person", "link", "amal@example.org").stdout.startswith("http://127.0.0.1:5000/sign-in/")
    assert run("token", "add", "amal@example.org", "--scope", "read").stdout.startswith("isnad_")
    listed = "amal@example.org\tأمل\tannotator in تجربة\t1 tokens\tseen never"
    assert run("person", "list", "--project", "تجربة").stdout == f"{listed}\n"
    run("person", "close", "amal@example.org")
    assert run("person", "list").stdout == f"{listed}\tclosed\n"
    assert "is closed. The operator opens it" in run("person", "link", "amal@example.org", code=1).stderr
    assert run("person", "open", "amal@example.org").stdout == "amal@example.org is open.\n"
    out = tmp_path / "out.jsonl"
    run("export", "--project", "تجربة", "--format", "jsonl", "--out", out)
    assert run("export", "--project", "تجربة", "--format", "jsonl", "--out", "-").stdout.encode() == out.read_bytes()
    first = json.loads(out.read_bytes().splitlines()[0])
    assert first["document"]["outlet"] == "الفنار"
    assert "3 units, 0 annotations: all sound" in run("verify", out).stdout
    out.write_bytes(out.read_bytes().replace("المجلس".encode(), "المجلد".encode()))
    assert "out.jsonl, line 1, text_sha256" in run("verify", out, code=1).stderr
    assert "all sound" in run("check").stdout


def test_versions_of_scheme_and_guideline(run: Run, tmp_path: Path) -> None:
    run("project", "add", "p")
    content = json.loads((ROOT / "seeds" / "scheme.json").read_text("utf-8"))
    (tmp_path / "same.json").write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    assert run("scheme", "set", "--project", "p", tmp_path / "same.json").stdout == "arabic-news-claims@1.0\n"
    content["layers"]["claim_type"]["labels"][0]["en"] = "event"
    (tmp_path / "new.json").write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    assert run("scheme", "set", "--project", "p", tmp_path / "new.json").stdout == "arabic-news-claims@1.0-2\n"
    content["layers"]["claim_type"]["labels"][0]["key"] = "Digit2"
    (tmp_path / "clash.json").write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    clash = run("scheme", "set", "--project", "p", tmp_path / "clash.json", code=1).stderr
    assert clash.startswith("clash.json, layers.claim_type.labels[1].key: The key Digit2 would mean both")
    (tmp_path / "g.md").write_text("# دليل\n", "utf-8")
    for _ in range(2):
        assert (
            run("guideline", "set", "--project", "p", "--language", "ar", tmp_path / "g.md").stdout == "guideline@1\n"
        )


def test_backup_restore_and_upgrade(run: Run, tmp_path: Path) -> None:
    run("project", "add", "before")
    run("backup", tmp_path / "b.sqlite3")
    assert "never overwrites" in run("backup", tmp_path / "b.sqlite3", code=1).stderr
    run("project", "add", "after")
    restored = run("restore", tmp_path / "b.sqlite3")
    assert "is kept as" in restored.stderr
    assert [line.split("\t")[1] for line in run("project", "list").stdout.splitlines()] == ["before"]
    assert run("upgrade").stdout == f"The database is of version {HEAD}.\n"
    (tmp_path / "b.dump").write_bytes(b"PGDMP\x01\x0e")
    assert "is a backup of PostgreSQL" in run("restore", tmp_path / "b.dump", code=1).stderr


def test_wrong_counts_are_told_with_what_mends_them(run: Run, tmp_path: Path) -> None:
    run("seed")
    with sqlite3.connect(tmp_path / "instance" / "isnad.sqlite3") as connection:
        connection.execute("UPDATE membership SET active_ms = 0 WHERE active_ms > 0")
    connection.close()
    told = run("check", code=1).stderr.splitlines()
    assert told and all(line.endswith(" are stored. (--recount)") for line in told)
    assert run("check", "--recount").stdout.endswith(": all sound\n")


def test_seeding_happens_once_and_only_into_an_empty_database(run: Run) -> None:
    assert run("seed").stdout == "Made the demo project “تجربة”.\n"
    assert run("seed").stdout == "The database is not empty; nothing was added.\n"
    assert "143 units, 48 annotations: all sound" in run("check").stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("import", "--project", "none", "README.md"), 1),
        (("export", "--project", "none", "--format", "jsonl", "--out", "-"), 1),
        (("person", "link", "nobody@example.org"), 1),
        (("person", "add", "x", "--email", "no address"), 1),
        (("export", "--project", "p", "--format", "zip", "--out", "-"), 2),
        (("import", "missing.txt", "--project", "p"), 2),
        (("split",), 2),
        (("token", "add", "x@example.org", "--scope", "all"), 2),
    ],
)
def test_refusals_are_one_clear_line_and_wrong_usage_is_told(run: Run, arguments: tuple[str, ...], code: int) -> None:
    answer = run(*arguments, code=code)
    assert answer.stdout == ""
    assert len(answer.stderr.strip().splitlines()) == 1 or code == 2
