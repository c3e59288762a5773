"""Schemathesis asks every endpoint, as every sort of caller, what the document allows and what it forbids."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished
from sqlalchemy import select

from annotator.models import Entry
from tests import make
from tests.support.serving import serving
from tests.views.api import authorised

#: who asks, with a token of which scope; None: signed in with a browser
CALLERS = [
    ("lead", "admin"), ("lead", "annotate"), ("lead", "read"), ("adjudicator", "admin"), ("annotator", "admin"),
    ("viewer", "admin"), ("outsider", "admin"), ("annotator", None),
]  # fmt: skip
#: Labels can be well-formed and yet not be of this sentence or scheme (422), of another version (412), or without
#: the version that they were made from (428); what is too large is 413, what is too late a part 416.
SEMANTIC = ["2xx", "304", "401", "403", "404", "409", "412", "416", "422", "428"]
REFUSING = ["304", "400", "401", "403", "404", "405", "409", "412", "415", "416", "422", "428"]


def config(headers: dict[str, str], place: make.Place, *, full: bool) -> SchemathesisConfig:
    with make.database(place.app).read() as session:
        speaker = session.scalars(select(Entry.key).where(Entry.project_id == place.project).limit(1)).one()
    ids = {"project_id": place.project, "sentence_id": place.sentences[0], "document_id": place.document,
           "key": speaker, "entry": speaker}  # fmt: skip
    return SchemathesisConfig.from_dict({
        "headers": headers,
        "parameters": {f"path.{name}": value for name, value in ids.items()},
        "generation": {"max-examples": 3, "deterministic": True, "database": "none", "no-shrink": True},
        "phases": {"stateful": {"enabled": False}, "coverage": {"enabled": full}},
        "checks": {
            "positive_data_acceptance": {"expected-statuses": SEMANTIC},
            "negative_data_rejection": {"expected-statuses": REFUSING},
            "missing_required_header": {"expected-statuses": REFUSING},
        },
    })  # fmt: skip


@pytest.mark.parametrize(("who", "scope"), CALLERS)
def test_the_api_does_what_its_document_says(who: str, scope: str | None, tmp_path: Path) -> None:
    place = make.place(tmp_path)
    headers = authorised(place, who, scope)
    full = (who, scope) == CALLERS[0]  # every boundary of every field once; the others a few of each
    faults: list[Any] = []
    asked: Counter[str] = Counter()
    with serving(place.app) as url:
        schema = schemathesis.openapi.from_url(f"{url}/api/v1/openapi.json", config=config(headers, place, full=full))
        for event in from_schema(schema).execute():
            if isinstance(event, FatalError | NonFatalError):
                faults.append(f"{event.label} {event.info.message}" if isinstance(event, NonFatalError) else event)
            if isinstance(event, ScenarioFinished):
                asked[str(event.label)] += len(event.recorder.interactions)
                if event.status in (Status.FAILURE, Status.ERROR):
                    faults += told(event)
    assert not faults, "\n".join(str(fault) for fault in faults)
    assert len(asked) >= 19 and min(asked.values()) >= 2, asked


def told(event: ScenarioFinished) -> list[str]:
    """Each failed check with the request that it failed for."""
    found = []
    for case, checks in event.recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                failure, asked = check.failure_info.failure, event.recorder.interactions[case]
                status = asked.response.status_code if asked.response else None
                found.append(f"{event.label} {check.name} {status}: {failure.title} {failure.message[:300]} | "
                             f"{check.failure_info.code_sample[:500]}")  # fmt: skip
    return found
