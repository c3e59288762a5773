"""The list of one's projects, the page of a project, and its members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from annotator.actions import corpus
from annotator.actions import people as acting
from annotator.context import database
from annotator.errors import NotAllowed, NotFound, Refused
from annotator.forms.corpus import OverlapForm, ProjectForm
from annotator.forms.people import InvitationForm, RoleForm
from annotator.i18n import gettext
from annotator.queries import labelling, people
from annotator.queries import projects as reading
from annotator.snapshot import REASONS
from annotator.views import charts, left_out
from annotator.views.loading import current_actor, project_for
from exports import FORMATS, VIEWS, views

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

projects = Blueprint("projects", __name__)

WAIT = 1.5  # seconds that a page waits for counts


@projects.get("/")
def home() -> ResponseReturnValue:
    """One's own projects, with the way straight to work."""
    actor = current_actor()
    with database().read() as session:
        own = reading.own_projects(session, actor)
    return render_template("projects/home.html", projects=own)


@projects.get("/projects/new")
def new() -> ResponseReturnValue:
    if not current_actor().admin:
        raise NotAllowed("Only an administrator makes projects.")
    return render_template("projects/new.html", form=ProjectForm())


@projects.post("/projects")
def add() -> ResponseReturnValue:
    """A new project; whoever makes it leads it."""
    actor, form = current_actor(), ProjectForm(request.form)
    scheme = request.files.get("scheme")
    source = scheme.read() if scheme and scheme.filename else None
    try:
        given = form.value()
        with database().write() as session:
            made = corpus.add_project(session, actor, given.name, source, given.overlap)
    except NotAllowed:
        raise
    except Refused as refusal:
        form.refuse(refusal)
        return render_template("projects/new.html", form=form), refusal.status
    return redirect(url_for("projects.page", project_id=made.id), 303)


@projects.get("/projects/<int:project_id>")
def page(project_id: int) -> ResponseReturnValue:
    """A project: one's own work, and for who may see it everyone's."""
    return show(project_id)


def show(project_id: int, *, status: int = 200, **shown: object) -> ResponseReturnValue:
    """The project page, with forms that were refused and links that are shown once."""
    actor = current_actor()
    with database().read() as session:
        project, role = project_for(session, project_id, "see")
        given: dict[str, object] = {"own": labelling.own_progress(session, actor.id, project_id)}
        if reading.sees_progress(actor, role):
            members = labelling.progress(session, project_id)
            outlets, events = reading.known_names(session, project_id)
            given |= {
                "members": members,
                "of_former": labelling.answers_of_former_members(session, project_id),
                "bars": charts.bars(members),
                "columns": charts.columns(reading.saves_by_day(session, project_id)),
                "never_came": people.never_came(session, project_id),
                "schemes": reading.scheme_versions(session, project_id),
                "guidelines": reading.guideline_versions(session, project_id),
                "outlets": outlets,
                "events": events,
            }
    forms = {"invitation": InvitationForm(), "overlap": OverlapForm(overlap=str(project.overlap))}
    choices = {"formats": [(form.NAME, views(form)) for form in FORMATS]}
    content = {**forms, **choices, **given, **shown}
    return render_template("projects/page.html", project=project, role=role, **content), status


@projects.get("/projects/<int:project_id>/downloads")
def downloads(project_id: int) -> ResponseReturnValue:
    """Every format and view to download, and what each view leaves out, by reason."""
    with database().read() as session:
        project, role = project_for(session, project_id, "export")
    counted = [left_out.counts(project, what, None, WAIT / len(VIEWS)) for what in VIEWS]
    return render_template(
        "projects/downloads.html", project=project, role=role, counted=counted, whats=VIEWS, reasons=REASONS,
        formats=[(form.NAME, views(form)) for form in FORMATS],
    )  # fmt: skip


@projects.post("/projects/<int:project_id>/members")
def invite(project_id: int) -> ResponseReturnValue:
    """Invite somebody; the one-time link is shown on the answer, once."""
    actor, form = current_actor(), InvitationForm(request.form)
    given = form.value()
    try:
        with database().write() as session:
            project, _ = project_for(session, project_id, "invite")
            person, token = acting.add_person(
                session, actor, given.name, given.email, project=project, role=given.role
            )
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        form.refuse(refusal)
        return show(project_id, status=refusal.status, invitation=form)
    return show(project_id, status=201, invited=person, link=_address(token))


@projects.post("/projects/<int:project_id>/members/<int:person_id>/link")
def new_link(project_id: int, person_id: int) -> ResponseReturnValue:
    """A new one-time link for a member who has not come yet."""
    actor = current_actor()
    with database().write() as session:
        project_for(session, project_id, "invite")
        found = people.member(session, project_id, person_id)
        if found is None:
            raise NotFound("There is no such member.")
        token = acting.new_link(session, actor, found[0].email)
    return show(project_id, status=201, invited=found[0], link=_address(token))


def _address(token: str) -> str | None:
    return url_for("people.link", token=token, _external=True) if token else None


@projects.post("/projects/<int:project_id>/members/<int:person_id>/role")
def change_role(project_id: int, person_id: int) -> ResponseReturnValue:
    actor, role = current_actor(), RoleForm(request.form).value()
    with database().write() as session:
        project, _ = project_for(session, project_id, "invite")
        acting.change_role(session, actor, project, person_id, role)
    flash(gettext("The role was changed."))
    return redirect(url_for("projects.page", project_id=project_id, _anchor="members"), 303)


@projects.post("/projects/<int:project_id>/members/<int:person_id>/removal")
def remove(project_id: int, person_id: int) -> ResponseReturnValue:
    actor = current_actor()
    with database().write() as session:
        project, _ = project_for(session, project_id, "invite")
        acting.remove_member(session, actor, project, person_id)
    if person_id == actor.id:
        return redirect(url_for("projects.home"), 303)
    flash(gettext("The member was removed; the answers stay."))
    return redirect(url_for("projects.page", project_id=project_id, _anchor="members"), 303)


@projects.post("/projects/<int:project_id>/overlap")
def set_overlap(project_id: int) -> ResponseReturnValue:
    """How many annotators label each sentence."""
    actor, form = current_actor(), OverlapForm(request.form)
    try:
        with database().write() as session:
            project, _ = project_for(session, project_id, "change scheme")
            corpus.set_overlap(session, actor, project, form.value())
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        form.refuse(refusal)
        return show(project_id, status=refusal.status, overlap=form)
    flash(gettext("The overlap was changed."))
    return redirect(url_for("projects.page", project_id=project_id), 303)
