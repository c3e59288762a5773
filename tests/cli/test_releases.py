"""flask release, and exports of a release, as an operator types them."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

from annotator.cli.releases import _readable
from annotator.releases.diff import Change
from tests.cli.test_commands import Run, run

__all__ = ["run"]


def test_a_release_from_freezing_to_retraction(run: Run, tmp_path: Path) -> None:
    run("seed")
    name, digest, folder = run("release", "add", "v1", "--project", "تجربة").stdout.rstrip("\n").split("\t")
    assert name == "v1" and len(digest) == 64
    assert run("release", "verify", folder).stdout == f"v1: {digest}, 143 units, 27 gold: all sound\n"
    out = tmp_path / "gold.jsonl"
    run("export", "--project", "تجربة", "--format", "jsonl", "--what", "gold", "--release", "v1", "--out", out)
    now = run("export", "--project", "تجربة", "--format", "jsonl", "--what", "gold", "--out", "-").stdout
    assert out.read_text("utf-8") == now
    run("release", "add", "v2", "--project", "تجربة", "--split", "50/0/50", "--seed", "4", "--note", "مقسّم")
    listed = [line.split("\t") for line in run("release", "list", "--project", "تجربة").stdout.splitlines()]
    assert [(row[0], *row[3:5], *row[6:]) for row in listed] == [
        ("v2", "143 units", "27 gold", "مقسّم", "52/0/48"),
        ("v1", "143 units", "27 gold", "", ""),
    ]
    changes = run("release", "diff", "v1", "v2", "--project", "تجربة", "--json").stdout.splitlines()
    assert {json.loads(change)["kind"] for change in changes} == {"split"} and len(changes) == 143
    run("release", "retract", "v1", "--project", "تجربة", "--reason", "خطأ")
    assert "\tretracted: خطأ\t" in run("release", "list", "--project", "تجربة").stdout
    told = "The release “v1” is retracted: خطأ\n"
    assert run("release", "verify", "v1", "--project", "تجربة").stderr == told
    again = run("export", "--project", "تجربة", "--format", "jsonl", "--release", "v1", "--out", out)
    assert again.stderr.startswith(told)


def test_what_was_written_in_several_lines_is_told_on_one() -> None:
    change = Change("answer", "u1", "a.txt", "نص", "claim_type", "fact", "deny", ("a@x",), ("قرأت\nالدليل\tثانية",))
    assert _readable(change) == "a.txt\tu1\tanswer claim_type: fact → deny\tby a@x\t(قرأت الدليل ثانية)"


def test_a_note_of_several_lines_takes_one_in_the_list(run: Run) -> None:
    run("seed")
    run("release", "add", "v1", "--project", "تجربة", "--note", "للتدريب\nوالاختبار")
    assert [line.split("\t")[6] for line in run("release", "list", "--project", "تجربة").stdout.splitlines()] == [
        "للتدريب والاختبار"
    ]


def test_a_release_is_checked_where_there_is_no_database(run: Run, tmp_path: Path) -> None:
    run("seed")
    _, digest, folder = run("release", "add", "v1", "--project", "تجربة").stdout.rstrip("\n").split("\t")
    alone = tmp_path / "elsewhere" / "any name"
    shutil.copytree(folder, alone)
    shutil.rmtree(tmp_path / "instance")
    assert run("release", "verify", alone).stdout == f"v1: {digest}, 143 units, 27 gold: all sound\n"
    assert "Nothing differs" in run("release", "diff", alone, alone).stderr
    assert not list((tmp_path / "instance").glob("*.db"))
    lines = sorted(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(alone).as_posix()}"
                   for path in alone.rglob("*") if path.is_file() and path.name != "manifest.json")  # fmt: skip
    sealed = [line for line in lines if not line[66:].startswith(("figures/", "huggingface/"))]
    listed = "".join(f"{line}\n" for line in sorted(sealed, key=lambda line: line[66:]))
    assert hashlib.sha256(listed.encode()).hexdigest() == digest  # what `sha256sum` alone can tell
    (alone / "more.txt").write_text("x", "utf-8")
    (alone / "scheme.json").unlink()
    told = run("release", "verify", alone, code=1).stderr
    assert "scheme.json: The file is missing." in told and "more.txt: The manifest does not list this file." in told


def test_a_backup_tells_that_the_files_of_releases_are_not_in_it(run: Run, tmp_path: Path) -> None:
    run("seed")
    assert run("backup", tmp_path / "before.sqlite3").stderr == ""
    folder = run("release", "add", "v1", "--project", "تجربة").stdout.rstrip("\n").split("\t")[2]
    home = tmp_path / "instance" / "releases"
    told = run("backup", tmp_path / "b.sqlite3").stderr
    assert told == f"The files of the releases are not in it; copy {home} too.\n"
    assert run("check").stdout.endswith(": all sound\n")
    shutil.move(home, tmp_path / "elsewhere")
    run("restore", tmp_path / "b.sqlite3")
    assert run("check", code=1).stderr == (
        f"The files of the release “v1” of the project “تجربة” are not there: {folder}.\n"
    )
    assert "copy its folder “releases” back" in run("release", "verify", "v1", "--project", "تجربة", code=1).stderr


def test_refusals(run: Run, tmp_path: Path) -> None:
    run("seed")
    add = ("release", "add", "v1", "--project", "تجربة")
    assert "is no split: write the percents as 80/10/10" in run(*add, "--split", "80-10-10", code=1).stderr
    assert "by event and near-copy, too few for three parts" in run(*add, "--split", "80/10/10", code=1).stderr
    unknown = run("release", "verify", "v1", "--project", "تجربة", code=1).stderr
    assert "There is no release named “v1”; there are: –." in unknown
    assert "is no release: it holds no manifest.json" in run("release", "verify", tmp_path, code=1).stderr
    run(*add)
    folder = tmp_path / "instance" / "releases" / "1" / "v1"
    (folder / "README.md").write_text("tampered", "utf-8")
    told = run("release", "verify", folder, code=1).stderr
    assert told.startswith("README.md: The file was changed: its SHA-256 is ")
    export = ("export", "--project", "تجربة", "--format", "jsonl", "--out", "-")
    assert "There is no release named “v9”" in run(*export, "--release", "v9", code=1).stderr
