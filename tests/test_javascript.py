"""The tests of the JavaScript modules, run by Node.js's own runner, without npm."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import lacking

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted((ROOT / "tests" / "js").glob("*.test.mjs"))


@cache
def node() -> tuple[str, ...]:
    """The command, told where its version does not see it by itself that our files are ES modules."""
    found = shutil.which("node")
    if found is None:
        lacking("Node.js")
    version = subprocess.run([found, "--version"], check=True, capture_output=True, text=True).stdout
    old = int(version.removeprefix("v").split(".")[0]) < 23
    return (found, "--no-warnings", *(("--experimental-default-type=module",) if old else ()))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.removesuffix(".test.mjs"))
def test_javascript(path: Path) -> None:
    command = [*node(), "--test", str(path)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert told.returncode == 0, told.stdout + told.stderr
    assert re.search(r"^# pass [1-9]|^ℹ pass [1-9]", told.stdout, re.M), told.stdout


def test_every_script_is_whole() -> None:
    """Modules that only a browser can run are parsed at least."""
    broken = []
    for path in sorted((ROOT / "annotator" / "static" / "js").rglob("*.js")):
        command = [node()[0], "--input-type=module", "--check"]
        told = subprocess.run(command, input=path.read_text("utf-8"), capture_output=True, text=True, timeout=60)
        if told.returncode:
            broken.append(f"{path.relative_to(ROOT)}: {told.stderr}")
    assert broken == []
