"""A folder for Hugging Face `datasets`, packed as zip: Parquet per split, a data card, Croissant metadata,
the label scheme.

Unpacked, `datasets.load_dataset(FOLDER)` loads it with its types. The same project gives the same bytes: the zip
carries no times, and Parquet none but its writer's version.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import IO, Any

import orjson

from annotator.snapshot import LABELLED, Snapshot
from exports import croissant
from exports.flat import COLUMNS, rows
from exports.parquet_types import arrow, arrow_value, features
from exports.zipped import Zipped

NAME = "huggingface"
MEDIA_TYPE = "application/zip"
EXTENSION = "zip"
ROWS = 1000  # rows of a group: what is held in memory at once
#: Names that `datasets` knows, by ours; anything else keeps its own.
SPLITS = {None: "train", "dev": "validation"}


def write(snapshot: Snapshot) -> Iterator[bytes]:
    """The zip, sent while it is made: the scheme at once, the tables from files on disk. Memory stays constant."""
    with ExitStack() as stack:
        packed = Zipped()
        scheme = orjson.dumps(orjson.loads(snapshot.scheme.content), option=orjson.OPT_INDENT_2) + b"\n"
        yield from packed.add("scheme.json", io.BytesIO(scheme))
        tables = _Tables(snapshot.what, stack)
        for row in rows(snapshot):
            tables.add(row)
        tables.close()
        sizes = {}
        for split, file in sorted(tables.files.items()):
            file.seek(0)
            digest = hashlib.sha256()
            yield from packed.add(parquet_name(split), file, digest.update)
            sizes[parquet_name(split)] = digest.hexdigest()
        yield from packed.add("README.md", io.BytesIO(card(snapshot, tables.counts, tables.sizes).encode()))
        described = croissant.metadata(snapshot.project, snapshot.what, sizes)
        content = orjson.dumps(described, option=orjson.OPT_INDENT_2) + b"\n"
        yield from packed.add("croissant.json", io.BytesIO(content))
        yield from packed.close()


def parquet_name(split: str) -> str:
    return f"data/{split}.parquet"


class _Tables:
    """A Parquet file per split, written a group of rows at a time."""

    def __init__(self, what: str, stack: ExitStack) -> None:
        self.kinds = COLUMNS[what]
        self.schema, self.stack = arrow(what), stack
        self.files: dict[str, IO[bytes]] = {}
        self.writers: dict[str, Any] = {}
        self.waiting: dict[str, list[dict[str, Any]]] = {}
        self.counts: dict[str, int] = {}
        self.sizes: dict[str, int] = {}
        self._open("train")  # a dataset without rows has its columns all the same

    def add(self, row: Mapping[str, Any]) -> None:
        split = _split_name(row["split"])
        if split not in self.files:
            self._open(split)
        waiting = self.waiting[split]
        waiting.append({name: arrow_value(kind, row[name]) for name, kind in self.kinds.items()})
        self.counts[split] += 1
        if len(waiting) == ROWS:
            self._flush(split)

    def close(self) -> None:
        for split in self.files:
            self._flush(split)
            self.writers[split].close()
            self.sizes[split] = self.files[split].tell()
        if len(self.files) > 1 and not self.counts["train"]:
            del self.files["train"], self.counts["train"], self.sizes["train"]

    def _open(self, split: str) -> None:
        import pyarrow.parquet as pq

        self.files[split] = self.stack.enter_context(tempfile.TemporaryFile())
        writer = pq.ParquetWriter(self.files[split], self.schema, compression="zstd")
        self.writers[split] = self.stack.enter_context(writer)  # closed before its file, also where this breaks off
        self.waiting[split], self.counts[split] = [], 0

    def _flush(self, split: str) -> None:
        import pyarrow as pa

        if self.waiting[split]:
            self.writers[split].write_table(pa.Table.from_pylist(self.waiting[split], schema=self.schema))
            self.waiting[split] = []


def _split_name(split: str | None) -> str:
    """A name that is a file name and that `datasets` takes: letters, digits and _, but not what it calls all parts."""
    if split in SPLITS:
        return SPLITS[split]
    name = str(split)
    plain = name.isascii() and name.replace("_", "").isalnum() and name != "all"
    return name if plain else "split_" + hashlib.sha256(name.encode()).hexdigest()[:12]


def card(snapshot: Snapshot, counts: Mapping[str, int], sizes: Mapping[str, int]) -> str:
    """README.md: front matter that `datasets` reads, then what the files hold, counted from them.

    `sizes`: bytes of each split's file; without them `datasets` leaves the splits of the front matter aside.
    """
    config = {"config_name": "default",
              "data_files": [{"split": split, "path": parquet_name(split)} for split in sorted(counts)]}  # fmt: skip
    described = {
        "config_name": "default",
        "features": features(snapshot.what),
        "splits": [{"name": split, "num_bytes": sizes[split], "num_examples": counts[split]}
                   for split in sorted(counts)],
        "dataset_size": sum(sizes.values()),
    }
    head = {
        "pretty_name": snapshot.project, "language": [snapshot.scheme.language], "configs": [config],
        "dataset_info": described, "tags": ["stance", "attribution", "named-entity-recognition", "news"],
    }  # fmt: skip
    # JSON is YAML: no name can break out of its quotes
    front = "\n".join(f"{key}: {orjson.dumps(value).decode()}" for key, value in head.items())
    units = snapshot.left_out
    lines = [f"---\n{front}\n---", "", f"View: {snapshot.what}. Scheme: {snapshot.scheme.id}.", "",
             "| split | rows |", "|---|---|", *(f"| {split} | {counts[split]} |" for split in sorted(counts)), "",
             "| units | |", "|---|---|",
             *(f"| {reason} | {units[reason]} |" for reason in sorted(units, key=lambda r: (r != LABELLED, r))),
             f"| all | {sum(units.values())} |", ""]  # fmt: skip
    return "\n".join(lines)
