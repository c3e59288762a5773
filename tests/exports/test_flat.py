"""Rows for training in JSONL, CSV, TSV and Parquet: the same values as the snapshot, read by other libraries."""

from __future__ import annotations

import gc
import io
import json
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from annotator.snapshot import Line, Snapshot
from exports import FORMATS, format_named, huggingface, views
from exports.flat import COLUMNS, rows
from exports.spreadsheet import guarded, unguarded
from tests.exports.zoo import PIECES, small, small_gold, snapshots
from tests.exports.zoo import views as zoo_views


def written(name: str, snapshot: Snapshot) -> bytes:
    return b"".join(format_named(name).write(snapshot))


def of_cell(kind: str, value: str | None) -> Any:
    """A cell as a program reads it back."""
    if value is None:
        return None
    if kind == "number":
        return int(value)
    if kind == "truth":
        return value == "true"
    text = unguarded(value)
    return text if kind == "text" else json.loads(text)


def read_sheet(raw: bytes, separator: str, what: str) -> list[dict[str, Any]]:
    """By a reader that tells an empty field (null) from a quoted empty text."""
    from pyarrow import csv, string

    table = csv.read_csv(
        io.BytesIO(raw),
        parse_options=csv.ParseOptions(delimiter=separator, newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(COLUMNS[what], string()), strings_can_be_null=True, null_values=[""],
            quoted_strings_can_be_null=False,
        ),
    )
    return [{name: of_cell(COLUMNS[what][name], value) for name, value in row.items()} for row in table.to_pylist()]


def test_a_row_is_a_submitted_answer_with_where_it_comes_from() -> None:
    (row,) = map(json.loads, written("jsonl-flat", small()).splitlines())
    assert list(row) == list(COLUMNS["annotations"])
    assert (row["id"], row["annotator"], row["speaker"], row["stance"]) == (
        "u1", "amal@example.org", "mofa_iq", "favor",
    )  # fmt: skip
    assert [statement["claim_type"] for statement in row["further_statements"]] == ["praise"]
    assert [(e["start"], e["end"], e["label"]) for e in row["entities"]] == [(7, 14, "ORG"), (18, 23, "GPE")]
    assert (row["votes"], row["active_ms"], row["guidelines"]) == (1, 5400, ["guideline@1"])


def test_gold_has_its_basis_and_soft_its_shares() -> None:
    (gold,) = rows(small_gold())
    assert (gold["basis_speaker"], gold["basis_stance"], gold["votes"]) == ("single", "single", 1)
    (soft,) = rows(zoo_views(small())["soft"])
    assert (soft["claim_type_shares"], soft["stance_target_posterior"]) == ({"announce": 1.0}, {"talks": 1.0})
    assert [entity["share"] for entity in soft["entities"]] == [1.0, 1.0]


@pytest.mark.parametrize("what", ["annotations", "gold", "soft"])
@pytest.mark.parametrize(("name", "separator"), [("csv", ","), ("tsv", "\t")])
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(snapshot=snapshots())
def test_a_spreadsheet_is_read_back_to_the_letter(name: str, separator: str, what: str, snapshot: Snapshot) -> None:
    told = zoo_views(snapshot)[what]
    expected = list(rows(told))
    assert read_sheet(written(name, told), separator, what) == expected
    assert [json.loads(line) for line in written("jsonl-flat", told).splitlines()] == expected


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u200f=1", "＝1", "|x", "%0",
                                  "\ufeff=cmd|' /C calc'!A0", "'", "''=1"])  # fmt: skip
def test_nothing_that_a_spreadsheet_would_compute_begins_a_cell(text: str) -> None:
    assert guarded(text).startswith("'")
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", ["قال", "", "a=1", "1-2", *PIECES])
def test_a_guard_is_taken_away_again(text: str) -> None:
    assert unguarded(guarded(text)) == text


def test_pandas_reads_the_spreadsheet() -> None:
    import pandas

    frame = pandas.read_csv(io.BytesIO(written("csv", small())), keep_default_na=False, na_values=[""])
    (expected,) = rows(small())
    assert frame.loc[0, "text"] == expected["text"]
    assert frame.loc[0, "speaker_end"] == expected["speaker_end"]


@pytest.mark.parametrize("what", ["annotations", "gold", "soft"])
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(snapshot=snapshots())
def test_parquet_holds_the_same_rows(what: str, snapshot: Snapshot) -> None:
    import pyarrow.parquet as pq

    told = zoo_views(snapshot)[what]
    found = []
    with zipfile.ZipFile(io.BytesIO(written("huggingface", told))) as archive:
        for name in archive.namelist():
            if name.endswith(".parquet"):
                found += pq.read_table(io.BytesIO(archive.read(name))).to_pylist()
    assert sorted(map(plain, found), key=key) == sorted(map(plain, rows(told)), key=key)


def test_a_download_that_breaks_off_leaves_no_writer_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else each one leaves a traceback in the log: the writer ends after its file."""
    left: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", left.append)

    def broken() -> Iterator[Line]:
        yield from small().lines
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(huggingface.write(replace(small(), lines=broken())))
    gc.collect()
    assert left == []


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """Shares as a mapping on either side: Parquet holds them as a list."""
    return {
        name: {share["label"]: share["share"] for share in value}
        if name.endswith(("_shares", "_posterior")) and isinstance(value, list) else value
        for name, value in row.items()
    }  # fmt: skip


def key(row: dict[str, Any]) -> tuple[str, str]:
    return row["id"], row.get("annotator", "")


def unpacked(snapshot: Snapshot, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(written("huggingface", snapshot))) as archive:
        archive.extractall(folder)
    return folder


@pytest.mark.parametrize("what", ["annotations", "gold", "soft"])
def test_datasets_loads_the_folder(what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    datasets = pytest.importorskip("datasets")
    told = zoo_views(small(split="dev"))[what]
    loaded = datasets.load_dataset(str(unpacked(told, tmp_path / "set")), cache_dir=str(tmp_path / "cache"))
    assert list(loaded) == ["validation"]
    described = datasets.load_dataset_builder(str(tmp_path / "set"), cache_dir=str(tmp_path / "more")).info
    assert {name: part.num_examples for name, part in described.splits.items()} == {"validation": 1}
    assert described.dataset_size == (tmp_path / "set" / "data" / "validation.parquet").stat().st_size
    assert list(map(plain, loaded["validation"])) == list(map(plain, rows(told)))
    assert loaded["validation"].features["start"].dtype == "int64"
    assert list(loaded["validation"].features) == list(COLUMNS[what])


def test_a_part_that_datasets_takes_for_all_parts_has_another_name(tmp_path: Path) -> None:
    folder = unpacked(zoo_views(small(split="all"))["gold"], tmp_path)
    assert [path.name for path in (folder / "data").iterdir()] == ["split_5ef5ef0364b6.parquet"]


@pytest.mark.parametrize("what", ["annotations", "gold", "soft"])
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated", "ignore:The inplace keyword")  # their own use
def test_mlcroissant_accepts_the_description_and_reads_by_it(what: str, tmp_path: Path) -> None:
    import mlcroissant

    told = zoo_views(small())[what]
    folder = unpacked(told, tmp_path)
    dataset = mlcroissant.Dataset(jsonld=str(folder / "croissant.json"))
    assert list(dataset.metadata.issues.errors) == []
    (found,) = dataset.records("train")
    (expected,) = rows(told)
    assert found["train/text"].decode() == expected["text"]
    assert found["train/end"] == expected["end"]


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.NAME)
def test_equal_snapshots_give_equal_bytes(form: Any) -> None:
    for what in views(form):
        assert b"".join(form.write(zoo_views(small())[what])) == b"".join(form.write(zoo_views(small())[what]))
