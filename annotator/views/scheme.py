"""The pages of a project's label scheme and of its guideline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from annotator.actions import scheme as acting
from annotator.context import database
from annotator.errors import NotAllowed, NotFound, Refused, Taken
from annotator.forms.scheme import COLOURS, GuidelineForm, SchemeForm
from annotator.i18n import gettext
from annotator.queries import projects
from annotator.queries import scheme as reading
from annotator.text.lines import line_changes
from annotator.text.whole import whole_or
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
    """The guideline in force in each language, which a lead writes here; with `version`, an old one to be read."""
    wanted = request.args.get("version")
    return _show_guideline(project_id) if wanted is None else _show_version(project_id, wanted)


@scheme.post("/projects/<int:project_id>/guideline")
def change_guideline(project_id: int) -> ResponseReturnValue:
    """A new version of the guideline, of one language: what was written, or an old version once more."""
    actor, form = current_actor(), GuidelineForm(request.form)
    given = form.value()
    try:
        with database().write() as session:
            project, _ = project_for(session, project_id, "change scheme")
            if given.version is not None:
                version = acting.bring_back(session, actor, project, given.version, based_on=given.based_on)
            else:
                version = acting.set_guideline(session, actor, project, given.language, given.text,
                                               based_on=given.based_on)  # fmt: skip
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
        newest = reading.newest_guidelines(session, project_id)
        versions = projects.guideline_versions(session, project_id)
    texts = {language: written.text for language, written in newest.items()}
    theirs = None
    if form is not None and not form.version.data:
        language = str(form.language.data)
        theirs = newest.get(language) if status == Taken.status else None
        texts[language] = str(form.text.data or "")
    content = {"texts": texts, "newest": newest, "theirs": theirs, "versions": versions,
               "form": form or GuidelineForm()}  # fmt: skip
    return render_template("scheme/guideline.html", project=project, role=role, **content), status


def _show_version(project_id: int, wanted: str) -> ResponseReturnValue:
    with database().read() as session:
        project, role = project_for(session, project_id, "see")
        written = reading.guideline_version(session, project_id, whole_or(wanted, 0))
        if written is None:
            raise NotFound("There is no such version of the guideline.")
        before = reading.guideline_before(session, project_id, written)
        newest = reading.newest_guidelines(session, project_id)[written.language]
    content = {"written": written, "before": before, "newest": newest,
               "changes": line_changes(before.text if before else "", written.text)}  # fmt: skip
    return render_template("scheme/guideline_version.html", project=project, role=role, **content)
