"""The HTTP API that the labelling screen and scripts share: leases, sentences, answers.

Errors are problem details (RFC 9457), made in one place by the app.
"""

from __future__ import annotations

import re
from typing import Any

import orjson
from flask import Blueprint, Response, request

from annotator.actions import labelling, queue
from annotator.context import database, settings
from annotator.errors import Fault, NotFound, Refused
from annotator.permissions import demand
from annotator.queries import labelling as reading
from annotator.queries import scheme as schemes
from annotator.text.nested import bad_texts
from annotator.text.whole import whole_or
from annotator.views.errors import answer as refused
from annotator.views.loading import current_actor, project_for
from exports.jsonl import refuse_repeated_keys

api = Blueprint("api", __name__, url_prefix="/api/v1")

_CURSOR = re.compile(r"[0-9TZ:.+-]{0,40}~\d{1,18}", re.ASCII)
BODY_LIMIT = 4_000_000


class Unconditional(Refused):
    """A save that does not say which version it is based on (HTTP 428)."""

    status = 428


def answer(content: object, status: int = 200, **headers: str) -> Response:
    response = Response(orjson.dumps(content), status, mimetype="application/json")
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return response


def body() -> Any:
    """The JSON of the request. Refused when it is none."""
    raw = request.get_data(cache=False)
    if len(raw) > BODY_LIMIT:
        raise Refused("The body has {length} bytes; the limit is {limit}.", length=len(raw), limit=BODY_LIMIT)
    if not raw:
        return {}
    try:
        content = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Refused("The body is not JSON: {reason}.", reason=str(error)) from error
    if b"\\u0000" in raw:
        for path, at, code in bad_texts(content):
            raise Refused("Character {at} is U+{code}, which no text holds.", path=path, at=at, code=code)
    refuse_repeated_keys(raw, content)
    return content


@api.post("/projects/<int:project_id>/leases")
def lease(project_id: int) -> Response:
    """Reserve the next sentences."""
    actor = current_actor()
    wished = body()
    if not isinstance(wished, dict):
        raise Refused("The body is not a JSON object.")
    count = wished.get("count", 1)
    if type(count) is not int or not 1 <= count <= queue.MOST:
        raise Refused("“{value}” is not a whole number from 1 to {most}.", path="count", value=count, most=queue.MOST)
    holding = wished.get("holding", [])
    if not isinstance(holding, list) or not all(type(i) is int for i in holding) or len(holding) > 50:
        raise Refused("“{value}” is not a list of at most 50 sentence ids.", path="holding", value=str(holding)[:200])
    with database().write(passing=True) as session:
        leased = queue.hand_out(
            session, actor, project_id, count, minutes=settings().lease_minutes, holding=holding
        )
    return answer(leased)


@api.get("/sentences/<int:sentence_id>")
def sentence(sentence_id: int) -> Response:
    """One sentence as the labelling screen shows it, with the own answer."""
    actor = current_actor()
    with database().read() as session:
        _visible(session, sentence_id)
        return answer(reading.desk(session, actor.id, [sentence_id])[0])


@api.get("/sentences/<int:sentence_id>/annotation")
def annotation(sentence_id: int) -> Response:
    """The own answer to a sentence; 404 while there is none."""
    actor = current_actor()
    with database().read() as session:
        _visible(session, sentence_id)
        own = reading.own_answers(session, actor.id, [sentence_id]).get(sentence_id)
    if own is None:
        raise NotFound("You have not answered this sentence.")
    return answer(own, ETag=f'"{own["version"]}"')


@api.put("/sentences/<int:sentence_id>/annotation")
def save(sentence_id: int) -> Response:
    """Save the whole answer to a sentence: compare-and-set on its version."""
    actor = current_actor()
    try:
        base_version, key, payload = _sent_save()
    except Refused:
        _demand_label(sentence_id)  # whose it is not learns nothing of how it would be asked for
        raise
    try:
        with database().write() as session:
            saved = labelling.save(
                session, actor, sentence_id, payload, base_version=base_version, key=key
            )
            progress = reading.own_progress(session, actor.id, saved.project_id)
    except labelling.Stale:
        with database().read() as session:
            current = reading.own_answers(session, actor.id, [sentence_id]).get(sentence_id)
        changed = Fault("This answer was changed elsewhere since you opened it.", {}, "If-Match")
        return refused(412, (changed,), current=current, yours=payload)
    return answer(
        {"version": saved.version, "state": saved.state, "surplus": saved.surplus,
         "speakers": saved.speakers, "progress": progress},
        ETag=f'"{saved.version}"',
    )  # fmt: skip


def _sent_save() -> tuple[int, str | None, Any]:
    """The version that was edited, the key of the save and its body."""
    given, key = request.headers.get("If-Match"), request.headers.get("Idempotency-Key")
    if given is None:
        raise Unconditional('Send If-Match with the version you edited; "0" for a first save.', path="If-Match")
    if key is not None and not 1 <= len(key) <= 200:
        raise Refused("An Idempotency-Key has 1 to 200 characters.", path="Idempotency-Key")
    return _version(given), key, body()


def _demand_label(sentence_id: int) -> None:
    """Pass for who may answer this sentence: 404 where it is not theirs to see, 403 where they only see it."""
    with database().read() as session:
        found = reading.visible_sentence(session, current_actor(), sentence_id)
    if found is None:
        raise NotFound("There is no such sentence.")
    demand(current_actor(), found.role, "label")


def _version(given: str) -> int:
    """`"3"`, `W/"3"` or `3`; anything else can match no version."""
    return whole_or(given.strip().removeprefix("W/").strip('"'), -1)


def _visible(session: Any, sentence_id: int) -> None:
    if reading.visible_sentence(session, current_actor(), sentence_id) is None:
        raise NotFound("There is no such sentence.")


@api.get("/projects/<int:project_id>/mine")
def mine(project_id: int) -> Response:
    """The own answers, newest first: all, or those flagged, skipped, submitted or in draft."""
    actor = current_actor()
    state = request.args.get("state")
    if state not in (None, "flagged", "skipped", "submitted", "draft"):
        raise Refused("“{value}” is none of {known}.", path="state", value=state,
                      known="flagged, skipped, submitted, draft")  # fmt: skip
    cursor = request.args.get("cursor")
    if cursor is not None and not _CURSOR.fullmatch(cursor):
        raise Refused("“{value}” is no cursor of this list.", path="cursor", value=cursor[:100])
    with database().read() as session:
        project_for(session, project_id, "see")
        found, more = reading.own_work(
            session, actor.id, project_id, state=state, search=request.args.get("q", "")[:500], before=cursor
        )
    return answer({"sentences": found, "next": more})


@api.get("/projects/<int:project_id>/scheme/<sha256>.json")
def scheme(project_id: int, sha256: str) -> Response:
    """The label scheme of that content: it never changes, so a browser keeps it."""
    with database().read() as session:
        project_for(session, project_id, "see")
        content = schemes.scheme_content(session, project_id, sha256)
    if content is None:
        raise NotFound("The project has no such scheme.")
    return Response(
        content.encode(), mimetype="application/json",
        headers={"Cache-Control": "private, max-age=31536000, immutable"},
    )  # fmt: skip


@api.get("/projects/<int:project_id>/guideline")
def guideline(project_id: int) -> Response:
    """The guideline in force, per language, as Markdown text."""
    with database().read() as session:
        project, _ = project_for(session, project_id, "see")
        texts = schemes.guideline_texts(session, project_id)
    return answer({"version": project.guideline, **texts})


