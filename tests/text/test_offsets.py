from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.errors import Refused
from annotator.text.offsets import check_quote, code_point_offset, looks_like_utf16, utf16_offset
from tests.text.samples import ZOO, nasty

FAMILY = "قال 👨‍👩‍👧‍👦 نعم"


def test_a_right_quote_passes() -> None:
    check_quote(FAMILY, 12, 15, "نعم")


@pytest.mark.parametrize(
    ("start", "end", "quote", "message"),
    [
        (-1, 2, "قا", "The span -1–2 has a negative offset; offsets count from 0."),
        (2, 2, "", "The span 2–2 is empty or turned round; start must be smaller than end."),
        (3, 1, "ق", "The span 3–1 is empty or turned round; start must be smaller than end."),
        (12, 99, "نعم", "The span 12–99 goes past the end: the text has 15 code points."),
        (
            0,
            3,
            "قام",
            "The text at 0–3 is “قال”, not “قام”; they first differ at character 2 of the span: "
            "“ل” there, “م” given. Offsets are code points, end exclusive.",
        ),
    ],
)
def test_a_wrong_quote_is_refused(start: int, end: int, quote: str, message: str) -> None:
    with pytest.raises(Refused) as refusal:
        check_quote(FAMILY, start, end, quote)
    assert str(refusal.value) == message


def test_utf16_offsets_are_named_as_the_cause() -> None:
    text = "😀 نعم ثم لا"
    assert looks_like_utf16(text, 3, 6, "نعم")
    with pytest.raises(Refused) as refusal:
        check_quote(text, 3, 6, "نعم")
    assert str(refusal.value) == (
        "The text at 3–6 is “عم ”, not “نعم”. The offsets look like UTF-16 units, "
        "as JavaScript and Java count; give code points."
    )


def test_right_code_points_do_not_look_like_utf16() -> None:
    assert not looks_like_utf16("نعم", 0, 3, "نعم")
    assert not looks_like_utf16("😀 نعم", 2, 5, "نعم")


def test_utf16_counts() -> None:
    assert [utf16_offset("a😀b", index) for index in range(4)] == [0, 1, 3, 4]
    assert [code_point_offset("a😀b", index) for index in (0, 1, 3, 4)] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("offset", "words"), [(2, "stands inside a character"), (5, "outside"), (-1, "outside")]
)
def test_utf16_offsets_that_no_character_has(offset: int, words: str) -> None:
    with pytest.raises(Refused, match=words):
        code_point_offset("a😀b", offset)


def test_code_point_offsets_outside_the_text() -> None:
    with pytest.raises(Refused, match="The offset 4 is outside the text of 3 code points"):
        utf16_offset("a😀b", 4)


@given(st.data(), st.one_of(nasty, st.sampled_from(sorted(ZOO.values()))))
def test_there_and_back(data: st.DataObject, text: str) -> None:
    index = data.draw(st.integers(0, len(text)))
    assert code_point_offset(text, utf16_offset(text, index)) == index
