"""Every format tells in every view where its labels come from."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pyarrow.parquet
import pytest
from spacy.tokens import DocBin
from spacy.vocab import Vocab

from annotator.snapshot import Annotation, Snapshot, provenance
from exports import FORMATS, format_named, jsonl, label_studio
from exports import views as views_of
from exports.lines import ReadLine
from tests.exports.zoo import small, views

TOLD = {
    "offered": {"speakers": ["gov_iq"]}, "outlet_hidden": True,
    "taken": [{"layer": "entities", "outcome": "relabelled", "propagated_from": "u2"}],
}  # fmt: skip
#: what must be found of the one answer, whatever the view
EXPECTED = {
    "decided_by": None, "schemes": ["arabic-news-claims@1.0"], "guidelines": ["guideline@1"], "suggestion_seen": True,
    "suggestion_changed": True, "propagated_from": "u2", "outlet_shown": False, "active_ms": 5400,
}  # fmt: skip
DECIDED = {**EXPECTED, "decided_by": "lead@example.org"}


def snapshot(what: str, *, decided: bool = False) -> Snapshot:
    """One sentence with one answer that says all there is to say; perhaps a decision in the place of the rule."""
    line, *_ = small().lines
    answer = replace(line.annotations[0], provenance=TOLD)
    made = views(replace(small(), lines=(replace(line, annotations=(answer,)),)))[what]
    [line] = made.lines
    if decided and line.gold is not None:
        basis = dict.fromkeys(line.gold.basis, "adjudicated")
        line = replace(line, gold=replace(line.gold, basis=basis, provenance=DECIDED))
    return replace(made, lines=(line,))


def of_answer(line: ReadLine) -> dict[str, Any]:
    """The same from an answer as it was read back: its own scheme, guideline, time and raw provenance."""
    came = line.annotations[0]
    assert came.scheme is not None
    answer = Annotation(
        came.annotator, came.state, came.version or 0, None, None, small().lines[0].annotations[0].labels,  # type: ignore[index]
        None, came.active_ms, "", "", came.scheme, came.guideline, came.provenance,
    )  # fmt: skip
    return provenance([answer])


def row(content: bytes) -> dict[str, Any]:
    [found] = [json.loads(line) for line in content.splitlines()]
    return dict(found)


def spreadsheet(delimiter: str) -> Callable[[bytes, str], dict[str, Any]]:
    def read(content: bytes, what: str) -> dict[str, Any]:
        [found] = csv.DictReader(io.StringIO(content.decode(), newline=""), delimiter=delimiter)
        cells = {"true": True, "false": False, "": None}
        texts = ("schemes", "guidelines")
        return {
            key: json.loads(value) if key in texts else int(value) if key in ("votes", "active_ms")
            else cells.get(value, value) for key, value in found.items()
        }  # fmt: skip

    return read


def read_jsonl(content: bytes, what: str) -> dict[str, Any]:
    if what == "annotations":
        [line] = jsonl.read([content], file="f")
        return of_answer(line)
    told = row(content)[what]
    return {**told["provenance"], "votes": told["votes"], "basis": told.get("basis")}


def read_label_studio(content: bytes, what: str) -> dict[str, Any]:
    [line] = label_studio.read(content, file="f")
    if what == "annotations":
        return of_answer(line)
    assert line.gold is not None
    return {**line.gold["provenance"], "votes": line.gold["votes"], "basis": line.gold["basis"]}


def read_huggingface(content: bytes, what: str) -> dict[str, Any]:
    table = zipfile.ZipFile(io.BytesIO(content)).read("data/train.parquet")
    [found] = pyarrow.parquet.read_table(io.BytesIO(table)).to_pylist()
    return dict(found)


def read_conll(content: bytes, what: str) -> dict[str, Any]:
    found = dict(re.findall(r"^# (\w+) = (.*)$", content.decode(), re.M))
    told = {key: json.loads(found[key]) for key in ("votes", "basis") if key in found}
    return {**json.loads(found["provenance"]), **told}


def read_web_annotation(content: bytes, what: str) -> dict[str, Any]:
    told = [{key: one[key] for key in one if key.startswith("isnad:")} for one in json.loads(content)["items"]]
    assert all(one == told[0] for one in told)  # every one of them tells it
    return {**told[0]["isnad:provenance"], "votes": told[0].get("isnad:votes"), "basis": told[0].get("isnad:basis")}


def read_spacy(content: bytes, what: str) -> dict[str, Any]:
    [doc] = DocBin().from_bytes(content).get_docs(Vocab())
    # its packing knows one kind of list only
    return {key: list(value) if isinstance(value, tuple) else value for key, value in doc.user_data["isnad"].items()}


READERS: dict[str, Callable[[bytes, str], dict[str, Any]]] = {
    "jsonl": read_jsonl, "jsonl-flat": lambda content, what: row(content), "label-studio": read_label_studio,
    "huggingface": read_huggingface, "csv": spreadsheet(","), "tsv": spreadsheet("\t"), "conll": read_conll,
    "spacy": read_spacy, "web-annotation": read_web_annotation,
}  # fmt: skip
CASES = [(form.NAME, what) for form in FORMATS for what in views_of(form) if form.NAME != "label-studio-config"]


def test_every_format_is_looked_at() -> None:
    assert {name for name, _ in CASES} == set(READERS)


@pytest.mark.parametrize(("name", "what"), CASES)
def test_where_labels_come_from_is_told(name: str, what: str) -> None:
    content = b"".join(format_named(name).write(snapshot(what)))
    found = READERS[name](content, what)
    assert {key: found[key] for key in EXPECTED} == EXPECTED
    if what != "annotations":
        assert found["votes"] == 1
    if what == "gold":
        assert (found.get("basis") or {}).get("claim_type", found.get("basis_claim_type")) == "single"


@pytest.mark.parametrize("name", [name for name, what in CASES if what == "gold"])
def test_who_decided_is_told(name: str) -> None:
    content = b"".join(format_named(name).write(snapshot("gold", decided=True)))
    found = READERS[name](content, "gold")
    assert {key: found[key] for key in DECIDED} == DECIDED
    assert (found.get("basis") or {}).get("claim_type", found.get("basis_claim_type")) == "adjudicated"
