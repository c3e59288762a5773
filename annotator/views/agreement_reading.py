"""What the pages, plots and tables of agreement show, from the same figures. Loaded when first asked for: numpy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from annotator import folding
from annotator.agreement import alpha
from annotator.agreement.bootstrap import SHARES
from annotator.agreement.clusters import FEWEST, left_out
from annotator.agreement.figure import Figure
from annotator.agreement.intervals import wilson
from annotator.agreement.layouts import ChoiceLayout, Layout
from annotator.agreement.parts import placed
from annotator.agreement.patterns import NO_OVERLAP, NO_VARIATION, Floats, Patterns
from annotator.agreement.planning import more_by_interval
from annotator.agreement.report import HEADLINES, NAMES, layout_of, sizes
from annotator.agreement.report import LAYERS as LAYERS
from annotator.agreement.selection import Selection
from annotator.agreement.summing import Groups
from annotator.agreement.sums import ENTITIES, OPEN, Parts
from annotator.agreement.tallies import EXTRA
from annotator.agreement.team import Confusion, confusion, most_confused
from annotator.context import database
from annotator.queries import agreement, agreement_parts, agreement_people
from annotator.views.jobs import jobs

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from annotator.db import Database

#: The layers that the page is about, and those that stand beside them.
MAIN = ("speaker", "attribution", "stance_target", "stance", "claim_type", ENTITIES)
BESIDE = tuple(layer for layer in LAYERS if layer not in MAIN)
#: Shared sentences below which a figure is shown in grey.
LEAN_ON = 50
#: Seconds that a page waits for its figures.
WAIT = 2.0
MATRIX_LABELS = 20
MATRIX_PEOPLE = 20


@dataclass(frozen=True, slots=True)
class Counted:
    """The figures of a selection as `folding.figures` tells them, the sums behind them; `counting`: newer ones come."""

    figures: dict[str, Any]
    parts: Parts
    counting: bool = False


def counted(project_id: int, selection: Selection) -> Counted | None:
    """The figures of now; after `WAIT` those that are stored, marked as being counted; null where there are none."""
    opened = database()
    with opened.read() as session:
        state = agreement_people.state(session, project_id)
    key = ("figures", project_id, selection.key(), state)
    found = jobs().outcome(key, partial(_count, opened, project_id, selection), WAIT)
    if found is not None or selection.scope() is None:
        return found
    return replace(_kept(opened, project_id, selection), counting=True)


def folded(project_id: int) -> bool:
    """Whether every answer of now is in the tallies; what is due is folded, but nobody waits longer than `WAIT`."""
    opened = database()
    with opened.read() as session:
        state = agreement_people.state(session, project_id)
    if not state.due:
        return True
    return jobs().outcome(("fold", project_id, state), partial(_fold, opened, project_id), WAIT) is not None


def _fold(opened: Database, project_id: int) -> bool:
    folding.fold(opened, project_id)
    return True


def _count(opened: Database, project_id: int, selection: Selection) -> Counted:
    return _with_parts(opened, project_id, selection, folding.figures(opened, project_id, selection))


def _kept(opened: Database, project_id: int, selection: Selection) -> Counted:
    return _with_parts(opened, project_id, selection, folding.kept_figures(opened, project_id, selection))


def _with_parts(opened: Database, project_id: int, selection: Selection, figures: dict[str, Any]) -> Counted:
    with opened.snapshot() as session:
        return Counted(figures, agreement.gather(session, project_id, selection, confused=True))


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a long table: its name, key as filters take it, shared sentences, headline, percent agreement; how many
    articles it is of, where they are too few for an interval of articles."""

    name: str
    key: str
    n: int
    figure: dict[str, Any]
    percent: dict[str, Any] | None
    document_id: int | None = None
    few: int | None = None


def overview(
    counts: Counted, layers: Sequence[str], targets: Mapping[str, float], width: float
) -> list[dict[str, Any]]:
    """A line per layer: its figures, its target, and how many more sentences a plan wants."""
    told, about = [], counts.figures["interval"]
    articles = 0 if about is None else about["units"] if about["method"] == "articles" else 1
    for layer in layers:
        own = counts.figures["layers"][layer]
        head = own[HEADLINES[layer]]
        ends = (head["low"], head["high"]) if head["value"] is not None and head["low"] is not None else None
        shares = own.get("prevalence") or {}
        top = max(shares, key=lambda label: shares[label]) if shares else None
        told.append({
            "layer": layer, "head": head, "target": targets.get(layer), "percent": own.get("percent"),
            "ac1": own.get("ac1"), "n": own["n_sentences"], "annotators": own["n_annotators"],
            "top": top, "top_share": shares.get(top) if top is not None else None,
            "more": None if ends is None else more_by_interval(
                own["n_sentences"], *ends, width, articles
            ),
        })  # fmt: skip
    return told


def copies_once(project_id: int, selection: Selection, counts: Counted) -> dict[str, Row] | None:
    """Each layer with near-copies counted once; null where that is no other count."""
    if selection.copies == "once" or selection.scope() is None:
        return None
    with database().read() as session:
        parts = agreement.gather(session, project_id, replace(selection, copies="once"))
    if sizes(ENTITIES, parts)[0] == sizes(ENTITIES, counts.parts)[0]:
        return None
    return {layer: _line(agreement_parts.Slice("", layer, parts), layer) for layer in MAIN}


def lines(
    found: Sequence[agreement_parts.Slice], layer: str, scope: str, grouped: agreement_parts.Grouped | None
) -> list[Row]:
    """A row per slice. The interval of its headline comes from leaving groups of articles out; while these are not
    counted, and where there is one article, from the sentences where there is a formula for it."""
    return [_line(one, layer, (grouped or {}).get((scope, one.key))) for one in found]


#: What a layer is broken down by, over the whole project.
SCOPES = ("week", "outlet", "event", "guideline", "seen")


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The rows of each of `SCOPES`; `whole`: their intervals come from groups of articles, as `lines` says."""

    rows: dict[str, list[Row]]
    whole: bool


def breakdown(project_id: int, layer: str, selection: Selection) -> Breakdown:
    """A layer by week, outlet …: computed once for a state of the tallies, as there may be thousands of events. While
    the groups are being counted, without them."""
    opened, copies = database(), selection.copies == "all"
    with opened.read() as session:
        state = agreement_people.state(session, project_id)
    told = partial(_broken_down, opened, project_id, layer, copies=copies)
    found = jobs().outcome(("breakdown", project_id, layer, copies, state), partial(told, whole=True), WAIT)
    return found or told(whole=False)


def _broken_down(opened: Database, project_id: int, layer: str, *, copies: bool, whole: bool) -> Breakdown:
    with opened.snapshot() as session:
        groups = agreement_parts.grouped(session, project_id, layer, copies=copies) if whole else None
        slices = {
            scope: agreement_parts.slices(session, project_id, scope, layer, copies=copies) for scope in SCOPES
        }
    return Breakdown({scope: lines(found, layer, scope, groups) for scope, found in slices.items()}, whole)


def document_lines(found: Sequence[tuple[int, agreement_parts.Slice]], layer: str) -> list[Row]:
    return [replace(_line(one, layer), document_id=row) for row, one in found]


def _line(one: agreement_parts.Slice, layer: str, groups: Groups | None = None) -> Row:
    layout = layout_of(layer, one.parts)
    n = layout.n
    values = dict(zip(layout.paths, layout.values(n).tolist(), strict=True))
    shared, _ = sizes(layer, one.parts)
    reason = NO_VARIATION if shared else NO_OVERLAP
    head = values.get((HEADLINES[layer],), float("nan"))
    ends = (np.nan, np.nan)
    if groups is not None and groups.size > 1 and groups.parts:
        ends = _by_articles(layout, layer, n, groups)
    elif isinstance(layout, ChoiceLayout):
        ends = _by_sentences(layout.patterns(n).shared(), head)
    percent = values.get(("percent",))
    return Row(one.name, one.key, shared, Figure.of(head, *ends, reason).as_json(),
               None if percent is None else Figure.of(percent, reason=reason).as_json(),
               few=groups.size if groups is not None and groups.size < FEWEST else None)  # fmt: skip


def _by_articles(layout: Layout, layer: str, n: Floats, groups: Groups) -> tuple[float, float]:
    """The interval of the headline; with one article to a group, that of the whole layer where the articles are its."""
    place = layout.paths.index((HEADLINES[layer],))
    left = np.tile(n, (1 + groups.size, 1))  # the first row is whole
    group, cell, count = placed(groups.parts, layout.cells)
    left[1 + group, cell] -= count
    whole, *without = layout.values(left)[:, place].tolist()
    low, high = left_out([whole], np.array(without)[:, None], HEADLINES[layer] in SHARES)
    return float(low[0]), float(high[0])


def _by_sentences(patterns: Patterns, head: float) -> tuple[float, float]:
    """The interval of nominal alpha that leaves out each sentence; those of one pattern are equal."""
    there = np.flatnonzero(patterns.n)
    without = alpha.nominal(patterns.with_n(patterns.n - np.eye(len(patterns.n))[there]))
    low, high = left_out([head], np.reshape(without, (-1, 1)), times=patterns.n[there])
    return float(low[0]), float(high[0])


def pair_matrix(
    own: Mapping[str, Any], names: Mapping[str, str]
) -> tuple[list[str], dict[tuple[str, str], dict[str, Any]]]:
    """The addresses of a layer's annotators, by the names that are shown, and for each ordered pair its entry."""
    found = {pair[side] for pair in own["pairs"] for side in ("a", "b")}
    people = sorted(found, key=lambda email: (names.get(email, email), email))
    cells = {}
    for pair in own["pairs"]:
        cells[pair["a"], pair["b"]] = cells[pair["b"], pair["a"]] = pair
    return people, cells


def pair_asked(own: Mapping[str, Any], asked: Sequence[str]) -> tuple[str, str] | None:
    """The two annotators (addresses) that are asked for, if they share sentences of the layer."""
    known = {frozenset((one["a"], one["b"])) for one in own["pairs"]}
    return (asked[0], asked[1]) if len(asked) == 2 and frozenset(asked) in known else None


def pair_ids(session: Session, pair: tuple[str, str] | None) -> tuple[int, int] | None:
    if pair is None:
        return None
    first, second = (agreement_people.person_id(session, email) for email in pair)
    return None if first is None or second is None else (first, second)


def has_heat(layer: str) -> bool:
    """Whether the layer has labels enough to know apart, and few enough for a confusion table."""
    return layer not in (*OPEN, ENTITIES, EXTRA)


def heat(counts: Counted, layer: str, pair: tuple[int, int] | None) -> Confusion | None:
    """The confusion table of a layer of few labels; null for the others."""
    if not has_heat(layer):
        return None
    found = confusion(counts.parts, layer, pair)
    return found if 0 < len(found.labels) <= MATRIX_LABELS else None


def confused(counts: Counted, layer: str, pair: tuple[int, int] | None = None) -> list[tuple[str, str, int]]:
    """The two labels that stand against each other most often, and how often; of a pair its first one's before."""
    if layer in OPEN:
        return most_confused(counts.parts, layer, 20)
    if layer in (ENTITIES, EXTRA):
        return []
    found = confusion(counts.parts, layer, pair)
    pairs = [
        (found.labels[i], found.labels[j], int(found.table[i, j]))
        for i in range(len(found.labels)) for j in range(len(found.labels))
        if found.table[i, j] and (i < j or pair is not None and i != j)
    ]  # fmt: skip
    return sorted(pairs, key=lambda one: (-one[2], one[0], one[1]))[:20]


def shades(found: Confusion) -> Iterator[list[tuple[int, int]]]:
    """Row by row (count, shade from 0 to 9): the share of the row's answers that fell there."""
    for row in found.table.tolist():
        total = sum(row) or 1
        yield [(int(n), 0 if not n else max(1, round(9 * n / total))) for n in row]


def share(agreeing: int, total: int) -> dict[str, Any]:
    """A share with Wilson's interval."""
    if not total:
        return Figure(None, None, None, NO_OVERLAP).as_json()
    return Figure(agreeing / total, *wilson(agreeing, total)).as_json()


def figure_names(layer: str, own: Mapping[str, Any]) -> list[str]:
    """The figures that a layer has as a whole: its headline, then the others in the order of the report."""
    return [HEADLINES[layer], *(name for name in NAMES if name in own and name != HEADLINES[layer])]
