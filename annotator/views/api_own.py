"""The HTTP API of the own work: the sentences of a speaker, how the work goes, what was marked before."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, Response, request

from annotator.context import database
from annotator.errors import NotFound, Refused
from annotator.queries import own_work, phrases
from annotator.text.whole import whole_or
from annotator.views.api import answer
from annotator.views.loading import current_actor, project_for

api_own = Blueprint("api_own", __name__, url_prefix="/api/v1/projects/<int:project_id>")


@api_own.get("/speakers/<entry>/sentences")
def speaker_sentences(project_id: int, entry: str) -> Response:
    """The sentences that one gave to a speaker, newest first: one's own answers, never anybody else's."""
    actor = current_actor()
    cursor = request.args.get("cursor")
    before = None if cursor is None else whole_or(cursor, 0, most=18)
    if cursor is not None and before == 0:
        raise Refused("“{value}” is no cursor of this list.", path="cursor", value=cursor[:100])
    with database().read() as session:
        project_for(session, project_id, "see")
        name = own_work.entry_name(session, project_id, entry)
        if name is None:
            raise NotFound("“{value}” is no speaker of this project.", value=entry[:80])
        found, more = own_work.speaker_sentences(session, actor.id, project_id, entry, before=before)
    return answer({"speaker": {"id": entry, "canonical": name}, "sentences": found, "next": more and str(more)})


@api_own.get("/mine/statistics")
def statistics(project_id: int) -> Response:
    """How one's last answers went: sentences per hour, input events, time per layer."""
    actor = current_actor()
    with database().read() as session:
        project_for(session, project_id, "see")
        found = own_work.statistics(session, actor.id, project_id)
    return answer(asdict(found))


@api_own.get("/phrases")
def marked_before(project_id: int) -> Response:
    """Words that were marked as entities before, to be offered where they come again: one's own marks, and those on
    which two annotators agreed in sentences that one has answered oneself or will not be asked."""
    actor = current_actor()
    with database().read() as session:
        project_for(session, project_id, "label")
        found = phrases.known(session, actor.id, project_id)
    return answer({"phrases": [asdict(phrase) for phrase in found]})
