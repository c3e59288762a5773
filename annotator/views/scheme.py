"""The pages of a project's label scheme and of its guideline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from annotator.actions import scheme as acting
from annotator.context import database
from annotator.errors import NotAllowed, NotFound, Refused
from annotator.forms.scheme import COLOURS, GuidelineForm, SchemeForm
from annotator.i18n import gettext
from annotator.queries import projects
from annotator.queries import scheme as reading
from annotator.views.loading import current_actor, project_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

scheme = Blueprint("scheme", __name__)


@scheme.get("/projects/<int:project_id>/scheme")
def page(project_id: int) -> ResponseReturnValue:
    """The labels with their names, definitions and keys; a lead changes them here."""
    return _show(project_id)


@scheme.post("/projects/<int:project_id>/scheme")
def change(project_id: int) -> ResponseReturnValue:
    """A new version of the scheme, from the fields of the page."""
    actor, sent = current_actor(), request.form.to_dict()
    based_on = sent.get("based_on", "")
    try:
        with database().write() as session:
            project, _ = project_for(session, project_id, "change scheme")
            form = SchemeForm(reading.in_force(session, project_id).scheme, sent)
            made = acting.change_scheme(session, actor, project, form.value(), based_on=based_on)
            version = f"{made.name}@{made.version}"
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        return _show(project_id, sent, refusal)
    flash(gettext("The scheme in force is now {version}.").format(version=version))
    return redirect(url_for("scheme.page", project_id=project_id), 303)


def _show(
    project_id: int, sent: Mapping[str, str] | None = None, refusal: Refused | None = None
) -> ResponseReturnValue:
    with database().read() as session:
        project, role = project_for(session, project_id, "see")
        current = reading.in_force(session, project_id)
        used = reading.labels_in_use(session, project_id)
        versions = projects.scheme_versions(session, project_id)
    form, status = SchemeForm(current.scheme, sent), 200
    if refusal is not None:
        form.refuse(refusal)
        status = refusal.status
    content = {"form": form, "current": current, "used": used, "versions": versions, "colours": COLOURS}
    return render_template("scheme/page.html", project=project, role=role, **content), status


@scheme.get("/projects/<int:project_id>/guideline")
def guideline(project_id: int) -> ResponseReturnValue:
    """The guideline in force in each language; a lead writes it here."""
    return _show_guideline(project_id)


@scheme.post("/projects/<int:project_id>/guideline")
def change_guideline(project_id: int) -> ResponseReturnValue:
    """A new version of the guideline, of one language."""
    actor, form = current_actor(), GuidelineForm(request.form)
    given = form.value()
    try:
        with database().write() as session:
            project, _ = project_for(session, project_id, "change scheme")
            version = acting.set_guideline(session, actor, project, given.language, given.text)
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        form.refuse(refusal)
        return _show_guideline(project_id, form, refusal.status)
    flash(gettext("The guideline in force is now version {version}.").format(version=version))
    return redirect(url_for("scheme.guideline", project_id=project_id), 303)


def _show_guideline(project_id: int, form: GuidelineForm | None = None, status: int = 200) -> ResponseReturnValue:
    with database().read() as session:
        project, role = project_for(session, project_id, "see")
        texts = reading.guideline_texts(session, project_id)
        versions = projects.guideline_versions(session, project_id)
    if form is not None and status != 200:
        texts = {**texts, str(form.language.data): str(form.text.data or "")}
    content = {"texts": texts, "versions": versions, "form": form or GuidelineForm()}
    return render_template("scheme/guideline.html", project=project, role=role, **content), status
