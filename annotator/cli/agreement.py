"""flask agreement."""

from __future__ import annotations

import sys
from typing import Any

import click
import orjson

from annotator.cli.shared import named_project, opened, refusing
from annotator.cli.waiting import waiting


@click.command()
@click.option("--project", "name", required=True, metavar="P", help="The project's name.")
@click.option("--json", "as_json", is_flag=True, help="Every figure, as one JSON object.")
@click.option("--outlet", help="Only articles of this outlet.")
@click.option("--event", help="Only articles on this event.")
@click.option("--document", metavar="FILE", help="Only this document.")
@click.option("--guideline", metavar="VERSION", help="Only answers given under this version, as guideline@2.")
@click.option("--week", help="Only sentences finished in this week, as 2026-W05.")
@click.option("--seen", type=click.Choice(["0", "1"]), help="Only sentences without, or with, suggestions shown.")
@click.option("--hidden", type=click.Choice(["0", "1"]), help="Only with the outlet shown, or hidden.")
@click.option("--without", multiple=True, metavar="EMAIL", help="Leave this annotator out.")
@click.option("--copies", type=click.Choice(["all", "once"]), default="all", show_default=True,
              help="Count every sentence, or near-copies once.")  # fmt: skip
@click.option("--recount", is_flag=True, help="Count all answers anew, repair the tallies, and tell what was wrong.")
@refusing
def agreement(name: str, as_json: bool, recount: bool, **given: Any) -> None:
    """Print how far annotators agree, with intervals: what the page shows."""
    from annotator import folding  # numpy is for who asks for figures only
    from annotator.queries.agreement import selection_of

    database = opened()
    with database.read() as session:
        project_id = named_project(session, name).id
        selection = selection_of(session, project_id, given)
    if recount:
        with waiting("counting"):
            change = folding.recount(database, project_id)
        for file in change.wrong:
            click.echo(f"{file}: the tally was wrong; it is repaired.", err=True)
        click.echo(f"{len(change.wrong)} tallies of documents and {len(change.sums)} sums were wrong.", err=True)
    with waiting("counting"):
        figures = {"project": name, **folding.figures(database, project_id, selection)}
    if as_json:
        sys.stdout.buffer.write(orjson.dumps(figures, option=orjson.OPT_INDENT_2) + b"\n")
        sys.stdout.buffer.flush()
    else:
        _print(figures)


def _print(figures: dict[str, Any]) -> None:
    """A line per layer: its headline with the interval, then the other figures."""
    from annotator.agreement.report import HEADLINES, NAMES

    about = figures["interval"]
    if about is not None:
        click.echo(f"intervals: {_way(about)}{_trust(about)}")
    for layer, own in figures["layers"].items():
        head = HEADLINES[layer]
        others = [f"{name} {_told(own[name])}" for name in NAMES if name in own and name != head]
        click.echo(
            f"{layer}: {head} {_told(own[head], interval=True)}, {own['n_sentences']} sentences, "
            f"{own['n_annotators']} annotators" + "".join(f", {one}" for one in others)
        )


def _way(about: dict[str, Any]) -> str:
    units = f"{about['units']} {about['method']}"
    if about["reason"] is not None:
        return f"none, {units} are too few"
    return "95 %, " + (f"{about['draws']} draws of {units}" if about["draws"] else f"each of {units} left out in turn")


def _trust(about: dict[str, Any]) -> str:
    """What the reader must know before the figures: how far such an interval holds what it says."""
    if about["reason"] is not None:
        return ""
    if about["held"] is None:
        return "; all of one article: they hold for its sentences and tell nothing of other articles"
    if not about["too_narrow"]:
        return ""
    return f"; in simulations, those of so few articles held the true value in {about['held']:.0%}: too narrow"


def _told(figure: dict[str, Any], *, interval: bool = False) -> str:
    if figure["value"] is None:
        return str(figure["reason"])
    between = f" [{figure['low']:.3f}, {figure['high']:.3f}]" if interval and figure["low"] is not None else ""
    return f"{figure['value']:.3f}{between}"
