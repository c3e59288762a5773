"""What every page of agreement begins with: who asks, for which project, and which sentences count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flask import request, url_for

from annotator.context import database
from annotator.errors import NotFound
from annotator.i18n import gettext
from annotator.views.loading import project_for

if TYPE_CHECKING:
    from annotator.agreement.selection import Selection
    from annotator.models import Project

FILTERS = ("outlet", "event", "document", "guideline", "week", "seen", "hidden", "without", "copies")


def wanted_filters() -> dict[str, Sequence[str]]:
    """The filters of the address, as they are set."""
    found = {name: [value for value in request.args.getlist(name) if value] for name in FILTERS}
    return {name: values for name, values in found.items() if values}


def opened(project_id: int) -> tuple[Project, str, Selection, dict[str, Any]]:
    """The project, the person's role in it, what is selected, and what every page of agreement is given."""
    from annotator.queries import agreement_parts
    from annotator.queries.agreement import now, selection_of
    from annotator.views.agreement_reading import folded as folded_by_now

    filters = wanted_filters()
    with database().read() as session:
        project, role = project_for(session, project_id, "see agreement")
        selection = selection_of(session, project_id, filters)
    folded = folded_by_now(project_id)
    with database().read() as session:
        choices: dict[str, Any] = agreement_parts.choices(session, project_id)
    choices["guideline"] = [
        (version, gettext("several versions") if version == "mixed" else version)
        for version in choices["guideline"] if version
    ]  # fmt: skip
    return project, role, selection, {
        "project": project, "role": role, "filters": filters, "choices": choices, "chips": _chips(filters),
        "folded": folded, "asked_at": now(),
    }  # fmt: skip


def _chips(filters: Mapping[str, Sequence[str]]) -> list[tuple[str, str, str]]:
    """(Filter, value, the address without it) of each filter in force."""
    further = {name: values for name, values in request.args.to_dict(False).items() if name not in FILTERS}
    place: dict[str, Any] = {**(request.view_args or {}), **further}
    endpoint = str(request.endpoint) if request.method == "GET" else "agreement.page"
    return [
        (name, value, url_for(endpoint, **{**place, **filters, name: [one for one in values if one != value]}))
        for name, values in filters.items() for value in values
    ]  # fmt: skip


def known_layer(layer: str, among: Sequence[str]) -> str:
    if layer not in among:
        raise NotFound("There is no such layer.")
    return layer
