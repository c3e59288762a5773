"""Verifying a file: sound exports pass, and every way to spoil one is told with its place."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from annotator.errors import Refused
from annotator.layers.scheme import Scheme
from annotator.snapshot import Snapshot
from exports import format_named
from exports.verify import Report, verify
from tests.exports.zoo import SCHEME, small, small_gold, snapshots


def written(folder: Path, snapshot: Snapshot, name: str) -> Path:
    path = folder / f"f.{name}"
    path.write_bytes(b"".join(format_named(name).write(snapshot)))
    return path


def faults(path: Path, scheme: Scheme | None = None) -> list[str]:
    return [fault.full() for fault in verify(path, scheme=scheme).faults]


def spoiled(folder: Path, change: Callable[[list[Any]], object]) -> Path:
    path = written(folder, small(), "jsonl")
    lines = [json.loads(raw) for raw in path.read_text(encoding="utf-8").splitlines()]
    change(lines)
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["jsonl", "label-studio"])
def test_a_sound_export_has_no_fault(tmp_path: Path, name: str) -> None:
    assert verify(written(tmp_path, small(), name), scheme=SCHEME) == Report(name, 2, 2, ())
    assert verify(written(tmp_path, small_gold(), name), scheme=SCHEME) == Report(name, 2, 0, ())


@pytest.mark.parametrize("name", ["jsonl", "label-studio"])
@given(snapshot=snapshots())
@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_whatever_we_write_is_sound(tmp_path: Path, name: str, snapshot: Snapshot) -> None:
    if snapshot.lines:
        assert faults(written(tmp_path, snapshot, name)) == []


def answer(lines: list[Any]) -> Any:
    return lines[0]["annotations"][0]


def row(lines: list[Any]) -> Any:
    return answer(lines)["labels"]["statements"][0]


def mark(lines: list[Any]) -> Any:
    return answer(lines)["labels"]["entities"][0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda ls: mark(ls).update(text="وزارة"), "line 1, annotations[0].labels.entities[0].text: The text at 7–14"),
        (lambda ls: mark(ls).update(start=8, end=15), "The offsets look like UTF-16 units"),
        (lambda ls: mark(ls).update(start_utf16=7), "entities[0].start_utf16: 7 is not the UTF-16 offset"),
        (lambda ls: mark(ls).update(end=14.0), "entities[0].end: “14.0” is not a whole number"),
        (lambda ls: answer(ls)["labels"]["entities"].reverse(), "labels.entities: The entities are not ordered"),
        (lambda ls: row(ls).update(attribution="none"), "statements[0].attribution: Attribution none belongs"),
        (lambda ls: row(ls)["stance"].update(target=None), "statements[0].stance: Stance none means"),
        (lambda ls: row(ls).update(claim_type=None), "statements[0].claim_type: This is not answered."),
        (lambda ls: answer(ls)["labels"].update(statements=[]), "statements: A submitted answer needs"),
        (lambda ls: ls[0]["annotations"].reverse(), "line 1, annotations: The annotations are not ordered by annotat"),
        (lambda ls: ls.reverse(), "line 2, start: The units are not ordered"),
        (lambda ls: ls[1].update(id="u1"), "line 2, id: The id “u1” stands in line 1 already."),
        (lambda ls: ls[0].update(text_sha256="0" * 64), f"line 1, text_sha256: “{'0' * 64}” is not the SHA-256 of"),
        (lambda ls: ls[0].update(soft=5), "f.jsonl, line 1, soft: “5” is not an object."),
        (lambda ls: ls[0].pop("gold"), "f.jsonl, line 1, gold: This is missing."),
        (lambda ls: ls[0].update(gold=5), "f.jsonl, line 1, gold: “5” is not an object."),
        (lambda ls: ls[0].update(other=5), "line 1, other: The key “other” is not one of the format."),
        (lambda ls: answer(ls).update(other=5), "line 1, annotations[0].other: The key “other” is not one of the f"),
        (lambda ls: row(ls)["stance"].update(other=5), "labels.statements[0].stance.other: The key “other” is not"),
        (lambda ls: mark(ls).pop("end_utf16"), "labels.entities[0].end_utf16: This is missing."),
        (lambda ls: ls[0].update(id=ls[0].pop("id")), "f.jsonl, line 1: The keys are not in the order of the format"),
        (lambda ls: mark(ls).update(text=None), "labels.entities[0].text: This is missing."),
        (lambda ls: row(ls)["speaker"].update(text=None), "statements[0].speaker.text: This is missing."),
        (lambda ls: row(ls)["speaker"].update(start=None, end=None), "speaker.start: “None” is not a whole number"),
        (lambda ls: answer(ls)["labels"].update(entities=None), "annotations[0].labels.entities: This is missing."),
        (lambda ls: answer(ls).update(state=None), "line 1, annotations[0].state: This is missing."),
        (lambda ls: ls[1].update(start=None), "line 2, start: This is missing."),
        (lambda ls: ls[0].update(project=[1]), "line 1, project: “[1]” is not a text."),
        (lambda ls: ls[0].update(kind="verse"), "line 1, kind: “verse” is none of sentence, headline,"),
        (lambda ls: ls[1]["document"].update(outlet="Mina"), "line 2, document: This line tells other particulars of"),
        (lambda ls: ls[1].update(start=28, end=32), "line 2, start: The unit 28–32 of “a.txt” overlaps"),
        (lambda ls: ls[1]["document"].update(file="../x"), "line 2, document.file: “../x” is no file name"),
    ],
)  # fmt: skip
def test_each_fault_is_told(tmp_path: Path, change: Callable[[list[Any]], object], words: str) -> None:
    assert words in "\n".join(faults(spoiled(tmp_path, change)))


def test_files_that_were_joined_hold_a_mark_that_an_import_refuses(tmp_path: Path) -> None:
    path = written(tmp_path, small(), "jsonl")
    first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"\xef\xbb\xbf" + first + b"\xef\xbb\xbf" + second)
    [fault] = faults(path)
    assert fault.startswith("f.jsonl, line 2: This is not JSON: UTF-8 byte order mark")


def test_labels_are_compared_with_a_scheme_where_one_is_given(tmp_path: Path) -> None:
    path = spoiled(tmp_path, lambda lines: mark(lines).update(label="PLANET"))
    assert faults(path) == []
    [fault] = faults(path, SCHEME)
    assert fault.startswith("f.jsonl, line 1, annotations[0].labels.entities[0].label: “PLANET” is none of")


def test_gold_is_verified_too(tmp_path: Path) -> None:
    path = written(tmp_path, small_gold(), "jsonl")
    path.write_text(path.read_text(encoding="utf-8").replace('"start":7,', '"start":6,', 1), encoding="utf-8")
    assert faults(path)[0].startswith("f.jsonl, line 1, gold.labels.statements[0].speaker.text: The text at 6–14")


def test_all_lines_are_checked_but_no_more_than_100_faults_told(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"
    path.write_bytes(b'{"format":"isnad/1","text":7}\n' * 150)
    report = verify(path)
    assert len(report.faults) == 100
    assert [fault.line for fault in report.faults[:3]] == [1, 2, 3]


@pytest.mark.parametrize("name", ["jsonl-flat", "csv", "conll", "web-annotation", "huggingface"])
def test_what_is_not_checked_is_refused_as_a_whole(tmp_path: Path, name: str) -> None:
    (path := tmp_path / "export").write_bytes(b"".join(format_named(name).write(small())))
    with pytest.raises(Refused) as refusal:
        verify(path)
    assert refusal.value.faults[0].full() == (
        "export is neither JSONL of record nor Label Studio JSON; only these are checked."
    )


def test_an_empty_file_is_no_export(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"
    path.write_bytes(b"")
    assert faults(path) == ["f.jsonl: The file holds no unit."]


def test_the_report_counts(tmp_path: Path) -> None:
    report = verify(written(tmp_path, small(), "jsonl"))
    assert dataclasses.astuple(report) == ("jsonl", 2, 2, ())
