"""The page of a project's speakers: who there is, how often named; merging two that are one, and undoing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from annotator.actions import registry_merging as merging
from annotator.context import database
from annotator.errors import NotAllowed, NotFound, Refused
from annotator.i18n import gettext, isolated
from annotator.queries import registry as reading
from annotator.text.arabic import fold
from annotator.views.loading import current_actor, project_for

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

registry = Blueprint("registry", __name__)

SHOWN = 200


@registry.get("/projects/<int:project_id>/speakers")
def page(project_id: int) -> ResponseReturnValue:
    """The speakers, the most named first; `q` searches names and aliases."""
    return _page(project_id)


def _page(
    project_id: int, refusal: Refused | None = None, key: str = "", typed: str = ""
) -> ResponseReturnValue:
    with database().read() as session:
        project, role = project_for(session, project_id, "see progress")
        everyone = reading.listed(session, project_id)
    wanted = fold(request.values.get("q", "").strip())
    found = [one for one in everyone if any(wanted in fold(name) for name in (one.canonical, *one.aliases))]
    return render_template(
        "registry/page.html", project=project, role=role, speakers=found[:SHOWN], more=len(found) - SHOWN,
        names=everyone, q=request.values.get("q", ""), refused=refusal.faults if refusal else (), at=key, typed=typed,
    ), refusal.status if refusal else 200  # fmt: skip


@registry.post("/projects/<int:project_id>/speakers/<key>/merge")
def merge(project_id: int, key: str) -> ResponseReturnValue:
    """Make a speaker part of the one whose name or id was typed."""
    actor, typed = current_actor(), request.form.get("into", "").strip()
    try:
        with database().write() as session:
            project, _ = project_for(session, project_id, "change scheme")
            named = reading.spelled(session, project_id, [typed]).get(typed)
            target = merging.merge(session, actor, project, key, named.id if named else typed)
            told = gettext("Merged into “{name}”. It can be undone there.").format(name=isolated(target.canonical))
    except NotAllowed:
        raise
    except NotFound as missing:
        with database().read() as session:
            project_for(session, project_id, "change scheme")
        return _page(project_id, missing, key, typed)
    except Refused as refusal:
        return _page(project_id, refusal, key, typed)
    flash(told)
    return redirect(url_for("registry.page", project_id=project_id), 303)


@registry.post("/projects/<int:project_id>/speakers/<key>/split")
def split(project_id: int, key: str) -> ResponseReturnValue:
    """Undo a merge."""
    actor = current_actor()
    try:
        with database().write() as session:
            project, _ = project_for(session, project_id, "change scheme")
            entry = merging.split(session, actor, project, key)
            told = gettext("“{name}” stands by itself again.").format(name=isolated(entry.canonical))
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        return _page(project_id, refusal)
    flash(told)
    return redirect(url_for("registry.page", project_id=project_id), 303)
