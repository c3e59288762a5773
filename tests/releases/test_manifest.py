"""The manifest: one hash over all, and every kind of tampering told."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest

from annotator.errors import Refused
from annotator.releases.manifest import check, seal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sentences.jsonl").write_bytes(b"{}\n")
    (tmp_path / "README.md").write_text("نص", encoding="utf-8")
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "labels.svg").write_bytes(b"<svg/>")
    seal(tmp_path, project="p", release="v1")
    return tmp_path


def test_the_one_hash_is_that_of_the_list_that_sha256sum_prints(folder: Path) -> None:
    printed = subprocess.run(["sha256sum", "README.md", "sentences.jsonl"], cwd=folder, capture_output=True, check=True)
    manifest, faults = check(folder)
    assert faults == []
    assert manifest["sha256"] == hashlib.sha256(printed.stdout).hexdigest()
    assert [row["path"] for row in manifest["files"]] == ["README.md", "sentences.jsonl"]
    assert [row["path"] for row in manifest["derived"]] == ["figures/labels.svg"]


def test_a_picture_drawn_anew_changes_its_own_hash_only(folder: Path) -> None:
    before = check(folder)[0]["sha256"]
    (folder / "figures" / "labels.svg").write_bytes(b"<svg />")
    assert [fault.file for fault in check(folder)[1]] == ["figures/labels.svg"]
    assert seal(folder)["sha256"] == before


def test_what_was_changed_added_or_removed_is_told(folder: Path) -> None:
    (folder / "README.md").write_text("غيره", encoding="utf-8")
    (folder / "more.txt").write_text("")
    (folder / "figures" / "labels.svg").unlink()
    told = [(fault.file, fault.message.split(":")[0]) for fault in check(folder)[1]]
    assert told == [
        ("figures/labels.svg", "The file is missing."),
        ("more.txt", "The manifest does not list this file."),
        ("README.md", "The file was changed"),
    ]


def test_a_manifest_that_lies_about_the_whole(folder: Path) -> None:
    path = folder / "manifest.json"
    sealed = check(folder)[0]["sha256"]
    path.write_text(path.read_text().replace(sealed, "0" * 64))
    assert [(fault.file, fault.path) for fault in check(folder)[1]] == [("manifest.json", "sha256")]


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"format":"isnad-release/1"}'])
def test_what_is_no_manifest(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(Refused):
        check(tmp_path)


def test_a_folder_without_one(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="is no release: it holds no manifest.json"):
        check(tmp_path)
