"""Near-copies that a second process finds: the same as without one, whatever becomes of it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from annotator import beside
from annotator.beside import Grouping
from annotator.text.similarity import near_groups

TEXTS = [f"أعلنت الوزارة النشرة رقم {n}" if n % 3 else f"خبر{n} وحيد{n} لا{n} يجمعه{n}" for n in range(700)]
TEXTS += ["؟؟", "", "!!", "؟؟", ""]


@pytest.fixture(autouse=True)
def processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


def told(grouping: Grouping) -> Grouping:
    for n in range(0, len(TEXTS), 100):
        grouping.add(TEXTS[n : n + 100])
    return grouping


def test_it_finds_what_is_found_here() -> None:
    grouping = told(Grouping(beside=True))
    assert not grouping.ready()
    grouping.end()
    assert grouping.groups() == near_groups(TEXTS, folded=True)
    assert grouping.ready()


def test_one_processor_has_no_second_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert Grouping(beside=True)._process is None


def test_without_a_process_all_is_found_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    for grouping in (Grouping(), unstarted(monkeypatch)):
        told(grouping).end()
        assert grouping.ready()
        assert grouping.groups() == near_groups(TEXTS, folded=True)


def unstarted(monkeypatch: pytest.MonkeyPatch) -> Grouping:
    monkeypatch.setattr(sys, "executable", "/nowhere/python3")
    return Grouping(beside=True)


def test_a_process_that_ends_early_is_done_without() -> None:
    grouping = told(Grouping(beside=True))
    assert grouping._process is not None
    grouping._process.kill()
    told(grouping).end()
    assert grouping.groups() == near_groups(TEXTS + TEXTS, folded=True)


def test_nothing_stays_of_one_that_is_stopped() -> None:
    before = threading.active_count()
    grouping = told(Grouping(beside=True))
    assert grouping._process is not None
    grouping.stop()
    assert grouping._over.wait(10)
    assert grouping._process.returncode is not None
    for thread in threading.enumerate()[before:]:
        thread.join(10)
    assert threading.active_count() == before


def test_a_process_whose_sender_is_gone_ends() -> None:
    command = [sys.executable, "-m", beside.__name__]
    ended = subprocess.run(command, cwd=beside._ROOT, input="نص\n".encode(), capture_output=True, timeout=60)
    assert (ended.returncode, ended.stdout) == (1, b"")
