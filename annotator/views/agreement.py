"""The pages of agreement: where the project stands, each layer, the sentences behind a cell, the annotators."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from annotator.actions import targets as acting
from annotator.context import database
from annotator.errors import NotAllowed, NotFound, Refused
from annotator.forms.agreement import PlanForm, TargetsForm
from annotator.i18n import gettext
from annotator.queries.people import names_by_email
from annotator.text.whole import whole
from annotator.views.agreement_opening import known_layer, opened
from annotator.views.loading import current_actor, project_for

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


# Whatever needs numpy is imported where it is used: a server starts without it.

agreement = Blueprint("agreement", __name__, url_prefix="/projects/<int:project_id>/agreement")

SENTENCES_SHOWN = 20
DOCUMENTS_SHOWN = 100


@agreement.get("")
def page(project_id: int) -> ResponseReturnValue:
    """Every layer's headline with its interval beside the lead's target."""
    return _page(project_id)


def _page(project_id: int, targets: TargetsForm | None = None, status: int = 200) -> ResponseReturnValue:
    from annotator.views import agreement_reading as reading
    from annotator.views.agreement_words import figures_told, labels

    project, _, selection, given = opened(project_id)
    plan = PlanForm(request.args)
    try:
        width = plan.value()
    except Refused as refusal:
        plan.refuse(refusal)
        width, status = 0.05, refusal.status
    counts = reading.counted(project_id, selection)
    if counts is None:
        return render_template("agreement/counting.html", **given), 200
    main = reading.overview(counts, reading.MAIN, project.targets, width)
    with database().read() as session:
        names = labels(session, project_id, [row["top"] for row in main if row["top"]])
    return render_template(
        "agreement/page.html", **given, counts=counts, main=main, figures=figures_told(), label=names,
        plan=plan, width=width, beside=reading.overview(counts, reading.BESIDE, {}, width),
        once=reading.copies_once(project_id, selection, counts),
        targets=targets or TargetsForm.of_project(project.targets), targeted=acting.LAYERS,
    ), status  # fmt: skip


@agreement.post("/targets")
def set_targets(project_id: int) -> ResponseReturnValue:
    """The lead's own target lines."""
    actor, form = current_actor(), TargetsForm(request.form)
    try:
        with database().write() as session:
            project, _ = project_for(session, project_id, "change scheme")
            acting.set_targets(session, actor, project, form.value())
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        form.refuse(refusal)
        return _page(project_id, form, refusal.status)
    flash(gettext("The targets were changed."))
    return redirect(url_for("agreement.page", project_id=project_id), 303)


@agreement.get("/layers/<layer>")
def layer(project_id: int, layer: str) -> ResponseReturnValue:
    """One layer: labels, pairs, confusion, time, outlets, events, guideline versions, suggestions."""
    from annotator.views import agreement_reading as reading
    from annotator.views.agreement_words import figures_told, labels, never_chosen

    known_layer(layer, reading.LAYERS)
    project, _, selection, given = opened(project_id)
    counts = reading.counted(project_id, selection)
    if counts is None:
        return render_template("agreement/counting.html", **given), 200
    own = counts.figures["layers"][layer]
    pair = reading.pair_asked(own, request.args.getlist("pair")) if reading.has_heat(layer) else None
    parts = reading.breakdown(project_id, layer, selection)
    with database().read() as session:
        ids = reading.pair_ids(session, pair)
        confused = reading.confused(counts, layer, ids)
        keys = {*own.get("labels", ()), *(label for one in confused for label in one[:2])}
        names = labels(session, project_id, keys if layer == "speaker" else ())
        people = _people(session, own)
        unchosen = never_chosen(session, project_id, layer, own.get("labels") or own.get("types") or ())
    heat = reading.heat(counts, layer, ids)
    return render_template(
        "agreement/layer.html", **given, counts=counts, layer=layer, own=own, figures=figures_told(), label=names,
        names=reading.figure_names(layer, own), target=project.targets.get(layer),
        pair=pair, people=people, matrix=reading.pair_matrix(own, people), matrix_people=reading.MATRIX_PEOPLE,
        heat=heat, shades=list(reading.shades(heat)) if heat else [], confused=confused, parts=parts.rows,
        whole=parts.whole, unchosen=unchosen,
    )  # fmt: skip


def _people(session: Any, own: Mapping[str, Any]) -> dict[str, str]:
    return names_by_email(session, {one[side] for one in own["pairs"] for side in ("a", "b")})


@agreement.get("/layers/<layer>/documents")
def documents(project_id: int, layer: str) -> ResponseReturnValue:
    """The layer document by document, a page at a time."""
    from annotator.queries import agreement_parts
    from annotator.views import agreement_reading as reading

    known_layer(layer, reading.LAYERS)
    _, _, selection, given = opened(project_id)
    after = request.args.get("after", 0, whole)
    with database().read() as session:
        found, more = agreement_parts.documents(session, project_id, selection, after=after, limit=DOCUMENTS_SHOWN)
    return render_template(
        "agreement/documents.html", **given, layer=layer, rows=reading.document_lines(found, layer), more=more,
        after=after,
    )  # fmt: skip


@agreement.get("/layers/<layer>/sentences")
def sentences(project_id: int, layer: str) -> ResponseReturnValue:
    """The sentences behind a cell of a confusion matrix, the answers side by side."""
    from annotator.queries import agreement_parts, agreement_people
    from annotator.queries.agreement_sentences import sentences_in_cell
    from annotator.views import agreement_reading as reading
    from annotator.views.agreement_team import cell_of
    from annotator.views.agreement_words import labels
    from annotator.views.jobs import jobs

    known_layer(layer, reading.LAYERS)
    _, _, selection, given = opened(project_id)
    first, after = request.args.get("first", ""), request.args.get("after", "")
    second, pair = request.args.get("second", first), request.args.getlist("pair")[:2]
    database_, who, truth = database(), request.args.get("who"), request.args.get("truth")
    with database_.read() as session:
        ids = reading.pair_ids(session, (pair[0], pair[1])) if len(pair) == 2 else None
        person = agreement_people.person_id(session, who) if who is not None else None
        state = agreement_people.state(session, project_id)
    against = None if truth is None else cell_of(project_id, layer, truth, person, (first, second), selection)
    if truth is not None and against is None:
        return render_template("agreement/counting.html", **given), 200

    def find() -> tuple[list[Any], str | None]:
        with database_.snapshot() as session:
            if against is not None:
                return against(session, after=after or None, limit=SENTENCES_SHOWN)
            look = partial(sentences_in_cell, session, project_id, layer, first, second, selection=selection, pair=ids)
            return _page_of(look, after or None, who, first)

    key = ("cell", project_id, layer, first, second, selection.key(), ids, who, truth, after, state)
    outcome = jobs().outcome(key, find, reading.WAIT)
    if outcome is None:
        return render_template("agreement/counting.html", **given), 200
    found, more = outcome
    with database_.read() as session:
        starts = agreement_parts.starts(session, [one.id for one in found])
        people = names_by_email(session, {email for one in found for email, _ in one.answers})
        keys = {first, second, *(label for one in found for _, label in one.answers)} if layer == "speaker" else ()
        names = labels(session, project_id, keys)
    return render_template(
        "agreement/sentences.html", **given, layer=layer, first=first, second=second, pair=pair if ids else [], who=who,
        truth=truth, person_id=person,
        sentences=found, starts=starts, more=more, after=after, people=people, label=names,
        marked=partial(_marked, names) if layer == "entities" else None,
    )  # fmt: skip


def _page_of(
    look: Callable[..., tuple[list[Any], str | None]], after: str | None, who: str | None, own: str
) -> tuple[list[Any], str | None]:
    """A page of sentences; with `who` (an address), only those in which this annotator answered `own`."""
    if who is None:
        return look(after=after, limit=SENTENCES_SHOWN)
    found: list[Any] = []
    while True:
        some, after = look(after=after, limit=1 if found else SENTENCES_SHOWN)
        found += [one for one in some if (who, own) in one.answers]
        if after is None or len(found) >= SENTENCES_SHOWN:
            return found, after


def _marked(names: Any, text: str, answer: str) -> list[tuple[str, str]]:
    """(Type, words) of each entity of an answer told as `LABEL start–end …`."""
    words = answer.split(" ")
    found = []
    for kind, place in zip(words[::2], words[1::2], strict=False):
        start, _, end = place.partition("–")
        found.append((names("entities", kind), text[int(start) : int(end)]))
    return found


@agreement.get("/annotators")
def annotators(project_id: int) -> ResponseReturnValue:
    """Everybody beside the others, on one layer."""
    from annotator.agreement.annotators import LEAST
    from annotator.queries import agreement_people
    from annotator.views import agreement_team as teams
    from annotator.views.agreement_words import labels

    layer = known_layer(request.args.get("layer", "claim_type"), teams.LAYERS)
    _, _, selection, given = opened(project_id)
    team = teams.team(project_id, layer, selection)
    if team is None:
        return render_template("agreement/counting.html", **given), 200
    with database().read() as session:
        still_here = agreement_people.members(session, project_id)
        shown = {label for one in team.members for mistake in one.mistakes() for label in mistake[:2]}
        names = labels(session, project_id, shown if layer == "speaker" else ())
    return render_template(
        "agreement/annotators.html", **given, team=team, layer=layer, layers=teams.LAYERS, label=names, least=LEAST,
        still_here=still_here,
    )  # fmt: skip


@agreement.get("/annotators/<int:person_id>")
def annotator(project_id: int, person_id: int) -> ResponseReturnValue:
    """One annotator: what is confused with what, bias, drift."""
    from annotator.agreement.annotators import LEAST, WINDOW
    from annotator.views import agreement_team as teams
    from annotator.views.agreement_words import labels

    layer = known_layer(request.args.get("layer", "claim_type"), teams.LAYERS)
    _, _, selection, given = opened(project_id)
    team = teams.team(project_id, layer, selection)
    drift = teams.drift_of(project_id, person_id, layer)
    if team is None or drift is None:
        return render_template("agreement/counting.html", **given), 200
    member = team.member(person_id)
    if member is None:
        return _unshared(project_id, person_id, layer, given)
    with database().read() as session:
        names = labels(session, project_id, member.labels() if layer == "speaker" else ())
    return render_template(
        "agreement/annotator.html", **given, team=team, member=member, drift=drift, windows=teams.windows(drift),
        layer=layer, layers=teams.LAYERS, label=names, least=LEAST, window=WINDOW,
        tables=teams.tables(member),
    )  # fmt: skip


def _unshared(project_id: int, person_id: int, layer: str, given: dict[str, Any]) -> ResponseReturnValue:
    """The page of an annotator who shares sentences, but none of those that the filters leave."""
    from annotator.agreement.selection import Selection
    from annotator.views import agreement_team as teams

    everybody = teams.team(project_id, layer, Selection()) if given["filters"] else None
    member = everybody and everybody.member(person_id)
    if not member:
        raise NotFound("This annotator shares no sentence with another here.")
    return render_template("agreement/unshared.html", **given, member=member, layer=layer, layers=teams.LAYERS)
