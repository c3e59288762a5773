"""A project's documents, importing them, and what a lead may change about their units."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from annotator.actions import corpus as acting
from annotator.actions.importing import (
    FOREIGN,
    FORMATS,
    ImportOptions,
    ImportReport,
    check_options,
    try_file,
)
from annotator.actions.importing_labels import Mapped, mapped_labels
from annotator.actions.importing_reading import OFFSETS, ReadAhead, foreign_options, listed, read_ahead
from annotator.context import database
from annotator.errors import Fault, NotAllowed, NotFound, Refused
from annotator.forms.corpus import CutForm, ImportForm, KindForm
from annotator.i18n import gettext
from annotator.importing import import_whole, trial
from annotator.queries import corpus as reading
from annotator.queries import projects as projects_reading
from annotator.text.kinds import KINDS
from annotator.text.whole import whole
from annotator.views.loading import current_actor, document_for, importable, project_for

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session
    from werkzeug.datastructures import FileStorage

    from annotator.models import Sentence

corpus = Blueprint("corpus", __name__)

DOCUMENTS_SHOWN = 100
UNITS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: a report, or the faults for which nothing of it was imported."""

    file: str
    report: ImportReport | None
    faults: tuple[Fault, ...]
    labels: tuple[Mapped, ...] = ()  # what becomes of each, told by a check


@corpus.get("/projects/<int:project_id>/documents")
def documents(project_id: int) -> ResponseReturnValue:
    """The project's documents in the order of import, a page at a time."""
    after = request.args.get("after", 0, whole)
    with database().read() as session:
        project, role = project_for(session, project_id, "see progress")
        found = reading.documents(session, project_id, after=after, limit=DOCUMENTS_SHOWN + 1)
    more = found[DOCUMENTS_SHOWN - 1].id if len(found) > DOCUMENTS_SHOWN else None
    return render_template(
        "corpus/documents.html", project=project, role=role, documents=found[:DOCUMENTS_SHOWN], more=more, after=after
    )


@corpus.get("/projects/<int:project_id>/import")
def import_page(project_id: int) -> ResponseReturnValue:
    return _import_page(project_id, ImportForm())


def _import_page(project_id: int, form: ImportForm, outcomes: list[Outcome] | None = None) -> ResponseReturnValue:
    with database().read() as session:
        project, role = project_for(session, project_id, "import")
        outlets, events = projects_reading.known_names(session, project_id)
    dry = bool(form.dry_run.data)
    form.mark(fault for outcome in outcomes or () for fault in outcome.faults)
    refused = hasattr(form, "faults") or any(outcome.report is None for outcome in outcomes or ())
    page = render_template(
        "corpus/import.html", project=project, role=role, upload=form, outcomes=outcomes or [],
        outlets=outlets, events=events, import_formats=(*FORMATS, *FOREIGN),
        offsets=tuple(OFFSETS), dry=dry,
    )  # fmt: skip
    return page, 422 if refused else 201 if outcomes and not dry else 200


@corpus.post("/projects/<int:project_id>/documents")
def import_documents(project_id: int) -> ResponseReturnValue:
    """Import files, each whole or not at all, and tell what became of each."""
    with database().read() as session:
        project_for(session, project_id, "import")
    form = ImportForm(request.form)
    files = [file for file in request.files.getlist("files") if file.filename]
    if not files:
        form.refuse(Refused("Choose at least one file.", path="files"))
        return _import_page(project_id, form)
    try:
        options = _options(form)
    except Refused as refusal:
        form.refuse(refusal)
        return _import_page(project_id, form)
    return _import_page(project_id, form, _outcomes(project_id, files, options, dry=bool(form.dry_run.data)))


def _options(form: ImportForm) -> dict[str, Any]:
    given = asdict(form.value())
    whose, mapped = listed(given.pop("annotator")), listed(given.pop("map"))
    options = {**foreign_options(whose, mapped, given.pop("offsets")), **given}
    check_options(ImportOptions(name="a", **options))
    return options


def _outcomes(
    project_id: int, files: list[FileStorage], given: dict[str, Any], *, dry: bool
) -> list[Outcome]:
    """One after the other, as they are imported: a check judges each with those before it."""
    named = [(re.split(r"[/\\]", file.filename or "")[-1], file) for file in files]
    if not dry:
        return [_import_one(project_id, name, file.read(), given) for name, file in named]
    tried = [(ImportOptions(name=name, **given), file.read()) for name, file in named]
    with database().read() as session:  # before others must wait
        served = importable(project_id)(session).served_kinds
        labels = [tuple(mapped_labels(session, project_id, raw, options)) for options, raw in tried]
    ahead = [_ahead(raw, options, served) for options, raw in tried]
    with trial(database()) as session:
        outcomes = [
            _try_one(session, project_id, raw, options, read)
            for (options, raw), read in zip(tried, ahead, strict=True)
        ]
    return [replace(outcome, labels=found) for outcome, found in zip(outcomes, labels, strict=True)]


def _import_one(project_id: int, name: str, raw: bytes, given: dict[str, Any]) -> Outcome:
    def act() -> ImportReport:
        options = ImportOptions(name=name, **given)
        return import_whole(database(), current_actor(), importable(project_id), raw, options)

    return _outcome(name, act)


def _ahead(raw: bytes, options: ImportOptions, served: Collection[str]) -> ReadAhead | None:
    with suppress(Refused):  # told by the trial
        return read_ahead(raw, options, served)
    return None


def _try_one(
    session: Session, project_id: int, raw: bytes, options: ImportOptions, ahead: ReadAhead | None
) -> Outcome:
    project = importable(project_id)(session)
    return _outcome(options.name, lambda: try_file(session, current_actor(), project, raw, options, ahead))


def _outcome(name: str, act: Callable[[], ImportReport]) -> Outcome:
    try:
        report = act()
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        return Outcome(name, None, refusal.at(file=name).faults)
    return Outcome(name, report, tuple(report.notes))


@corpus.get("/documents/<int:document_id>")
def document(document_id: int) -> ResponseReturnValue:
    """A document as it was cut into units; the lead may change them."""
    after = request.args.get("after", -1, whole)
    with database().read() as session:
        found, project, role = document_for(session, document_id, "see progress")
        units = reading.unit_page(session, document_id, after=after, limit=UNITS_SHOWN + 1)
    more = units[UNITS_SHOWN - 1][0].start if len(units) > UNITS_SHOWN else None
    return render_template(
        "corpus/document.html", document=found, project=project, role=role, units=units[:UNITS_SHOWN],
        kinds=KINDS, more=more, after=after,
    )  # fmt: skip


@corpus.post("/sentences/<int:sentence_id>/kind")
def change_kind(sentence_id: int) -> ResponseReturnValue:
    actor, kind = current_actor(), KindForm(request.form).value()
    with database().write() as session:
        sentence = acting.change_kind(session, actor, sentence_id, kind)
    flash(gettext("The kind of the unit was changed."))
    return _back(sentence.document_id, sentence_id)


@corpus.get("/sentences/<int:sentence_id>/cut")
def cut_page(sentence_id: int) -> ResponseReturnValue:
    """A unit word by word, with a place to cut between any two."""
    sentence = _unit(sentence_id)
    with database().read() as session:
        found, project, role = document_for(session, sentence.document_id, "edit units")
    return render_template(
        "corpus/cut.html", sentence=sentence, document=found, project=project, role=role, words=_words(sentence.text)
    )


@corpus.post("/sentences/<int:sentence_id>/cut")
def cut(sentence_id: int) -> ResponseReturnValue:
    """Split a unit that nobody has labelled in two."""
    actor, document_id = current_actor(), _unit(sentence_id).document_id
    at = CutForm(request.form).value()
    with database().write() as session:
        first, _ = acting.split_unit(session, actor, sentence_id, at)
    flash(gettext("The unit was split."))
    return _back(document_id, first)


@corpus.post("/sentences/<int:sentence_id>/join")
def join(sentence_id: int) -> ResponseReturnValue:
    """Join a unit that nobody has labelled with the next one."""
    actor, document_id = current_actor(), _unit(sentence_id).document_id
    with database().write() as session:
        whole = acting.join_units(session, actor, sentence_id)
    flash(gettext("The units were joined."))
    return _back(document_id, whole)


def _unit(sentence_id: int) -> Sentence:
    actor = current_actor()
    with database().read() as session:
        found = reading.unit(session, actor, sentence_id)
    if found is None:
        raise NotFound("There is no such unit.")
    return found


def _words(text: str) -> list[tuple[int, str]]:
    """The words of a unit, each with the code point at which a cut before it would fall."""
    return [(match.start(), match.group()) for match in re.finditer(r"\S+", text)]


def _back(document_id: int, sentence_id: int) -> ResponseReturnValue:
    after = request.form.get("after", type=whole)
    place = url_for("corpus.document", document_id=document_id, after=after, _anchor=f"unit-{sentence_id}")
    return redirect(place, 303)
