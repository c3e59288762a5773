"""CoNLL-U Plus, read back by the library `conllu`."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from time import perf_counter
from typing import Any

import conllu
from hypothesis import given, settings

from annotator.layers import labels_json
from annotator.layers.answer import Entity, Labels
from annotator.snapshot import Snapshot
from exports import conll
from exports.tokens import levels, tokens
from tests.exports.zoo import entity, small, snapshots, views


def read(snapshot: Snapshot) -> list[conllu.TokenList]:
    raw = b"".join(conll.write(snapshot)).decode()
    # the names of the columns alone are no block
    return [block for block in conllu.parse_incr(io.StringIO(raw, newline="\n")) if len(block)]


def told(block: conllu.TokenList) -> dict[str, Any]:
    return {name: json.loads(value) for name, value in block.metadata.items()
            if value is not None and name not in ("sent_id", "text", "global.columns")}  # fmt: skip


def marked(block: conllu.TokenList) -> list[list[tuple[int, int, str]]]:
    """(start, end, label) of every column of nesting, from the tags alone."""
    found = []
    for n in range(conll.DEPTH):
        column: list[tuple[int, int, str]] = []
        for token in block:
            tag, place = token[f"isnad:ner{n + 1}"], (int(token["isnad:start"]), int(token["isnad:end"]))
            if tag.startswith("B-"):
                column.append((*place, tag[2:]))
            elif tag.startswith("I-"):
                column[-1] = (column[-1][0], place[1], tag[2:])
        if column:
            found.append(column)
    return found


def test_every_answer_is_a_block_with_its_author() -> None:
    (block,) = read(small())
    assert (block.metadata["sent_id"], told(block)["annotator"]) == ("u1/amal@example.org", "amal@example.org")
    assert marked(block) == [[(7, 14, "ORG"), (18, 23, "GPE")]]
    assert [token["form"] for token in block] == ["قالت", "😀", "الوزارة", "إن", "بغداد", "ترحب", "."]


def test_gold_is_a_block_of_its_unit() -> None:
    (block,) = read(views(small())["gold"])
    assert (block.metadata["sent_id"], told(block)["votes"]) == ("u1", 1)


def test_nested_entities_stand_in_columns_beside_each_other() -> None:
    outer, inner = Entity(0, 9, "x" * 9, "ORG"), Entity(0, 4, "x" * 4, "GPE")
    labels = small().lines[0].annotations[0].labels  # type: ignore[index]
    nested = type(labels)(labels.statements, (outer, inner, Entity(10, 12, "xx", "PER")))
    assert [[entity.label for entity in level] for level in levels(nested)] == [["ORG", "PER"], ["GPE"]]


@settings(max_examples=40, deadline=None)
@given(snapshot=snapshots())
def test_tokens_keep_offsets_and_labels_come_back(snapshot: Snapshot) -> None:
    answers = [(line, answer) for line in snapshot.lines for answer in line.annotations
               if answer.state == "submitted"]  # fmt: skip
    blocks = read(snapshot)
    assert len(blocks) == len(answers)
    for block, (line, answer) in zip(blocks, answers, strict=True):
        about = told(block)
        assert about.get("exact_text", block.metadata["text"]) == line.text
        assert about["labels"] == labels_json(answer.labels, line.text)
        for token in block:
            assert line.text[int(token["isnad:start"]) : int(token["isnad:end"])] == token["form"]
        trimmed = [trim(line.text, e.start, e.end, e.label) for e in answer.labels.entities if e.text.strip()]
        assert [found for column in marked(block) for found in column] == trimmed


def test_a_draft_which_is_not_written_cuts_no_word() -> None:
    snapshot = small()
    line, other = snapshot.lines  # type: ignore[misc]
    answer, skip = line.annotations
    begun = replace(skip, state="draft", skip_reason=None, labels=Labels((), (entity(line.text, 0, 2, "PERS"),)))
    drafted = replace(snapshot, lines=(replace(line, annotations=(answer, begun)), other))
    assert b"".join(conll.write(drafted)) == b"".join(conll.write(snapshot))


def trim(text: str, start: int, end: int, label: str) -> tuple[int, int, str]:
    """Tokens hold no blanks: a stretch that begins or ends with some is its words."""
    words = text[start:end]
    return start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip()), label


def test_a_sentence_without_end_is_cut_at_once() -> None:
    """Looking at every edge for every word took minutes for what an article without full stops holds."""
    text = "كلمة، " * 20_000
    began = perf_counter()
    found = tokens(text, {1, 7})
    assert perf_counter() - began < 5
    assert found[:5] == [(0, 1), (1, 4), (4, 5), (6, 7), (7, 10)]
    assert len(found) == 40_002
