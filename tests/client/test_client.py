"""The client against a real server: every call, sent again when that is safe, refusals with their problems."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from annotator.client import ApiError, Changed, Client, Stale, Unreachable
from tests.client.conftest import Served
from tests.support.serving import serving
from tests.views.api import token

ARTICLE = {"speaker": {"id": "ARTICLE"}, "attribution": "none", "stance": {"target": None, "value": "none"},
           "claim_type": "fact"}  # fmt: skip
LABELS = {"statements": [ARTICLE], "entities": []}


def test_reading(served: Served) -> None:
    client, project = served.client, served.place.project
    assert [(one["id"], one["role"]) for one in client.projects()] == [(project, "lead")]
    assert len(client.project(project)["scheme"]) == 64
    assert [one["file"] for one in client.documents(project)] == ["a.txt"]
    assert {one["email"] for one in client.people(project)} >= {"lead@example.org", "viewer@example.org"}
    assert "gov_iq" in {one["id"] for one in client.registry(project)} or len(list(client.registry(project))) > 5
    assert {one["annotator"] for one in client.progress(project)["annotators"]} >= {"annotator@example.org"}
    assert "claim_type" in client.agreement(project)["layers"]
    assert list(client.releases(project)) == []
    with pytest.raises(ApiError, match="404"):
        client.release(project, "v1")


def test_the_way_of_an_annotation(served: Served) -> None:
    client, project = served.client, served.place.project
    sentence = client.lease(project)["sentences"][0]
    assert client.annotation(sentence["id"]) is None
    assert client.save(sentence["id"], LABELS, version=0, active_ms=100)["version"] == 1
    stored = client.annotation(sentence["id"])
    assert stored is not None and stored["labels"]["statements"][0]["claim_type"] == "fact"
    with pytest.raises(Stale) as stale:
        client.save(sentence["id"], LABELS, version=0)
    assert stale.value.current is not None and stale.value.current["version"] == 1
    assert client.save(sentence["id"], LABELS, version=1, comment="again")["version"] == 2


def test_importing(served: Served, tmp_path: Path) -> None:
    client, project = served.client, served.place.project
    article = tmp_path / "خبر.txt"
    article.write_text("أعلنت الوزارة نتائجها.\nوقال الوزير إنها جيدة.\n", "utf-8")
    assert client.import_documents(project, article, outlet="وكالة")["sentences"] == 2
    lines = json.dumps({"text": "سطر وحيد هنا."}).encode()
    assert client.import_documents(project, lines, name="bare.jsonl")["sentences"] == 1
    with pytest.raises(ApiError) as refused:
        client.import_documents(project, b'{"text": 1}', name="bad.jsonl", new_speakers=True)
    fault = refused.value.faults[0]
    assert (refused.value.status, fault["file"], fault["line"], fault["path"]) == (422, "bad.jsonl", 1, "text")
    with pytest.raises(TypeError):
        client.import_documents(project, b"text")
    rows = client.import_documents(project, "خبر\tO\nثان\tO\n\n".encode(), name="a.CONLLUP", dry_run=True)
    assert rows["sentences"] == 1
    with pytest.raises(TypeError, match=r"The ending \.csv does not tell what the file holds"):
        client.import_documents(project, b"a,b", name="a.csv")


def test_freezing_and_counting_before_an_export(served: Served) -> None:
    client, project = served.client, served.place.project
    counts = client.export_counts(project, what="gold")
    assert counts["labelled"] + sum(counts["left_out"].values()) == counts["units"] == 5
    made = client.freeze(project, "v1", note="أول")
    assert (made["name"], made["units"], made["split"]) == ("v1", 5, None)
    assert client.release(project, "v1")["sha256"] == made["sha256"]
    assert client.export_counts(project, release="v1")["units"] == 5
    with pytest.raises(ApiError, match="There is a release named “v1” already"):
        client.freeze(project, "v1")
    with pytest.raises(ApiError) as refused:
        client.freeze(project, "v2", split={"train": 80, "dev": 10, "test": 10})
    assert "too few to be parted" in refused.value.faults[0]["message"]
    assert client.making(project, "v1")["state"] == "made"
    with pytest.raises(ApiError) as never:  # it was refused before it was begun
        client.making(project, "v2")
    assert never.value.status == 404


def test_a_refusal_carries_its_problem(served: Served) -> None:
    with pytest.raises(ApiError, match="404 Not found") as refused:
        served.client.progress(4242)
    assert refused.value.problem["detail"].startswith("There is no such project")
    with serving(served.place.app) as url, Client(url, "isnad_wrong") as stranger:
        with pytest.raises(ApiError) as unknown:
            list(stranger.projects())
    assert unknown.value.status == 401


def test_a_busy_server_is_asked_again(served: Served) -> None:
    served.proxy.refusals = ["503 Service Unavailable", "429 Too Many Requests"]
    assert len(list(served.client.projects())) == 1
    assert served.waits == [7.0, 7.0]
    served.proxy.refusals = ["502 Bad Gateway"]
    with pytest.raises(ApiError, match="a proxy's page"):
        served.client.projects().__next__()
    served.proxy.refusals = ["503 Service Unavailable"] * 6
    with pytest.raises(ApiError) as given_up:
        list(served.client.projects())
    assert given_up.value.status == 503


def test_a_save_whose_answer_was_lost_is_stored_once(served: Served) -> None:
    sentence = served.place.sentences[0]
    served.network.cuts = [1, 1]
    assert served.client.save(sentence, LABELS, version=0)["version"] == 1
    assert served.proxy.seen == ["PUT"] * 3
    assert 0.2 < served.waits[0] < 1.0 < sum(served.waits) * 2


def test_an_import_whose_answer_was_lost_is_not_sent_again(served: Served) -> None:
    served.network.cuts = [1]
    with pytest.raises(Unreachable):
        served.client.import_documents(served.place.project, "نص جديد.".encode(), name="x.txt")
    assert served.proxy.seen == ["POST"]
    assert [one["file"] for one in served.client.documents(served.place.project)] == ["a.txt", "x.txt"]


def test_an_export_by_lines_and_into_a_file(served: Served, tmp_path: Path) -> None:
    whole = served.client.export(served.place.project)
    lines = list(whole)
    assert [json.loads(line)["start"] for line in lines] == sorted(json.loads(line)["start"] for line in lines)
    target = tmp_path / "export.jsonl"
    assert served.client.export(served.place.project).save(target)
    assert target.read_text("utf-8").splitlines() == lines
    same = served.client.export(served.place.project, etag=whole.etag)
    assert (same.save(tmp_path / "again.jsonl"), same.unchanged, list(tmp_path.glob("again*"))) == (False, True, [])
    served.client.save(served.place.sentences[0], LABELS, version=0)
    assert served.client.export(served.place.project, etag=whole.etag).save(target)
    assert target.read_text("utf-8").splitlines() != lines


def much(served: Served) -> None:
    """Enough for an export of many parts."""
    text = "".join(f"وقال المتحدث رقم {n} إن الأمر {n * 7919 % 1000} انتهى.\n" for n in range(2000))
    served.client.import_documents(served.place.project, text.encode(), name="long.txt")


def test_a_download_goes_on_where_it_broke_off(served: Served) -> None:
    much(served)
    lines = list(served.client.export(served.place.project))
    assert len(lines) == 2005
    served.proxy.seen.clear()
    served.network.cuts = [40_000, 3_000]
    assert list(served.client.export(served.place.project)) == lines
    first, *others = served.proxy.seen
    assert first == "GET" and [other.startswith("GET bytes=") for other in others] == [True, True]


def test_a_project_that_changed_meanwhile_is_no_dataset(served: Served, tmp_path: Path) -> None:
    much(served)
    with serving(served.place.app) as url, Client(url, token(served.place, "annotator", "annotate")) as other:
        served.network.cuts = [40_000]
        served.network.after = lambda: other.save(served.place.sentences[0], LABELS, version=0)
        with pytest.raises(Changed):
            served.client.export(served.place.project).save(tmp_path / "x.jsonl")
    assert list(tmp_path.glob("x.jsonl*")) == []
