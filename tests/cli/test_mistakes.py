"""An operator's ordinary mistakes: exit code 1 and one clear line, never a stack trace."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
BAD = "أ\udcffب"  # a byte that is no UTF-8, as the system hands it to a program
Ran = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path) -> Ran:
    def ran(*arguments: object, program: str = "flask", **changes: str) -> tuple[int, str, str]:
        own = {"ANNOTATOR_INSTANCE": str(tmp_path / "instance"), "PYTHONUTF8": "1", **changes}
        command = [sys.executable, *(["-m", "flask"] if program == "flask" else [program]), *map(str, arguments)]
        answer = subprocess.run(command, cwd=ROOT, env={**os.environ, **own}, capture_output=True, text=True)
        return answer.returncode, answer.stdout, answer.stderr

    return ran


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("ANNOTATOR_THREADS", "abc", "ANNOTATOR_THREADS is “abc”; it must be a whole number from 1 to 256."),
        ("ANNOTATOR_LANGUAGE", "fr", "ANNOTATOR_LANGUAGE is “fr”; it must be ar or en."),
        ("ANNOTATOR_SECRET_KEY", "short",
         "ANNOTATOR_SECRET_KEY is shorter than 32 characters; leave it out to have one made."),
        ("PORT", "abc", "PORT is “abc”; it must be a whole number from 0 to 65535."),
        ("ANNOTATOR_DATABASE_URL", "foo://x",
         "ANNOTATOR_DATABASE_URL is of the kind “foo”; it must begin with postgresql:// or sqlite:///."),
        *(("ANNOTATOR_DATABASE_URL", value,
           "ANNOTATOR_DATABASE_URL must be as postgresql://user:password@host:5432/name, or as "
           "sqlite:////path/file.sqlite3 with the whole path of a file.")
          for value in ("sqlite://", "sqlite:///:memory:", "sqlite:///isnad.sqlite3", "sqlite:///file:x?uri=true",
                        "postgresql://user:unseen@host:port/x")),
        ("ANNOTATOR_DATABASE_URL", "postgresql+psycopg2://h/x",
         "ANNOTATOR_DATABASE_URL is of the kind “postgresql+psycopg2”; it must begin with postgresql:// or sqlite:///."),
        ("ANNOTATOR_HTTP", "1", "ANNOTATOR_HTTP is no setting; docs/settings.md has all there are."),
        ("ANNOTATOR_INSTANCE", "/dev/null",
         "The folder /dev/null (ANNOTATOR_INSTANCE) cannot be used: File exists."),
        ("ANNOTATOR_INSTANCE", "/proc/nothing",
         "The folder /proc/nothing (ANNOTATOR_INSTANCE) cannot be used: No such file or directory."),
    ],
)  # fmt: skip
def test_a_bad_setting_stops_every_start_in_one_line(run: Ran, name: str, value: str, told: str) -> None:
    for arguments, program in ((("project", "list"), "flask"), ((), "app.py")):
        assert run(*arguments, program=program, **{name: value}) == (1, "", f"{told}\n")


def test_a_database_that_is_not_there(run: Ran) -> None:
    url = "postgresql://user:password-unseen@127.0.0.1:9/x"
    for arguments, program in ((("project", "list"), "flask"), ((), "app.py")):
        code, out, told = run(*arguments, program=program, ANNOTATOR_DATABASE_URL=url)
        assert (code, out, told.count("\n")) == (1, "", 1)
        assert told.startswith("The database cannot be used: connection failed: ") and "unseen" not in told
        assert told.endswith("See ANNOTATOR_DATABASE_URL and ANNOTATOR_INSTANCE.\n")


def test_a_backup_to_where_nothing_can_be_written(run: Ran) -> None:
    run("project", "list")
    assert run("backup", "/proc/nothing/b") == (1, "", "/proc/nothing/b: No such file or directory\n")


def test_a_port_that_is_taken(run: Ran) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told = f"Port {port} on 127.0.0.1 cannot be had: Address already in use. Choose another with PORT.\n"
        assert run(program="app.py", PORT=str(port)) == (1, "", told)


def test_bytes_that_are_no_text(run: Ran, tmp_path: Path) -> None:
    run("project", "add", "p")
    folder = tmp_path / "texts"
    folder.mkdir()
    file = folder / f"{BAD}.txt"
    file.write_text("خبر.", "utf-8")
    shown = BAD.replace("\udcff", "\\udcff")
    end = "holds bytes that are no text in UTF-8; rename it or write it anew.\n"
    for arguments, told in (
        (("project", "add", BAD), f"name: “{shown}” {end}"),
        (("import", "--project", BAD, "README.md"), f"name: “{shown}” {end}"),
        (("import", "--project", "p", "--outlet", BAD, "README.md"), f"outlet: “{shown}” {end}"),
        (("import", "--project", "p", file), f"paths: “{folder}/{shown}.txt” {end}"),
        (("import", "--project", "p", folder),
         f"{shown}.txt, file: The file name “أ\ufffdب.txt” holds a control character. Rename the file.\n"
         "1 of 1 files refused; nothing of them was imported.\n"),
        (("release", "add", "v1", "--project", "p", "--note", BAD), f"note: “{shown}” {end}"),
        (("agreement", "--project", "p", "--outlet", BAD), f"outlet: “{shown}” {end}"),
        (("split", file), f"paths: “{folder}/{shown}.txt” {end}"),
    ):  # fmt: skip
        assert run(*arguments) == (1, "", told)


def test_metadata_in_vain_is_told(run: Ran, tmp_path: Path) -> None:
    run("project", "add", "p")
    (tmp_path / "a.txt").write_text("خبر.", "utf-8")
    (tmp_path / "m.toml").write_text('[[document]]\nfile = "b.txt"\nauthor = "x"\n', "utf-8")
    assert run("import", "--project", "p", "--metadata", tmp_path / "m.toml", tmp_path / "a.txt") == (
        0, "a.txt: 1 documents, 1 units, 0 annotations\n",
        "m.toml, document[0].author: The key “author” is not known and was left out.\n"
        "m.toml, document: “b.txt” is none of the files that are imported here.\n",
    )  # fmt: skip
    for published in ("2026-13-01", "2026-02-30"):
        assert run("import", "--project", "p", "--published", published, tmp_path / "a.txt") == (
            1, "", f"a.txt, published: “{published}” is no date: write it as 2026-01-31.\n"
            "1 of 1 files refused; nothing of them was imported.\n",
        )  # fmt: skip


def test_agreement_of_what_is_not_there(run: Ran) -> None:
    run("project", "add", "p")
    for option, value, told in (
        ("week", "zz", "week: “zz” is no week: write it as 2026-W05.\n"),
        ("guideline", "zz", "guideline: The project has no “zz”.\n"),
    ):
        assert run("agreement", "--project", "p", f"--{option}", value) == (1, "", told)
