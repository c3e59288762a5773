"""Checking a file before it is imported: on the page and over the API."""

from __future__ import annotations

import io
import json

from sqlalchemy import func, select

from annotator.models import Document
from tests import make
from tests.views.test_api import Api

TEXT = "قالت الوزارة إن بغداد ترحب."
MARKS = json.dumps({"text": TEXT, "label": [[5, 12, "ORG"], [16, 21, "CITY"]]}).encode()


def documents(place: make.Place) -> int | None:
    with make.database(place.app).read() as session:
        return session.scalar(select(func.count()).select_from(Document))


def test_the_page_checks_before_it_imports(place: make.Place) -> None:
    web, before = place.web("lead"), documents(place)

    def send(**fields: str) -> tuple[int, str]:
        content = {"format": "doccano", "annotator": "amal@example.org", "new_annotators": "1", **fields,
                   "files": [(io.BytesIO(MARKS), "m.jsonl")]}  # fmt: skip
        answer = web.post(f"/projects/{place.project}/documents", content, content_type="multipart/form-data")
        return answer.status_code, answer.text

    status, page = send(dry_run="1")
    assert status == 422 and "“CITY” is none of" in page
    status, page = send(dry_run="1", map="CITY=GPE")
    assert status == 200 and "This was a check: nothing was imported." in page
    assert "1 document · 1 unit · 1 answer" in page
    assert documents(place) == before
    status, page = send(map="CITY")
    assert status == 422 and "“CITY” is no mapping: write it as PERSON=PERS." in page
    status, page = send(map="CITY=GPE")
    assert status == 201 and "This was a check" not in page and documents(place) == (before or 0) + 1


def test_the_api_checks_before_it_imports(place: make.Place) -> None:
    lead, before = Api(place, "lead", "admin"), documents(place)
    path = f"/projects/{place.project}/documents?file=m.jsonl&format=doccano&new_annotators=1"
    assert lead("POST", f"{path}&dry_run=1", MARKS).status_code == 422
    refused = lead("POST", f"{path}&annotator=amal@example.org&dry_run=1", MARKS)
    assert refused.status_code == 422 and "“CITY” is none of" in refused.json["detail"]
    assert [(one["theirs"], one["ours"], one["why"]) for one in refused.json["labels"] if one["why"]] == [
        ("CITY", None, "is no label here; map it as CITY=…")
    ]
    path += "&annotator=amal@example.org&map=CITY%3DGPE"
    dry = lead("POST", f"{path}&dry_run=1", MARKS)
    assert (dry.status_code, dry.json["annotations"], documents(place)) == (200, 1, before)
    made = lead("POST", path, MARKS)
    told = {"layer": "entities", "count": 1, "line": 1, "why": None, "new": False}
    labels = [{**told, "theirs": "ORG", "ours": "ORG"}, {**told, "theirs": "CITY", "ours": "GPE"}]
    assert (made.status_code, {**made.json, "labels": labels}) == (201, dry.json | {"labels": labels})
    assert sorted(dry.json["labels"], key=str) == sorted(labels, key=str)
    assert documents(place) == (before or 0) + 1
    told = lead("POST", f"{path}&offsets=bytes", MARKS)
    assert told.status_code == 422 and "“bytes” is none of code-points, utf16" in told.text


def test_a_check_tells_speakers_and_mappings_without_effect(place: make.Place) -> None:
    lead = Api(place, "lead", "admin")
    path = f"/projects/{place.project}/documents?dry_run=1&new_annotators=1&file=m.jsonl"
    dry = lead("POST", f"{path}&format=doccano&annotator=amal@example.org&map=CITY%3DGPE,TOWN%3DGPE", MARKS)
    assert [(one["theirs"], one["ours"], one["count"], one["line"], one["why"]) for one in dry.json["labels"]] == [
        ("TOWN", None, 0, 0, "is mapped, but no mark of this file has it"),
        ("CITY", "GPE", 1, 1, None), ("ORG", "ORG", 1, 1, None),
    ]  # fmt: skip
    labels = {"statements": [{"speaker": {"canonical": "نادر حداد", "kind": "person"}, "attribution": "direct",
                              "stance": {"target": None, "value": "none"}, "claim_type": "fact"}],
              "entities": []}  # fmt: skip
    line = json.dumps({"text": TEXT, "annotations": [{"annotator": "amal@example.org", "labels": labels}]}).encode()
    unknown = lead("POST", f"{path}&format=jsonl", line)
    speaker = {"layer": "speaker", "theirs": "نادر حداد", "count": 1, "line": 1}
    why = "is no speaker here; add it to the speakers, or have new speakers added"
    assert unknown.status_code == 422
    assert unknown.json["labels"][0] == {**speaker, "ours": None, "why": why, "new": False}
    known = lead("POST", f"{path}&format=jsonl&new_speakers=1", line)
    assert known.status_code == 200
    assert known.json["labels"][0] == {**speaker, "ours": "نادر حداد", "why": None, "new": True}
    path = path.replace("dry_run=1&", "")
    assert lead("POST", f"{path}&format=jsonl&new_speakers=1", line).status_code == 201
    again = lead("POST", f"{path}&format=jsonl&dry_run=1", line)
    assert again.json["labels"][0] == {**speaker, "ours": "نادر حداد", "why": None, "new": False}


def test_the_page_tells_labels_and_judges_files_together(place: make.Place) -> None:
    web = place.web("lead")

    def send(*files: tuple[str, bytes], **fields: str) -> str:
        content = {**fields, "dry_run": "1", "files": [(io.BytesIO(raw), name) for name, raw in files]}
        return web.post(f"/projects/{place.project}/documents", content, content_type="multipart/form-data").text

    page = send(("m.jsonl", MARKS), format="doccano", annotator="amal@example.org", new_annotators="1")
    assert "2 speakers and labels" in page and "is no label here; map it as CITY=…" in page
    article = "وصل الوفد مساء أمس.\n".encode()
    page = send(("one.txt", article), ("two.txt", article), format="text")
    assert "This article is in the project already, as “one.txt”" in page
    assert "Nothing of two.txt would be imported." in page
    page = send(("one.txt", article), format="text", map="A=B")
    assert "This has no effect on files of the format text, but on those of doccano" in page
