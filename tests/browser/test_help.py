"""What spares work at the labelling screen: the same words elsewhere, comments on words, moved keys, suggestions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from annotator.actions.scheme import change_scheme
from annotator.models import Project
from annotator.permissions import OPERATOR
from annotator.queries.scheme import in_force
from tests import make
from tests.browser.conftest import Desk, next_one, press, saved, sent, shown, started
from tests.browser.test_labelling import click_word, entities

Opening = Callable[..., Any]
TEXT = (
    "قال سالم الراوي إن العمل يبدأ.\n"
    "وعاد سالم الراوي إلى العاصمة.\n"
    "وذكر سالم الراوي أن سالم الراوي هناك.\n"
    "وانتهى الاجتماع مساء.\n"
)
SALEM = ("سالم الراوي", "PERS")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with started(tmp_path, TEXT) as made:
        yield made


def mark_salem(page: Any) -> None:
    """The second and third word."""
    press(page, "Space ArrowLeft Shift+ArrowLeft KeyP")


def test_the_same_words_are_marked_elsewhere_by_one_key_and_one_undo(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    press(page, "KeyM Enter")  # answered before anything was marked
    next_one(page, desk.texts[0])
    page.wait_for_timeout(500)
    mark_salem(page)
    assert page.locator(".spread li").count() == 2
    press(page, "Shift+KeyP")
    page.wait_for_selector(".spread", state="detached")
    sent(page)
    page.wait_for_timeout(300)
    first = desk.answers()[desk.sentences[0]]
    assert (entities(first), first["state"], first["version"]) == ([SALEM], "submitted", 2)
    (taken,) = first["provenance"]["taken"]
    source = page.request.get(f"{desk.url}/api/v1/sentences/{desk.sentences[1]}").json()["uid"]
    assert (taken["propagated_from"], taken["outcome"]) == (source, "kept")
    press(page, "Control+z")
    page.wait_for_timeout(300)
    sent(page)
    page.wait_for_timeout(300)
    first = desk.answers()[desk.sentences[0]]
    assert (entities(first), first["provenance"]["taken"][0]["outcome"]) == ([], "removed")
    press(page, "Control+Shift+Z KeyM Enter")
    next_one(page, desk.texts[1])
    assert shown(page) == desk.texts[2]
    assert page.locator(".chips li .chip:not(.offered)").count() == 2  # both places of the sentence to come


def test_a_comment_on_words_stands_on_its_mark_and_comes_back(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    mark_salem(page)
    click_word(page, "سالم")
    page.keyboard.press("KeyU")
    page.fill(".dialog textarea", "أهو الوزير؟")
    page.keyboard.press("Enter")
    assert page.text_content(".chip .remark bdi") == "أهو الوزير؟"
    press(page, "BracketRight Escape KeyM Enter")
    next_one(page, desk.texts[0])
    saved(page)
    (told,) = desk.answers()[desk.sentences[0]]["provenance"]["span_comments"]
    assert told["text"] == "أهو الوزير؟"
    assert desk.texts[0][told["start"] : told["end"]] == "سالم الراوي إن"
    press(page, "Comma")
    next_one(page, desk.texts[1])
    assert page.text_content(".chip .remark bdi") == "أهو الوزير؟"


def test_what_became_of_a_suggestion_is_told(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    mark_salem(page)
    press(page, "KeyM Enter")
    next_one(page, desk.texts[0])
    press(page, "Period")
    click_word(page, "الراوي")
    press(page, "KeyO KeyM Enter")
    next_one(page, desk.texts[1])
    saved(page)
    answer = desk.answers()[desk.sentences[1]]
    assert entities(answer) == [("سالم الراوي", "ORG")]
    assert [taken["outcome"] for taken in answer["provenance"]["taken"]] == ["relabelled"]
    assert len(answer["provenance"]["offered"]["entities"]) == 1
    assert {"entities", "claim_type"} <= set(answer["provenance"]["layer_ms"])


def test_other_sentences_of_the_speaker_and_the_own_pace(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    press(page, "KeyK KeyX KeyR Digit1 Enter")
    next_one(page, desk.texts[0])
    saved(page)
    press(page, "KeyK Shift+KeyN")
    page.wait_for_selector(".drawer .units button")
    assert page.locator(".drawer .units button").all_text_contents() == [desk.texts[0]]
    press(page, "F2")
    page.click(".pace summary")
    page.wait_for_selector(".pace td")
    assert "actions for a sentence" in page.text_content(".pace")


def test_fifty_steps_over_sentences_are_undone(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    for text in desk.texts[:3]:
        assert shown(page) == text
        press(page, "KeyV " + "Digit1 Digit2 " * 9 + "Enter")
        next_one(page, text)
    for _ in range(57):
        page.keyboard.press("Control+z")
        page.wait_for_timeout(60)
    page.wait_for_timeout(300)
    assert shown(page) == desk.texts[0]
    assert page.locator(".choice[aria-pressed=true]").count() == 0
    press(page, "Control+z")
    assert page.text_content(".said") == "There is nothing to undo."


def test_the_scheme_moves_labels_and_commands_to_other_keys(desk: Desk, open_desk: Opening) -> None:
    with make.database(desk.app).write() as session:
        project = session.get_one(Project, desk.project)
        fields = {"claim_type.fact.key": "`", "commands.no_claim_line": "Shift+م", "commands.save_next": "m"}
        change_scheme(session, OPERATOR, project, fields, based_on=in_force(session, desk.project).sha256)
    page = open_desk()
    press(page, "KeyV Backquote")
    assert page.get_attribute("[data-label=fact]", "aria-pressed") == "true"
    assert page.text_content(".actions .primary kbd") == "M"
    press(page, "Shift+KeyL KeyM")
    next_one(page, desk.texts[0])
    saved(page)
    assert desk.answers()[desk.sentences[0]]["labels"]["statements"][0]["claim_type"] == "no_claim"


def test_what_was_marked_is_offered_on_another_device(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    mark_salem(page)
    press(page, "KeyM Enter")
    next_one(page, desk.texts[0])
    saved(page)
    other = open_desk()  # with an empty store
    other.wait_for_selector(".offers .chip.offered[data-entity=PERS]")
    assert shown(other) == desk.texts[1]
    press(other, "Period KeyM Enter")
    next_one(other, desk.texts[1])
    saved(other)
    second = desk.answers()[desk.sentences[1]]
    assert entities(second) == [SALEM]
    assert [one["outcome"] for one in second["provenance"]["taken"]] == ["kept"]
