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


def test_several_annotators_of_prodigy_and_predictions_of_label_studio(run: Run, tmp_path: Path) -> None:
    run("project", "add", "p")
    text = "قالت الوزارة إن بغداد ترحب."
    mark = {"start": 5, "end": 12, "label": "ORG"}
    file = tmp_path / "two.jsonl"
    lines = [{"text": text, "spans": [mark], "_annotator_id": f"ner-{name}", "answer": "accept"} for name in ("a", "b")]
    file.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    given = ("import", "--project", "p", "--format", "prodigy", "--new-annotators", file)
    assert "whom one --annotator would make one" in run(*given, "--annotator", "a@example.org", code=1).stderr
    told = run(*given, "--annotator", "ner-a=a@example.org", "--annotator", "ner-b=b@example.org")
    assert told.stdout == "two.jsonl: 1 documents, 1 units, 2 annotations\n"
    tasks = tmp_path / "tasks.json"
    region = {"from_name": "entities", "to_name": "text", "type": "labels",
              "value": {"start": 0, "end": 4, "text": "بغداد"[:4], "labels": ["GPE"]}}  # fmt: skip
    task = {"data": {"text": "بغداد ترحب."}, "predictions": [{"model_version": "m1", "score": 0.5, "result": [region]}]}
    tasks.write_text(json.dumps([task, {"text": "خبر."}, {"data": {"text": "نبأ."}, "predictions": [7]}]), "utf-8")
    told = run("import", "--project", "p", tasks)
    assert "tasks.json: 2 predictions were left out" in told.stderr
    told = run("import", "--project", "p", "--new-annotators", "--predictions-as", "model@example.org", tasks)
    assert "tasks.json: 1 predictions were left out" in told.stderr and "1 annotations, 3 already there" in told.stdout
