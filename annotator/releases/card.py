"""The data sheet of a release, in Markdown: every number in it is one of the counted ones.

The questions are those of Gebru et al. 2021, “Datasheets for Datasets”, as far as the files can answer them;
what only people can answer is asked under “For the lead to fill in” of the note.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from annotator.layers.scheme import Label, Scheme
from annotator.releases.splits import reached

#: Layer of the counts → its name in the scheme.
_LAYERS = {
    "attribution": "attribution", "stance_target": "stance_target", "stance": "stance",
    "claim_type": "claim_type", "entities": "entities",
}  # fmt: skip
_FIGURES = ("percent", "alpha", "ac1")
_SPAN_FIGURES = ("exact_f1", "boundary_f1", "overlap_f1", "token_alpha")


def card(
    *,
    project: str,
    release: str,
    note: str | None,
    language: str,
    scheme: Scheme,
    counts: Mapping[str, Any],
    agreement: Mapping[str, Any],
    leaks: Mapping[str, Any] | None,
    plan: Mapping[str, Any] | None,
    groups: Mapping[str, Any] | None,
    head: Mapping[str, Any],
) -> str:
    """The whole sheet. `head`: the front matter (YAML) that Hugging Face reads."""
    blocks = [
        _front(head),
        f"# {project}: {release}",
        *([note] if note else []),
        _composition(counts),
        _labelling(counts, scheme),
        _distributions(counts, scheme),
        _agreement(agreement),
        _splits(counts, leaks, plan, groups),
        _use(language),
    ]
    return "\n\n".join(blocks) + "\n"


def _front(head: Mapping[str, Any]) -> str:
    # JSON is YAML: no name can break out of its quotes
    lines = (f"{key}: {orjson.dumps(value).decode()}" for key, value in head.items())
    return "---\n" + "\n".join(lines) + "\n---"


def _composition(counts: Mapping[str, Any]) -> str:
    lines = [
        "## What it holds",
        f"{_n(counts['documents'])} documents in {_n(counts['units'])} units ({_n(counts['code_points'])} characters).",
        _table(("kind of unit", "units"), counts["kinds"].items()),
        _table(("outlet", "documents"), _named(counts["outlets"])),
        _table(("event", "documents"), _named(counts["events"])),
        f"{_n(counts['near_copies']['units'])} units are near-copies of others, in "
        f"{_n(counts['near_copies']['groups'])} groups (wire stories that several outlets print).",
    ]
    return "\n\n".join(lines)


def _labelling(counts: Mapping[str, Any], scheme: Scheme) -> str:
    total = counts["gold"] + sum(counts["excluded"].values())
    lines = [
        "## How it was labelled",
        f"Scheme {scheme.id}. {_n(len(counts['annotators']))} annotators; none sees the others' labels first.",
        _table(("annotator", "submitted answers"), counts["annotators"].items()),
        _table(("guideline", "submitted answers"), _named(counts["guidelines"])),
        _table(("submitted answers to a unit", "units"), sorted(counts["answers_per_unit"].items())),
        f"Gold: {_n(counts['gold'])} of {_n(total)} units. It is decided layer by layer: unanimous, else a majority of "
        "at least two thirds, else none; what an adjudicator decided stands.",
        _table(("without gold because", "units"), counts["excluded"].items()),
    ]
    bases = sorted({basis for layer in counts["basis"].values() for basis in layer})
    if bases:
        rows = [(layer, *(found.get(basis, 0) for basis in bases)) for layer, found in counts["basis"].items()]
        lines.append(_table(("layer", *bases), rows))
    return "\n\n".join(lines)


def _distributions(counts: Mapping[str, Any], scheme: Scheme) -> str:
    lines = ["## Labels (gold)", "![The share of each label, layer by layer](figures/labels.svg)"]
    for layer, found in counts["labels"].items():
        total = sum(found.values())
        names = {label.id: label for label in scheme.layer(_LAYERS[layer])}
        rows = [(key, *_names(names.get(key)), n, _percent(n / total)) for key, n in found.items()]
        lines += [f"### {layer}", _table(("label", "Arabic", "English", "units", "share"), rows)]
    return "\n\n".join(lines)


def _names(label: Label | None) -> tuple[str, str]:
    return ("", "") if label is None else (label.ar, label.en)


def _agreement(report: Mapping[str, Any]) -> str:
    lines = [
        "## Agreement",
        "![Agreement per layer with its interval](figures/agreement.svg)",
        f"{_intervals(report.get('interval'))} `agreement.json` holds all figures, with the definitions.",
    ]
    rows = []
    for layer, figures in report.get("layers", {}).items():
        names = _SPAN_FIGURES if "exact_f1" in figures else _FIGURES
        rows += [(layer, figures["n_sentences"], name, _figure(figures[name])) for name in names if name in figures]
    lines.append(_table(("layer", "sentences with two answers", "figure", "value"), rows))
    return "\n\n".join(lines)


def _intervals(about: Mapping[str, Any] | None) -> str:
    """What the intervals rest on, and how far they hold."""
    units = f"{about['units']} {about['method']}" if about else "one sentence"
    if not about or about.get("reason"):
        return f"No figure has an interval: {units} would tell too little."
    if about["method"] == "sentences":
        return f"Each figure with its 95 % interval, from {units} of one article: it says nothing about others."
    told = f"Each figure with its 95 % interval, from {units}"
    if not about.get("too_narrow") or about.get("held") is None:
        return f"{told}."
    return f"{told}. In simulations those of so few articles held the true value in {100 * about['held']:.0f} %."


def _splits(
    counts: Mapping[str, Any],
    leaks: Mapping[str, Any] | None,
    plan: Mapping[str, Any] | None,
    groups: Mapping[str, Any] | None,
) -> str:
    if leaks is None:
        return "## Splits\n\nThis release is not split."
    lines = ["## Splits"]
    if plan is None or groups is None:
        lines.append(_table(("part", "units"), _named(counts["splits"])))
    else:
        lines.append(f"Shares {plan['train']}/{plan['dev']}/{plan['test']} %, seed {plan['seed']}; what belongs to one "
                     f"{plan['by']}, and every group of near-copies, stands in one part.")  # fmt: skip
        rows = [(part, counts["splits"].get(part, 0), _percent(share), f"{plan[part]} %")
                for part, share in reached(counts["splits"]).items()]  # fmt: skip
        lines.append(_table(("part", "units", "share", "share wanted"), rows))
        lines.append(_why(groups))
    lines.append(_closest(leaks))
    return "\n\n".join(lines)


def _why(groups: Mapping[str, Any]) -> str:
    known = f"the event “{groups['event']}”" if groups["event"] else f"the document “{groups['file']}”"
    return (f"The units fall into {_n(groups['groups'])} groups that are never parted; the largest, around {known}, "
            f"holds {_n(groups['units'])} units of {_n(groups['documents'])} documents.")  # fmt: skip


def _closest(leaks: Mapping[str, Any]) -> str:
    """What the search across the parts found, and no more than it looked at."""
    copy = f"from {_percent(leaks['copy'])} on they would count as copies"
    short = "sentences of fewer than four words are left out"
    if leaks["highest"] is None:
        return (f"No two sentences in different parts share {_percent(leaks['looked_from'])} of their words or more "
                f"(`leaks.json`); {copy}, and {short}.")  # fmt: skip
    if not leaks["highest"]:
        return f"No two sentences in different parts share a word (`leaks.json`); {short}."
    return (f"The closest two sentences in different parts share {_percent(leaks['highest'])} of their words "
            f"(`leaks.json`); {copy}, and {short}.")  # fmt: skip


def _use(language: str) -> str:
    return "\n\n".join([
        "## How to read it",
        f"Language: {language}. `sentences.jsonl` is the whole: one unit a line with every annotator's answer, gold, "
        "vote shares, part and near-copy group. Offsets are Unicode code points of `text`, half-open; the UTF-16 "
        "pairs stand beside them. `manifest.json` lists the SHA-256 of every file; check it with `sha256sum`, or "
        "all of it with `flask release verify FOLDER`.",
    ])  # fmt: skip


def _figure(figure: Mapping[str, Any]) -> str:
    if figure.get("value") is None:
        return f"– ({figure.get('reason', '')})"
    if figure.get("low") is None:
        return f"{figure['value']:.3f}"
    return f"{figure['value']:.3f} ({figure['low']:.3f} to {figure['high']:.3f})"


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    def line(cells: Iterable[object]) -> str:
        return "| " + " | ".join(_cell(cell) for cell in cells) + " |"

    head = tuple(head)
    return "\n".join([line(head), "|" + "---|" * len(head), *(line(row) for row in rows)])


def _cell(value: object) -> str:
    if isinstance(value, int):
        return _n(value)
    return str(value).replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def _named(found: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    return ((name or "–", count) for name, count in found.items())


def _n(value: int) -> str:
    return f"{value:,}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
