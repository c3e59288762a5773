"""What somebody sees who waits at a terminal: one line that tells how far it is and goes in the end."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
WORK = """
import time
from annotator.cli.waiting import waiting
from annotator.progress import passing
with waiting("cutting a.txt"):
    time.sleep(1.4)
    for _ in passing(range(1200), "sentences stored", 1200):
        time.sleep(0.001)
    time.sleep(0.4)
print("done", flush=True)
"""


def at_a_terminal(*arguments: object, columns: int = 80) -> str:
    """What the command, whose output is the terminal's too, writes there."""
    terminal, own = pty.openpty()
    environment = {**os.environ, "PYTHONUTF8": "1", "COLUMNS": str(columns)}
    command = [sys.executable, *map(str, arguments)]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=own, stderr=own) as running:
        os.close(own)
        told = b""
        try:
            while some := os.read(terminal, 4096):
                told += some
        except OSError:  # how Linux says that the other end was closed
            pass
    os.close(terminal)
    assert running.returncode == 0, told.decode()
    return told.decode().replace("\r\n", "\n")


def test_a_line_tells_how_far_it_is_and_is_gone_before_the_result() -> None:
    before, *shown, last = at_a_terminal("-c", WORK).split("\r\x1b[K")
    assert (before, last) == ("", "done\n")
    assert shown[0] == "cutting a.txt, 1 s"
    assert re.fullmatch(r"1,200 of 1,200 sentences stored \(100 %\), \d+ s", shown[-1])
    form = re.compile(r"(cutting a\.txt|(1,[0-2]|[1-9])00 of 1,200 sentences stored \(\d+ %\)|sentences stored), \d+ s")
    assert [line for line in shown if not form.fullmatch(line)] == []


def test_no_line_is_longer_than_the_terminal_is_wide() -> None:
    *shown, last = at_a_terminal("-c", WORK, columns=20).split("\r\x1b[K")
    assert last == "done\n" and max(map(len, shown)) == 19


def test_what_is_done_in_a_moment_shows_nothing() -> None:
    quick = WORK.replace("1.4", "0.1").replace("0.001", "0").replace("0.4", "0")
    assert at_a_terminal("-c", quick) == "done\n"


def test_a_command_that_takes_long_tells_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANNOTATOR_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.delenv("ANNOTATOR_DATABASE_URL", raising=False)
    line = '{"text":"أعلن المجلس خطته رقم %d.","annotations":[{"annotator":"a@example.org","state":"draft","labels":' \
           '{"statements":[],"entities":[{"start":5,"end":11,"label":"ORG"}]}}]}\n'  # fmt: skip
    (tmp_path / "many.jsonl").write_text("".join(line % n for n in range(20_000)), "utf-8")
    assert at_a_terminal("-m", "flask", "project", "add", "p") == "1\tp\toverlap 2\tscheme arabic-news-claims@1.0\n"
    *shown, last = at_a_terminal(
        "-m", "flask", "import", "--project", "p", "--new-annotators", tmp_path / "many.jsonl"
    ).split("\r\x1b[K")
    assert last == "many.jsonl: 1 documents, 20000 units, 20000 annotations\n"
    assert any(re.fullmatch(r"[\d,]+ of 20,000 answers stored \(\d+ %\), \d+ s", line) for line in shown)
