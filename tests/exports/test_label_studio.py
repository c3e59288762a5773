"""Label Studio: its own SDK accepts what we write, and what we write comes back whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from annotator.errors import Refused
from annotator.layers import labels_json, parse_labels, speaker_ids
from annotator.layers.answer import Speaker
from annotator.snapshot import Snapshot
from exports import jsonl, label_studio, label_studio_config
from exports.lines import ReadAnnotation, ReadLine
from tests.exports.test_jsonl import as_read
from tests.exports.zoo import AT, SCHEME, small, small_gold, snapshots


def tasks(snapshot: Snapshot, **options: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(b"".join(label_studio.write(snapshot, **options)))
    return found


def raw(found: object) -> bytes:
    return json.dumps(found).encode()


def read(found: object) -> list[ReadLine]:
    return list(label_studio.read(raw(found), file="f.json"))


def refusal(found: object) -> str:
    with pytest.raises(Refused) as refused:
        read(found)
    return "\n".join(fault.full() for fault in refused.value.faults)


def regions(annotation: dict[str, Any], *, without_meta: bool = True) -> list[Any]:
    return [{k: v for k, v in region.items() if k != "meta" or not without_meta} for region in annotation["result"]]


def whole(lines: list[ReadLine]) -> list[object]:
    """Lines with their labels in the form of the format of record, as an import parses them."""
    return [[_fields(line, ("annotations", "gold")), [*_answers(line)]] for line in lines]


def _answers(line: ReadLine) -> Iterator[object]:
    for answer in line.annotations:
        yield _fields(answer, ("labels",)), _labels(answer.labels, line.text)
    if line.gold:
        yield {k: v for k, v in line.gold.items() if k != "labels"}, _labels(line.gold["labels"], line.text)


def _fields(thing: ReadLine | ReadAnnotation, left_out: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in type(thing).__slots__ if name not in left_out}


def _labels(labels: dict[str, Any], text: str) -> object:
    entries = [s["speaker"] for s in labels["statements"] if s["speaker"]]
    known = {e["id"]: Speaker(e["id"], e["canonical"], e["kind"]) for e in entries}
    assert set(known) == speaker_ids(labels)
    return labels_json(parse_labels(labels, text=text, scheme=SCHEME, speakers=known, complete=False), text)


def test_an_annotation_is_exactly_this() -> None:
    answer = tasks(small())[0]["annotations"][0]
    assert {k: v for k, v in answer.items() if k != "result"} == {
        "was_cancelled": False, "ground_truth": False, "lead_time": 5.4, "created_at": AT, "updated_at": AT,
    }  # fmt: skip
    text = "قالت 😀 الوزارة إن بغداد ترحب."
    all_of_it = {"start": 0, "end": 29, "text": text}
    ministry = {"start": 7, "end": 14, "text": "الوزارة"}

    def region(key: str, control: str, kind: str, value: dict[str, Any]) -> dict[str, Any]:
        return {"id": key, "from_name": control, "to_name": "text", "type": kind, "origin": "manual", "value": value}

    assert regions(answer) == [
        region("note", "comment", "textarea", {"text": ["<b>"]}),
        region("entity-0", "entities", "labels", {**ministry, "labels": ["ORG"]}),
        region("entity-1", "entities", "labels", {"start": 18, "end": 23, "text": "بغداد", "labels": ["GPE"]}),
        region("sentence-speaker", "speaker", "choices", {"choices": ["mofa_iq"]}),
        region("sentence-attribution", "attribution", "choices", {"choices": ["indirect"]}),
        region("sentence-stance_target", "stance_target", "choices", {"choices": ["talks"]}),
        region("sentence-stance", "stance", "choices", {"choices": ["favor"]}),
        region("sentence-claim_type", "claim_type", "choices", {"choices": ["announce"]}),
        region("words-0", "regions", "labels", {**ministry, "labels": ["speaker_words"]}),
        region("row-1", "regions", "labels", {**all_of_it, "labels": ["statement"]}),
        region("row-1", "row_speaker", "choices", {**all_of_it, "choices": ["gov_iq"]}),
        region("row-1", "row_attribution", "choices", {**all_of_it, "choices": ["indirect"]}),
        region("row-1", "row_stance", "choices", {**all_of_it, "choices": ["none"]}),
        region("row-1", "row_claim_type", "choices", {**all_of_it, "choices": ["praise"]}),
    ]


def test_the_author_stands_in_every_region() -> None:
    answer = tasks(small())[0]["annotations"][0]
    assert {region["meta"]["isnad"]["annotator"] for region in answer["result"]} == {"amal@example.org"}


def test_ids_document_and_hash_travel_in_the_task() -> None:
    task = tasks(small())[0]
    assert task["data"]["text"] == "قالت 😀 الوزارة إن بغداد ترحب."
    assert (task["data"]["id"], task["data"]["file"], task["data"]["kind"]) == ("u1", "a.txt", "sentence")
    assert task["meta"]["isnad"]["text_sha256"] == json.loads(next(jsonl.write(small())))["text_sha256"]


def test_a_skip_is_a_cancelled_annotation() -> None:
    skipped = tasks(small())[0]["annotations"][1]
    assert (skipped["was_cancelled"], skipped["lead_time"], skipped["ground_truth"]) == (True, None, False)


def test_gold_is_the_ground_truth_and_nothing_else() -> None:
    first, second = tasks(small_gold())
    assert [(a["ground_truth"], a["was_cancelled"]) for a in first["annotations"]] == [(True, False)]
    assert second["annotations"] == []


def test_completed_by_only_on_request() -> None:
    assert all("completed_by" not in a for task in tasks(small()) for a in task["annotations"])
    found = tasks(small(), completed_by="lead@example.org")[0]["annotations"]
    assert [a["completed_by"] for a in found] == [{"email": "lead@example.org"}] * 2


def test_an_empty_project_is_an_empty_array() -> None:
    assert tasks(Snapshot("p", SCHEME, ())) == []


@given(snapshots())
@settings(deadline=None)
def test_the_sdk_accepts_every_export(snapshot: Snapshot) -> None:
    assert label_studio.invalid(tasks(snapshot), label_studio.config(snapshot.scheme)) == []


def test_the_sdk_accepts_gold() -> None:
    assert label_studio.invalid(tasks(small_gold()), label_studio.config(SCHEME)) == []


def test_the_sdk_would_tell_of_a_label_that_the_config_lacks() -> None:
    found = tasks(small())
    found[0]["annotations"][0]["result"][4]["value"]["choices"] = ["shouted"]
    assert label_studio.invalid(found, label_studio.config(SCHEME)) == ["[0].annotations[0]"]


def test_every_result_has_a_control_of_its_type_in_the_config() -> None:
    config = b"".join(label_studio_config.write(small())).decode()
    assert 'name="text" value="$text"' in config
    assert "direction: rtl" in config
    for region in tasks(small())[0]["annotations"][0]["result"]:
        assert f'name="{region["from_name"]}" toName="text"' in config


@given(snapshots())
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_jsonl_and_label_studio_say_the_same(snapshot: Snapshot) -> None:
    there = list(label_studio.read(b"".join(label_studio.write(snapshot)), file="f.json"))
    assert whole(there) == whole(as_read(snapshot))
    assert whole(there) == whole(list(jsonl.read(jsonl.write(snapshot), file="f.jsonl")))


def test_gold_comes_back_as_gold() -> None:
    assert whole(read(tasks(small_gold()))) == whole(as_read(small_gold()))


def test_what_label_studio_changes_stands() -> None:
    """It measures its own time, moves ids, adds keys, and drops the empty comment."""
    found = tasks(small())
    answer = found[0]["annotations"][0]
    answer |= {"id": 77, "completed_by": 3, "created_at": "…", "lead_time": 9.25}
    del answer["result"][0]
    answer["result"][3]["value"]["choices"] = ["direct"]
    read_back = read(found)[0].annotations[0]
    assert (read_back.annotator, read_back.active_ms) == ("amal@example.org", 9250)
    assert read_back.labels["statements"][0]["attribution"] == "direct"
    assert len(read_back.labels["statements"]) == 2


def test_annotations_made_there_are_read() -> None:
    def region(key: str, control: str, **value: Any) -> dict[str, Any]:
        kind = {"regions": "labels", "new_speaker": "textarea"}.get(control, "choices")
        return {"id": key, "from_name": control, "to_name": "text", "type": kind, "value": value}

    place = {"start": 0, "end": 3, "text": "قال"}
    result = [
        region("a", "new_speaker", text=["زيد"]), region("b", "attribution", choices=["direct"]),
        region("q", "regions", **place, labels=["statement"]),
        region("q", "row_claim_type", **place, choices=["deny"]),
        region("r", "regions", **place, labels=["statement"]),
        region("r", "row_claim_type", **place, choices=["praise"]),
        region("w", "regions", start=4, end=7, text="زيد", labels=["speaker_words"]),
    ]  # fmt: skip
    annotation = {"result": result, "completed_by": {"email": "z@example.org"}, "lead_time": 2.5}
    [line] = read([{"data": {"text": "قال زيد"}, "annotations": [annotation, {**annotation, "was_cancelled": True}]}])
    first, skipped = line.annotations
    assert (line.document, first.annotator, first.state, first.active_ms) == (None, "z@example.org", "submitted", 2500)
    assert (skipped.state, skipped.skip_reason) == ("skipped", "Label Studio")
    assert [row["claim_type"] for row in first.labels["statements"]] == [None, "deny", "praise"]
    assert first.labels["statements"][0]["speaker"] == {
        "id": None, "canonical": "زيد", "kind": None, "start": 4, "end": 7, "text": "زيد",
    }  # fmt: skip


def test_tasks_without_annotations_are_sentences() -> None:
    assert read([{"data": {"text": "x"}, "predictions": [5]}]) == [ReadLine(line_number=1, text="x")]


def spoiled(change: Any) -> list[dict[str, Any]]:
    found = tasks(small())
    change(found[0], found[0]["annotations"][0])
    return found


def entity(**changes: Any) -> Any:
    return lambda task, answer: answer["result"][2]["value"].update(changes)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({}, "f.json: A Label Studio file is a JSON array of tasks."),
        ([1], "f.json, [0]: A task is an object with data."),
        ([{"data": {}}], "f.json, [0].text: This is missing."),
        (spoiled(entity(start=24)), "f.json, [0].annotations[0].result[2].value: The span 24–23 is empty"),
        (spoiled(entity(end=300)), "f.json, [0].annotations[0].result[2].value: The span 18–300 goes past the e"),
        (spoiled(entity(start=True)), "f.json, [0].annotations[0].result[2].value.start: “True” is not a whole"),
        (spoiled(entity(labels=["ORG", "GPE"])), "f.json, [0].annotations[0].result[2].value.labels: “['ORG', '"),
        (spoiled(lambda t, a: a.update(result=5)), "f.json, [0].annotations[0].result: “5” is not a list."),
        (spoiled(lambda t, a: a.update(lead_time="x")), "f.json, [0].annotations[0].lead_time: “x” is no number of s"),
        (spoiled(lambda t, a: a["result"][4].update(from_name="mood")),
         "f.json, [0].annotations[0].result[4].from_name: “mood” is no control of our label config."),
        (spoiled(lambda t, a: a.update(result=[])), "f.json, [0].annotations[0].completed_by: The annotation names n"),
        (spoiled(lambda t, a: a["result"][0]["meta"]["isnad"].update(labels=10**12)),
         "f.json, [0].annotations[0].labels: “1000000000000” is not"),
        (spoiled(lambda t, a: t["data"].update(text="another")), "f.json, [0].annotations[0].result[1].value: The sp"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_its_place(found: object, words: str) -> None:
    assert refusal(found).startswith(words)


@pytest.mark.parametrize("found", [b"[", b'[{"data":NaN}]', b"[" * 60 + b"]" * 60, b"\xff\xfe"])
def test_what_is_no_json_is_refused(found: bytes) -> None:
    with pytest.raises(Refused, match="f.json: "):
        list(label_studio.read(found, file="f.json"))
