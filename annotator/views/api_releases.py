"""Releases over the HTTP API: list, look, download, freeze."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for

from annotator import making
from annotator.actions import releases as acting
from annotator.context import database, settings
from annotator.errors import Fault, NotFound, Refused
from annotator.freezing import freeze, freeze_beside
from annotator.i18n import gettext
from annotator.queries import releases as reading
from annotator.releases.archive import archive
from annotator.releases.splits import GROUPINGS, Plan
from annotator.views.api import answer
from annotator.views.api_lists import cut, fields_for, page_asked
from annotator.views.loading import current_actor, project_for

api_releases = Blueprint("api_releases", __name__, url_prefix="/api/v1/projects/<int:project_id>/releases")


_FIELDS = ("name", "note", "split")


@api_releases.get("")
def releases(project_id: int) -> Response:
    """List the releases of a project in the order of their making, the retracted ones too."""
    with database().read() as session:
        project_for(session, project_id, "export")
        page = page_asked()
        shown, more = cut(reading.page(session, project_id, page), page)
    content = [_shape(release) for _, release in shown]
    return answer({"releases": content, "next": str(shown[-1][0]) if more else None}, Cache_Control="private, no-cache")


@api_releases.get("/<name>")
def release(project_id: int, name: str) -> Response:
    """Show a release with the hash of each of its files."""
    found = _one(project_id, name)
    files = {key: found.manifest[key] for key in ("files", "derived")}
    return answer({**_shape(found), **files}, Cache_Control="private, no-cache")


@api_releases.get("/<name>/archive")
def download(project_id: int, name: str) -> Response:
    """Download a release whole, as one ZIP file. The same release gives the same bytes."""
    found = _one(project_id, name)
    if request.if_none_match.contains_weak(found.sha256):
        held = Response(status=304)
        held.set_etag(found.sha256)
        return held
    folder = acting.folder_of(settings().releases, project_id, found.name)
    response = Response(archive(folder, found.name), mimetype="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename=f"isnad-{project_id}-{found.name}.zip")
    response.set_etag(found.sha256)
    return response


@api_releases.post("")
def add(project_id: int) -> Response:
    """Freeze the project as it is now. Answers when the release is sealed; with `Prefer: respond-async` (RFC 7240) at
    once, and `Location` tells how far it is."""
    wanted = _wanted(fields_for(project_id, "release"))
    if _at_once():
        freeze_beside(database(), current_actor(), project_id, wanted, settings().releases)
        place = url_for("api_releases.begun", project_id=project_id, name=wanted.name)
        return answer(_begun(project_id, wanted.name), 202, Location=place, Preference_Applied="respond-async")
    made = freeze(database(), current_actor(), project_id, wanted, settings().releases)
    return answer(_shape(_one(project_id, made.name)), 201)


def _at_once() -> bool:
    wishes = ",".join(request.headers.getlist("Prefer")).lower().split(",")
    return "respond-async" in [wish.partition(";")[0].strip() for wish in wishes]


@api_releases.get("/<name>/making")
def begun(project_id: int, name: str) -> Response:
    """Tell how far a release is, why it was refused, or that it is made."""
    with database().read() as session:
        project_for(session, project_id, "export")
    acting.check_name(acting.Wanted(name))
    return answer(_begun(project_id, name), Cache_Control="private, no-cache")


def _begun(project_id: int, name: str) -> dict[str, Any]:
    state = making.state(settings().releases / str(project_id), name)  # before the row: it goes when the row is there
    with database().read() as session:
        made = reading.release(session, project_id, name)
    if made is not None:
        return {"name": name, "state": "made", "step": making.SEALING, "share": 1.0, "by": made.maker,
                "begun_at": made.created_at, "faults": []}  # fmt: skip
    if state is None:
        raise NotFound("There is no such release.")
    stands = "making" if state.running else "refused" if state.faults else "broken off"
    faults = [
        {"path": fault.path, "message": fault.text(gettext), "file": fault.file, "line": fault.line}
        for fault in state.faults
    ]
    return {"name": name, "state": stands, "step": state.step, "share": state.share, "by": state.by,
            "begun_at": state.begun_at, "faults": faults}  # fmt: skip


def _wanted(wished: dict[str, Any]) -> acting.Wanted:
    """What the body asks for. Raises Refused with every fault and its path."""
    faults = [
        Fault("“{value}” is not a text.", {"value": str(wished.get(key))[:60]}, key)
        for key, needed in (("name", True), ("note", False))
        if not isinstance(wished.get(key), str) and (needed or wished.get(key) is not None)
    ]
    faults += [Fault("There is no such field here.", {}, key[:100]) for key in wished if key not in _FIELDS]
    given = wished.get("split")
    if given is not None and not isinstance(given, dict):
        faults.append(Fault("“{value}” is not an object.", {"value": str(given)[:60]}, "split"))
    elif given is not None:
        faults += _split_faults(given)
    if faults:
        raise Refused(faults)
    return acting.Wanted(wished["name"], wished.get("note"), None if given is None else Plan(**given))


def _split_faults(given: dict[str, Any]) -> list[Fault]:
    numbers = ("train", "dev", "test", "seed")
    faults = [Fault("There is no such field here.", {}, f"split.{key}") for key in given if key not in (*numbers, "by")]
    for key in numbers:
        value = given.get(key, 0 if key == "seed" else None)
        if type(value) is not int or not 0 <= value < 2**53:
            faults.append(Fault("“{value}” is not a whole number from {least} on.", {"value": value, "least": 0},
                                f"split.{key}"))  # fmt: skip
    if given.get("by", GROUPINGS[0]) not in GROUPINGS:
        faults.append(Fault("“{value}” is none of {known}.",
                            {"value": str(given["by"])[:60], "known": ", ".join(GROUPINGS)}, "split.by"))  # fmt: skip
    return faults


def _one(project_id: int, name: str) -> reading.Shown:
    with database().read() as session:
        project_for(session, project_id, "export")
        found = reading.release(session, project_id, name)
    if found is None:
        raise NotFound("There is no such release.")
    return found


def _shape(release: reading.Shown) -> dict[str, Any]:
    manifest = release.manifest
    return {
        "name": release.name, "note": release.note, "sha256": release.sha256, "units": manifest["units"],
        "gold": manifest["gold"], "split": manifest["split"], "scheme": manifest["scheme"],
        "guideline": manifest["guideline"], "made_by": release.maker, "created_at": release.created_at,
        "retracted_at": release.retracted_at, "retracted_reason": release.retracted_reason,
    }  # fmt: skip
