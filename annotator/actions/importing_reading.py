"""The lines of a file in any of the forms that hold lines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from annotator.actions.importing import FOREIGN, ImportOptions, ImportReport
from annotator.errors import Refused
from exports import jsonl, label_studio, reading
from exports.lines import ReadLine

#: What a doccano file may count → whether these are UTF-16 units.
OFFSETS = {"code-points": False, "utf16": True}


def read_lines(raw: bytes, options: ImportOptions, report: ImportReport) -> list[ReadLine]:
    """Every line of the file. Raises Refused where there is none; what was left out is noted in the report."""
    if options.format == "jsonl":
        lines = list(jsonl.read(raw.splitlines(keepends=True), file=options.name))
    elif options.format in FOREIGN:
        said = foreign_reading(options)
        lines = list(reading.read(options.format, raw, said, file=options.name))
        report.notes += said.notes
    else:
        lines = list(
            label_studio.read(raw, file=options.name, predictions_as=options.predictions_as, notes=report.notes,
                              whose=label_studio.Whose(options.annotators, options.annotator))
        )
    if not lines:
        raise Refused("The file holds no line with a text.").at(file=options.name)
    return lines


def foreign_reading(options: ImportOptions) -> reading.Reading:
    """What the importer says to the reader of another tool's file."""
    return reading.Reading(options.annotator, options.labels, options.utf16, options.annotators,
                           options.outlet, options.event)  # fmt: skip


def foreign_options(whose: Iterable[str], mapped: Iterable[str], offsets: str | None) -> dict[str, Any]:
    """What is said of another tool's file, as options: EMAIL or NAME=EMAIL, THEIRS=OURS, and one of OFFSETS."""
    if offsets is not None and offsets not in OFFSETS:
        raise Refused("“{value}” is none of {known}.", path="offsets", value=offsets[:100], known=", ".join(OFFSETS))
    whose = list(whose)
    return {
        "annotator": next((one for one in whose if "=" not in one), None),
        "annotators": _pairs([one for one in whose if "=" in one], "annotator"),
        "labels": _pairs(mapped, "map"),
        "utf16": None if offsets is None else OFFSETS[offsets],
    }


def listed(given: str | None) -> list[str]:
    """What stands between commas and line breaks."""
    return [part.strip() for part in re.split(r"[,،\n]", given or "") if part.strip()]


def _pairs(given: Iterable[str], path: str) -> dict[str, str]:
    found = {}
    for pair in given:
        theirs, _, ours = pair.rpartition("=")
        if not theirs or not ours:
            raise Refused("“{value}” is no mapping: write it as PERSON=PERS.", path=path, value=pair[:80])
        found[theirs] = ours
    return found
