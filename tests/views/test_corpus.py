"""Documents, importing them, and changing their units."""

from __future__ import annotations

import io

from sqlalchemy import select

from annotator.models import Document, Sentence
from tests import make


def upload(web: make.Web, project: int, *files: tuple[str, bytes], **fields: str) -> tuple[int, str]:
    content = {"format": "text", **fields, "files": [(io.BytesIO(raw), name) for name, raw in files]}
    answer = web.post(f"/projects/{project}/documents", content, content_type="multipart/form-data")
    return answer.status_code, answer.text


def units(place: make.Place) -> list[tuple[int, str, str]]:
    with make.database(place.app).read() as session:
        rows = session.execute(
            select(Sentence.id, Sentence.kind, Sentence.text)
            .where(Sentence.document_id == place.document)
            .order_by(Sentence.start)
        )
        return [(row.id, row.kind, row.text) for row in rows]


def test_files_are_imported(place: make.Place) -> None:
    web = place.web("lead")
    status, page = upload(
        web, place.project, ("ب.txt", "جاء الوزير.\n".encode()), ("c.txt", "وصل الوفد إلى المدينة.\n".encode()),
        outlet="صحيفة", event="زيارة", published="2026-11-01",
    )  # fmt: skip
    assert status == 201 and page.count("1 document · 1 unit") == 2
    listed = web.get(f"/projects/{place.project}/documents").text
    assert "<bdi>ب.txt</bdi>" in listed and "<bdi>صحيفة</bdi>" in listed and "1 November 2026" in listed


def test_a_refused_file_is_told_with_its_place_and_leaves_nothing(place: make.Place) -> None:
    web = place.web("lead")
    bad = "سطر أول.\nسطر\x00 ثان.\n".encode()
    status, page = upload(web, place.project, ("good.txt", "نص سليم تمامًا.\n".encode()), ("bad.txt", bad))
    assert status == 422
    assert "Nothing of bad.txt was imported." in page and "line 2" in page and "U+0000" in page
    with make.database(place.app).read() as session:
        assert set(session.scalars(select(Document.file))) == {"a.txt", "good.txt"}


def test_bad_uploads_are_refused(place: make.Place) -> None:
    web = place.web("lead")
    text = "نص آخر هنا.\n".encode()
    for files, fields, words in (
        ((), {}, "Choose at least one file."),
        ((("a.txt", make.TEXT.encode()),), {}, "This article is in the project already"),
        ((("x.txt", text),), {"format": "pdf"}, "is none of"),
        ((("x.txt", text),), {"published": "yesterday"}, "is no date"),
        ((("x.txt", text),), {"url": "javascript:alert(1)"}, "is no web address"),
        ((("x.txt", "نص".encode("cp1256")),), {}, "windows-1256"),
        ((("x.txt", text),), {"encoding": "klingon"}, "There is no text encoding"),
        ((("x.jsonl", b"{"),), {"format": "jsonl"}, "x.jsonl"),
    ):
        status, page = upload(web, place.project, *files, **fields)
        assert (status, words in page) == (422, True), (words, page)


def test_only_the_last_part_of_a_path_counts(place: make.Place) -> None:
    status, page = upload(place.web("lead"), place.project, ("../../etc/x.txt", "نص ثالث هنا.\n".encode()))
    assert status == 201 and "<bdi>x.txt</bdi>" in page


def test_a_document_shows_its_units(place: make.Place) -> None:
    page = place.web("viewer").get(f"/documents/{place.document}").text
    assert page.count('class="unit-text" lang="ar" dir="rtl"') == 5
    assert "<select" not in page
    assert place.web("lead").get(f"/documents/{place.document}").text.count("<select") == 5


def test_a_lead_changes_the_kind(place: make.Place) -> None:
    web, unit = place.web("lead"), place.sentences[0]
    answer = web.post(f"/sentences/{unit}/kind", {"kind": "caption"})
    assert (answer.status_code, answer.location) == (303, f"/documents/{place.document}#unit-{unit}")
    assert units(place)[0][1] == "caption"
    assert web.post(f"/sentences/{unit}/kind", {"kind": "poem"}).status_code == 422


def test_a_lead_splits_and_joins_units(place: make.Place) -> None:
    web, unit = place.web("lead"), place.sentences[1]
    page = web.get(f"/sentences/{unit}/cut").text
    assert 'name="at" value="5"' in page  # before the second word of وقال سالم إن الخطة جيدة.
    assert web.post(f"/sentences/{unit}/cut", {"at": "10"}).status_code == 303
    texts = [text for _, _, text in units(place)]
    assert texts[1:3] == ["وقال سالم", "إن الخطة جيدة."]
    first = units(place)[1][0]
    assert web.post(f"/sentences/{first}/join").status_code == 303
    assert [text for _, _, text in units(place)][1] == "وقال سالم إن الخطة جيدة."


def test_bad_cuts_are_refused(place: make.Place) -> None:
    web, unit = place.web("lead"), place.sentences[1]
    before = units(place)
    for at in ("0", "999", "-1", "x", ""):
        assert web.post(f"/sentences/{unit}/cut", {"at": at}).status_code == 422
    assert web.post(f"/sentences/{place.sentences[-1]}/join").status_code == 422
    assert units(place) == before
