"""The labels of an answer, checked against its sentence, a scheme and the registry."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from annotator.layers import parse_labels, retired_in, speaker_ids
from annotator.layers.answer import Labels
from annotator.layers.scheme import Label, Scheme
from annotator.models import Annotation
from annotator.queries import registry as reading
from annotator.queries.answers import labels_by_annotation


def read_labels(
    session: Session,
    project_id: int,
    payload: object,
    stands_for: dict[str, str],
    *,
    text: str,
    scheme: Scheme,
    complete: bool,
    known: dict[str, reading.Known] | None = None,
    kept: Collection[Label] | None = None,
) -> tuple[Labels, dict[str, int]]:
    """The labels, checked against text, scheme and registry; and each speaker's row by id.

    `known` is kept from call to call by who reads many answers, to look each speaker up once. `kept`: the retired
    labels that the answer may hold; null: all of the scheme.
    """
    payload = _with_ids(payload, stands_for)
    speakers = {} if known is None else known
    unseen = [key for key in speaker_ids(payload) if key not in speakers]
    speakers.update(reading.known(session, project_id, unseen))
    labels = parse_labels(
        payload, text=text, scheme=scheme, speakers=speakers, complete=complete, path="labels", kept=kept
    )
    return labels, {speaker.id: speaker.row for speaker in speakers.values()}  # merged ones under their new id


def retired_labels_of(
    session: Session, scheme: Scheme, sentence_id: int, person_id: int | None, text: str
) -> frozenset[Label]:
    """The retired labels that somebody's stored answer holds: it may keep them, and no other answer may begin to."""
    if not scheme.retired_labels():
        return frozenset()
    stored = session.scalar(
        select(Annotation.id).where(Annotation.sentence_id == sentence_id, Annotation.person_id == person_id)
    )
    if stored is None:
        return frozenset()
    return retired_in(labels_by_annotation(session, {stored: text})[stored], scheme)


def _with_ids(payload: object, stands_for: dict[str, str]) -> object:
    changed = {old: new for old, new in stands_for.items() if old != new}
    if not changed or not isinstance(payload, dict) or not isinstance(payload.get("statements"), list):
        return payload
    statements = [
        {**row, "speaker": {"id": changed[row["speaker"]["id"]],
                            **{k: row["speaker"].get(k) for k in ("start", "end", "text")}}}
        if isinstance(row, dict) and isinstance(row.get("speaker"), dict) and _key(row["speaker"]) in changed
        else row
        for row in payload["statements"]
    ]  # fmt: skip
    return {**payload, "statements": statements}


def _key(speaker: dict[str, object]) -> str | None:
    key = speaker.get("id")
    return key if isinstance(key, str) else None
