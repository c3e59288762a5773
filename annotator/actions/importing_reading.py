"""The lines of a file in any of the forms that hold lines."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from annotator.actions.importing import FOREIGN, ImportOptions, check_options
from annotator.beside import MANY, Grouping
from annotator.errors import Fault, Refused
from annotator.text.arabic import fold
from annotator.text.decoding import as_utf8, demand_utf8
from exports import jsonl, label_studio, reading
from exports.bare import AT_ONCE, bare_texts
from exports.lines import ReadLine, bare_line

STRETCH = 1_000_000  # bytes that are cut into lines at once
#: What a doccano file may count → whether these are UTF-16 units.
OFFSETS = {"code-points": False, "utf16": True}


@dataclass(slots=True)
class ReadAhead:
    """What of a file is read and reckoned before it is stored, so that nobody who saves must wait for it.

    `bare`: the texts of a file that holds nothing else, which then has no `lines`. `folded`: text → folded. `copies`:
    document → the near-copies among the folded texts of its served units. `grouped`: these came with the lines.
    """

    lines: list[ReadLine] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)
    bare_folded: list[str] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)
    grouped: bool = False
    folded: dict[str, str] = field(default_factory=dict)
    copies: dict[str | None, Grouping] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return len(self.lines) or len(self.bare)

    def spread(self) -> None:
        """Make lines of bare texts."""
        if self.bare:
            self.lines = [bare_line(number, text) for number, text in enumerate(self.bare, 1)]
            self.folded = dict(zip(self.bare, self.bare_folded, strict=True))
            self.bare, self.bare_folded = [], []

    def grouping(self, document: str | None, folded: list[str]) -> Grouping:
        """The near-copies among these, all of the document's served units; reckoned here where others were foreseen."""
        there = self.copies.get(document)
        if there is None or there.texts != folded:
            there = Grouping()
            there.add(folded)
            there.end()
        return there

    def wait(self) -> None:
        """Until all is reckoned."""
        for grouping in self.copies.values():
            grouping.groups()

    def stop(self) -> None:
        """Look for nothing any more."""
        for grouping in self.copies.values():
            grouping.stop()


def read_ahead(raw: bytes, options: ImportOptions, served: Collection[str], *, wait: bool = True) -> ReadAhead:
    """The lines of a file, to be imported into a project that serves these kinds. Raises Refused as an import does.

    Without `wait`, near-copies of very many units may still be looked for.
    """
    check_options(options)
    if options.format == "text":  # an article is cut in a moment
        return ReadAhead()
    ahead = _read_bare(raw, options, served) if options.format == "jsonl" and options.encoding is None else None
    if ahead is None:
        ahead = ReadAhead()
        ahead.lines = read_lines(raw, options, ahead.notes)
        ahead.grouped = any(line.group is not None for line in ahead.lines)
        ahead.folded = {line.text: fold(line.text) for line in ahead.lines}
        if options.event is None and not ahead.grouped:
            _look_for_copies(ahead, served)
    if wait:
        ahead.wait()
    return ahead


def _read_bare(raw: bytes, options: ImportOptions, served: Collection[str]) -> ReadAhead | None:
    """A file of bare sentences; null for any other."""
    ahead, waiting = ReadAhead(), _lines(raw)
    grouping = None
    while lines := list(islice(waiting, AT_ONCE)):
        texts = bare_texts(lines)
        if texts is None:
            if grouping is not None:
                grouping.stop()
            return None
        if grouping is None and "sentence" in served and options.event is None:
            grouping = ahead.copies[None] = Grouping(beside=len(raw) * AT_ONCE > MANY * sum(map(len, lines)))
        folded = list(map(fold, texts))
        ahead.bare += texts
        ahead.bare_folded += folded
        if grouping is not None:
            grouping.add(folded)
    if grouping is not None:
        grouping.end()
    return ahead if ahead.bare else None


def _look_for_copies(ahead: ReadAhead, served: Collection[str]) -> None:
    units: dict[str | None, list[ReadLine]] = defaultdict(list)
    for line in ahead.lines:
        if (line.kind or "sentence") in served and not (line.document and line.document.event):
            units[line.document.file if line.document else None].append(line)
    most = max(map(len, units.values()), default=0)
    for file, lines in units.items():
        beside = len(lines) == most > MANY and not any(one.beside for one in ahead.copies.values())
        grouping = ahead.copies[file] = Grouping(beside=beside)
        grouping.add([ahead.folded[line.text] for line in sorted(lines, key=lambda line: line.start or 0)])
        grouping.end()


def read_lines(raw: bytes, options: ImportOptions, notes: list[Fault]) -> list[ReadLine]:
    """Every line of the file. Raises Refused where there is none; what was left out is noted."""
    raw, told = as_utf8(raw, file=options.name, encoding=options.encoding)
    notes += told
    try:
        return _read_lines(raw, options, notes)
    except Refused:
        demand_utf8(raw, file=options.name)  # says more, where that is what is wrong
        raise


def _read_lines(raw: bytes, options: ImportOptions, notes: list[Fault]) -> list[ReadLine]:
    if options.format == "jsonl":
        lines = list(jsonl.read(_lines(raw), file=options.name))
    elif options.format in FOREIGN:
        said = foreign_reading(options)
        lines = list(reading.read(options.format, raw, said, file=options.name))
        notes += said.notes
    else:
        lines = list(
            label_studio.read(raw, file=options.name, predictions_as=options.predictions_as, notes=notes,
                              whose=label_studio.Whose(options.annotators, options.annotator))
        )
    if not lines:
        raise Refused("The file holds no line with a text.").at(file=options.name)
    return lines


def _lines(raw: bytes) -> Iterator[bytes]:
    """The lines with their breaks, without a second copy of the whole file."""
    start = 0
    while start < len(raw):
        end = raw.find(b"\n", start + STRETCH) + 1 or len(raw)
        yield from raw[start:end].splitlines(keepends=True)
        start = end


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
