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
    assert "marks.jsonl: entities ORG → ORG: 1, first in line 1\n" in refused.stderr
    unmapped = "marks.jsonl: entities CITY is no label here; map it as CITY=… (--map): 1, first in line 1\n"
    assert unmapped in refused.stderr
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
    told = run(*given, "--annotator", "a@example.org", code=1).stderr
    assert "whom one address would make one. Say for each: ner-b=name@example.org. (--annotator)" in told
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


def test_a_dry_run_judges_files_as_they_would_be_imported(run: Run, tmp_path: Path) -> None:
    run("project", "add", "p")
    one, other, bad = tmp_path / "one.txt", tmp_path / "other.txt", tmp_path / "another.txt"
    one.write_text("وصل الوفد مساء أمس.\n", "utf-8")
    other.write_text("وصل الوفد مساء أمس.\n", "utf-8")
    bad.write_bytes("نص\0".encode())
    given = ("import", "--project", "p", bad, one, other)
    dry = run(*given, "--dry-run", code=1)
    assert "other.txt: This article is in the project already, as “one.txt”" in dry.stderr
    assert dry.stdout == "one.txt: 1 documents, 1 units, 0 annotations\n" and "2 of 3 files refused" in dry.stderr
    assert run("export", "--project", "p", "--format", "jsonl", "--out", "-").stdout == ""
    assert run(*given, code=1).stdout == dry.stdout


def test_a_dry_run_tells_the_labels_of_every_layer(run: Run, tmp_path: Path) -> None:
    run("seed")
    file = tmp_path / "all.jsonl"
    run("export", "--project", "تجربة", "--format", "jsonl", "--out", file)
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    at, line = next((n, line) for n, line in enumerate(lines, 1) if line["annotations"])
    [row, *_] = line["annotations"][0]["labels"]["statements"]
    row["claim_type"] = "sing"
    file.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    told = run("import", "--project", "تجربة", file, "--dry-run", code=1).stderr
    why = "is no label here; add it to the label scheme first"
    assert f"all.jsonl: claim_type sing {why}: 1, first in line {at}\n" in told
    answers = [answer["labels"]["statements"] for line in lines for answer in line["annotations"]]
    direct = [row["attribution"] for rows in answers for row in rows].count("direct")
    assert f"all.jsonl: attribution direct → direct: {direct}, first in line " in told


def test_what_has_no_effect_is_refused(run: Run, tmp_path: Path) -> None:
    run("project", "add", "p")
    file = tmp_path / "bare.jsonl"
    file.write_text('{"text": "خبر."}', "utf-8")
    given = ("import", "--project", "p", file)
    for option, value, known in (
        ("map", "A=B", "doccano, prodigy, conll, webanno"), ("annotator", "a@example.org", "doccano, prodigy, conll"),
        ("offsets", "utf16", "doccano"), ("predictions-as", "a@example.org", "label-studio"),
    ):  # fmt: skip
        told = run(*given, f"--{option}", value, code=1).stderr
        assert f"bare.jsonl, {option.replace('-', '_')}: This has no effect on files of the format jsonl" in told
        assert f"but on those of {known}" in told
    assert run(*given).stdout == "bare.jsonl: 1 documents, 1 units, 0 annotations\n"


def test_a_file_that_is_no_article_becomes_none_for_want_of_its_format(run: Run, tmp_path: Path) -> None:
    run("project", "add", "p")
    (tmp_path / "a.JSONL").write_text('{"text":"خبر أول."}\n', "utf-8")
    (tmp_path / "b.conllup").write_text("خبر\tO\nثان\tO\n\n", "utf-8")
    (tmp_path / "c.csv").write_text('"text"\n"خبر ثالث."\n', "utf-8")
    files = sorted(tmp_path.glob("?.*"))
    told = run("import", "--project", "p", *files, code=1)
    assert "c.csv: The ending .csv does not tell what the file holds: name its format. (--format)" in told.stderr
    lines = run("export", "--project", "p", "--format", "jsonl", "--out", "-").stdout.splitlines()
    assert [json.loads(line)["text"] for line in lines] == ["خبر أول.", "خبر ثان"]
