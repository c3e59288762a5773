"""flask import of other tools' files, and the dry run."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.test_commands import Run, run

__all__ = ["run"]


def test_a_dry_run_tells_everything_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    run("project", "add", "p")
    run("person", "add", "أمل", "--email", "amal@example.org", "--project", "p", "--role", "annotator")
    file = tmp_path / "marks.jsonl"
    text = "قالت الوزارة إن بغداد ترحب."
    file.write_text(json.dumps({"text": text, "label": [[5, 12, "ORG"], [16, 21, "CITY"]]}), "utf-8")
    given = ("import", "--project", "p", "--format", "doccano", "--annotator", "amal@example.org", file)
    refused = run(*given, "--dry-run", code=1)
    assert "marks.jsonl: ORG → ORG: 1, first in line 1\n" in refused.stderr
    assert "marks.jsonl: CITY is no label here; map it with --map CITY=…: 1, first in line 1\n" in refused.stderr
    mapped = (*given, "--map", "CITY=GPE")
    told = run(*mapped, "--dry-run")
    assert told.stdout == "marks.jsonl: 1 documents, 1 units, 1 annotations\n"
    assert told.stderr.endswith("This was a dry run: nothing was written.\n")
    export = ("export", "--project", "p", "--format", "jsonl", "--out", "-")
    assert run(*export).stdout == ""
    assert run(*mapped).stdout == told.stdout
    [annotation] = json.loads(run(*export).stdout)["annotations"]
    marks = [(e["text"], e["label"]) for e in annotation["labels"]["entities"]]
    assert (annotation["state"], marks) == ("draft", [("الوزارة", "ORG"), ("بغداد", "GPE")])
    assert "write it as PERSON=PERS" in run(*given, "--map", "CITY", code=1).stderr
