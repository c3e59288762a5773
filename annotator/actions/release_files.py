"""What a release holds beside its sentences: scheme, guideline, registry, agreement, leaks, data sheet, pictures."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy.orm import Session

from annotator import charts
from annotator.layers.scheme import Scheme, parse_scheme
from annotator.models import Project
from annotator.queries import registry
from annotator.queries import scheme as schemes
from annotator.releases import files
from annotator.releases.card import card
from annotator.releases.counts import count
from annotator.releases.leaks import COPY, Leaks
from annotator.snapshot import Line
from exports import huggingface
from exports.stored import stored_lines

INDENT = orjson.OPT_INDENT_2
VIEWS = ("gold", "annotations", "soft")


def describe(
    session: Session,
    project: Project,
    folder: Path,
    *,
    name: str,
    note: str | None,
    plan: Mapping[str, Any] | None,
    groups: Mapping[str, Any] | None,
    leaks: Leaks | None,
    agreement: Mapping[str, Any],
    progress: Callable[[str, Iterable[Line]], Iterable[Line]],
) -> dict[str, Any]:
    """Write everything but the sentences and the pictures; give what the manifest tells of it."""
    scheme = schemes.in_force(session, project.id).scheme
    _write(folder / "scheme.json", orjson.dumps(orjson.loads(scheme.content), option=INDENT))
    for language, text in sorted(schemes.guideline_texts(session, project.id).items()):
        (folder / f"guideline.{language}.md").write_bytes(text.encode())
    with open(folder / "registry.jsonl", "wb") as file:
        for entry in sorted(_entries(session, project), key=lambda entry: str(entry["id"])):
            file.write(orjson.dumps(entry) + b"\n")
    _write(folder / "agreement.json", orjson.dumps(agreement, option=INDENT))
    told = _leaks_json(leaks)
    if told is not None:
        _write(folder / "leaks.json", orjson.dumps(told, option=INDENT))
    with open(folder / "sentences.jsonl", "rb") as file:
        counts = count(progress("counts", stored_lines(file)))
    _write(folder / "counts.json", orjson.dumps(counts, option=INDENT))
    _write_views(folder, project.name, progress)
    sheet = card(
        project=project.name, release=name, note=note, language=project.language, scheme=scheme, counts=counts,
        agreement=agreement, leaks=told, plan=plan, groups=groups, head=_head(folder, project, name),
    )  # fmt: skip
    (folder / "README.md").write_bytes(sheet.encode())
    return {"scheme": scheme.id, "guideline": schemes.guideline_name(project), "units": counts["units"],
            "gold": counts["gold"], "splits": counts["splits"]}  # fmt: skip


def _write_views(
    folder: Path, project: str, progress: Callable[[str, Iterable[Line]], Iterable[Line]]
) -> None:
    """Each view of the sentences as Parquet."""
    for what in VIEWS:
        view = files.snapshot(folder, what, project)
        told = replace(view, lines=progress(what, view.lines))
        _unpack(huggingface.write(told), folder / "huggingface" / what)


def draw(folder: Path) -> None:
    """The pictures of the data sheet, from the files that lie there."""
    scheme = parse_scheme((folder / "scheme.json").read_bytes())
    counts = orjson.loads((folder / "counts.json").read_bytes())
    agreement = orjson.loads((folder / "agreement.json").read_bytes())
    (folder / "figures").mkdir()
    (folder / "figures" / "labels.svg").write_bytes(charts.shares(list(_shares(counts, scheme)), rtl=False))
    (folder / "figures" / "agreement.svg").write_bytes(charts.dots(list(_dots(agreement)), rtl=False))


def _unpack(parts: Iterable[bytes], target: Path) -> None:
    with tempfile.TemporaryFile() as packed:
        for part in parts:
            packed.write(part)
        zipfile.ZipFile(packed).extractall(target)


def _shares(counts: Mapping[str, Any], scheme: Scheme) -> Iterator[tuple[str, str, int]]:
    for layer, found in counts["labels"].items():
        names = {label.id: label.ar for label in scheme.layer(layer)}
        yield from ((layer, names.get(key, key), n) for key, n in found.items())


def _dots(agreement: Mapping[str, Any]) -> Iterator[charts.Dot]:
    for layer, figures in agreement.get("layers", {}).items():
        figure = figures.get("alpha") or figures.get("exact_f1")
        if figure:
            yield charts.Dot(layer, figure.get("value"), figure.get("low"), figure.get("high"))


def _entries(session: Session, project: Project) -> Iterator[dict[str, Any]]:
    for entry in registry.entries(session, project.id):
        yield {"id": entry.key, "canonical": entry.canonical, "en": entry.en, "kind": entry.kind,
               "scope": entry.scope, "aliases": sorted(entry.aliases)}  # fmt: skip


def _leaks_json(leaks: Leaks | None) -> dict[str, Any] | None:
    if leaks is None:
        return None
    return {
        "copy": COPY,
        "looked_from": leaks.looked_from,
        "highest": leaks.highest,
        "near": leaks.near,
        "pairs": [
            {"similarity": pair.similarity, "one": pair.one.id, "one_part": pair.parts[0], "one_text": pair.one.text,
             "other": pair.other.id, "other_part": pair.parts[1], "other_text": pair.other.text}
            for pair in leaks.pairs
        ],
    }  # fmt: skip


def _head(folder: Path, project: Project, name: str) -> dict[str, Any]:
    """What `datasets` reads: the typed tables, the gold ones where no view is named. Lines of record have no types."""
    return {
        "language": [project.language],
        "pretty_name": f"{project.name} {name}",
        "task_categories": ["text-classification", "token-classification"],
        "tags": ["stance", "attribution", "named-entity-recognition", "news"],
        "configs": [{"config_name": what, "data_files": list(_tables(folder, what)), "default": what == VIEWS[0]}
                    for what in VIEWS],
    }  # fmt: skip


def _tables(folder: Path, what: str) -> Iterator[dict[str, str]]:
    for path in sorted((folder / "huggingface" / what / "data").iterdir()):
        yield {"split": path.stem, "path": path.relative_to(folder).as_posix()}


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content + b"\n")
