"""A project's releases: freezing, looking into, comparing, downloading, retracting."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from annotator import making
from annotator.actions import releases as acting
from annotator.context import database, settings
from annotator.errors import NotAllowed, NotFound, Refused
from annotator.forms.releases import ReleaseForm, RetractionForm
from annotator.freezing import freeze_beside
from annotator.i18n import gettext
from annotator.queries import releases as reading
from annotator.queries.people import names_by_email
from annotator.releases.archive import archive
from annotator.releases.manifest import read_manifest
from annotator.releases.splits import PARTS, Plan, dealt
from annotator.text.whole import whole
from annotator.views import release_changes
from annotator.views import release_pictures as pictures
from annotator.views.loading import current_actor, project_for

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from annotator.models import Project

releases = Blueprint("releases", __name__)

WAIT = 1.5  # seconds that a request waits for a release before it goes to the page that tells how far it is
#: What a browser may show in the page; everything else is downloaded.
_TYPES = {".svg": "image/svg+xml"}


@releases.get("/projects/<int:project_id>/releases")
def page(project_id: int) -> ResponseReturnValue:
    """The releases, newest first, and for a lead the form that makes one."""
    state = _making(project_id, request.args.get("again", ""))
    return _page(project_id, ReleaseForm.again(state.wanted) if state else ReleaseForm())


def _page(project_id: int, form: ReleaseForm, status: int = 200) -> ResponseReturnValue:
    begun = making.states(_home(project_id))
    with database().read() as session:
        project, role = project_for(session, project_id, "export")
        found = reading.releases(session, project_id)
    made = {row.name for row in found}
    return render_template(
        "releases/list.html", project=project, role=role, releases=found, form=form, dealt=dealt,
        begun=[state for state in begun if state.name not in made],
    ), status  # fmt: skip


def _making(project_id: int, name: str) -> making.State | None:
    """What is told of a release of this name that is being made, was refused or broken off."""
    try:
        acting.check_name(acting.Wanted(name))
    except Refused:
        return None
    return making.state(_home(project_id), name)


def _home(project_id: int) -> Path:
    return settings().releases / str(project_id)


@releases.post("/projects/<int:project_id>/releases")
def add(project_id: int) -> ResponseReturnValue:
    """Freeze the project as it is now; what takes longer than a moment goes on beside, and its page tells how far."""
    actor, form = current_actor(), ReleaseForm(request.form)
    with database().read() as session:
        project_for(session, project_id, "release")
    try:
        name, note, split = form.value()
        wanted = acting.Wanted(name, note, None if split is None else Plan(*split))
        freeze_beside(database(), actor, project_id, wanted, settings().releases).join(WAIT)
        state = making.state(_home(project_id), name)
        if state is not None and state.faults:
            making.forget(_home(project_id), name)
            raise Refused(state.faults)
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        form.refuse(refusal)
        return _page(project_id, form, refusal.status)
    if state is not None:
        return redirect(url_for("releases.begun", project_id=project_id, name=name), 303)
    flash(gettext("The release is made."))
    return redirect(url_for("releases.one", project_id=project_id, name=name), 303)


@releases.get("/projects/<int:project_id>/releases/<name>/making")
def begun(project_id: int, name: str) -> ResponseReturnValue:
    """How far a release is, why it was refused, or the release itself when it is made."""
    with database().read() as session:
        project, role = project_for(session, project_id, "export")
    acting.check_name(acting.Wanted(name))
    state = making.state(_home(project_id), name)  # before the row: it goes when the row is there
    with database().read() as session:
        made = reading.release(session, project_id, name)
    if made is not None:
        return redirect(url_for("releases.one", project_id=project_id, name=name), 303)
    if state is None:
        raise NotFound("There is no such release.")
    return render_template("releases/making.html", project=project, role=role, state=state)


@releases.post("/projects/<int:project_id>/releases/<name>/making")
def dismiss(project_id: int, name: str) -> ResponseReturnValue:
    """Take what was refused or broken off from the list."""
    with database().read() as session:
        project_for(session, project_id, "release")
    acting.check_name(acting.Wanted(name))
    making.forget(_home(project_id), name)
    return redirect(url_for("releases.page", project_id=project_id), 303)


@releases.get("/projects/<int:project_id>/releases/<name>")
def one(project_id: int, name: str) -> ResponseReturnValue:
    """What a release holds, with its pictures and the way to its files."""
    return _one(project_id, name, RetractionForm())


def _one(project_id: int, name: str, form: RetractionForm, status: int = 200) -> ResponseReturnValue:
    with database().read() as session:
        project, role = project_for(session, project_id, "export")
        found = reading.releases(session, project_id)
        release = next((row for row in found if row.name == name), None)
        if release is None:
            raise NotFound("There is no such release.")
        by = reading.retractor(session, project_id, name) if release.retracted_at else None
    shown = pictures.read(acting.folder_of(settings().releases, project.id, name))
    older = found[found.index(release) + 1 :]
    return render_template(
        "releases/one.html", project=project, role=role, release=release, form=form, shown=shown, others=older,
        parts=PARTS, dealt=dealt(release.manifest), retracted_by=by,
        sealed=release.manifest["files"] + release.manifest["derived"],
    ), status  # fmt: skip


@releases.get("/projects/<int:project_id>/releases/<name>/plots/<plot>.svg")
def plot(project_id: int, name: str, plot: str) -> ResponseReturnValue:
    """A picture of the page, in the colours of a theme and along the direction of the page's language."""
    _, folder = _found(project_id, name)
    drawn = pictures.drawn(folder, plot, request.args.get("theme", ""), narrow="narrow" in request.args)
    answer = Response(drawn, mimetype="image/svg+xml")
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.add_etag()
    answer.make_conditional(request)
    return answer


@releases.get("/projects/<int:project_id>/releases/<name>/archive")
def download(project_id: int, name: str) -> ResponseReturnValue:
    """The whole release as one ZIP file."""
    project, folder = _found(project_id, name)
    response = Response(archive(folder, name), mimetype="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename=f"isnad-{project.id}-{name}.zip")
    return response


@releases.get("/projects/<int:project_id>/releases/<name>/files/<path:file>")
def file(project_id: int, name: str, file: str) -> ResponseReturnValue:
    """One file of a release, as its manifest lists it."""
    _, folder = _found(project_id, name)
    manifest = read_manifest(folder)
    if file not in {row["path"] for row in (*manifest["files"], *manifest["derived"])}:
        raise NotFound("There is no such file in this release.")
    path = folder / file
    response = Response(_chunks(path), mimetype=_TYPES.get(path.suffix, "application/octet-stream"))
    response.headers["Content-Length"] = str(path.stat().st_size)
    if path.suffix not in _TYPES:
        response.headers.set("Content-Disposition", "attachment", filename=path.name)
    return response


def _chunks(path: Path) -> Iterator[bytes]:
    with open(path, "rb") as source:
        while chunk := source.read(1 << 18):
            yield chunk


@releases.get("/projects/<int:project_id>/releases/<name>/changes")
def changes(project_id: int, name: str) -> ResponseReturnValue:
    """What changed since an earlier release: what, from what to what, by whom, why."""
    project, folder = _found(project_id, name)
    since = request.args.get("since", "")
    _, old = _found(project_id, since)
    told = release_changes.read(old, folder, request.args.get("page", 1, whole))
    versions = [read_manifest(place) for place in (old, folder)]
    with database().read() as session:
        _, role = project_for(session, project_id, "export")
        people = names_by_email(session, told.people)
    return render_template(
        "releases/changes.html", project=project, role=role, name=name, since=since, told=told, people=people,
        versions=[(key, *(manifest[key] for manifest in versions)) for key in ("scheme", "guideline")],
    )  # fmt: skip


@releases.post("/projects/<int:project_id>/releases/<name>/retraction")
def retract(project_id: int, name: str) -> ResponseReturnValue:
    """Mark a release as not to be used, with the reason."""
    actor, form = current_actor(), RetractionForm(request.form)
    try:
        with database().write() as session:
            project, _ = project_for(session, project_id, "release")
            acting.retract(session, actor, project, name, form.value())
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        form.refuse(refusal)
        return _one(project_id, name, form, refusal.status)
    flash(gettext("The release is retracted."))
    return redirect(url_for("releases.one", project_id=project_id, name=name), 303)


def _found(project_id: int, name: str) -> tuple[Project, Path]:
    """The project and the folder of a release that this person may see, or 404."""
    with database().read() as session:
        project, _ = project_for(session, project_id, "export")
        acting.named(session, project, name)
    return project, acting.folder_of(settings().releases, project.id, name)
