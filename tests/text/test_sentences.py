from __future__ import annotations

import re
import time

import pytest
from hypothesis import given

from annotator.text.characters import BLANKS, INVISIBLE, LINE_BREAKS
from annotator.text.kinds import KINDS
from annotator.text.sentences import Unit, split
from tests.text.samples import ZOO, nasty


def units(text: str) -> list[str]:
    return [text[unit.start : unit.end] for unit in split(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("نص أول. نص ثان؟ ثالث! رابع", ["نص أول.", "نص ثان؟", "ثالث!", "رابع"]),
        ("هل جاء؟! نعم!! لا??", ["هل جاء؟!", "نعم!!", "لا??"]),
        ("قال، ثم عاد؛ نعم: لا – بل", ["قال، ثم عاد؛ نعم: لا – بل"]),
        ("«جدول» جديد.. هل ينجح؟", ["«جدول» جديد.. هل ينجح؟"]),
        ("ربما… لا أحد يعلم... بعد.", ["ربما… لا أحد يعلم... بعد."]),
        ("بلغ 2.5 مليون. ثم زاد.", ["بلغ 2.5 مليون.", "ثم زاد."]),
        ("خبر.وقال آخر.", ["خبر.وقال آخر."]),
        ("قال د. سمير ذلك. ثم عاد.", ["قال د. سمير ذلك.", "ثم عاد."]),
        ("عام 2014 م. ثم عاد.", ["عام 2014 م.", "ثم عاد."]),
        ("1. أول الأمور. ثانيها.", ["1. أول الأمور.", "ثانيها."]),
        ("قال (!) ذلك. سأل (متى؟) ثم مضى.", ["قال (!) ذلك.", "سأل (متى؟) ثم مضى."]),
        ("انتهى الأمر. (وكالة)", ["انتهى الأمر. (وكالة)"]),
        ("؟ نص هنا. ثم آخر. –", ["؟ نص هنا.", "ثم آخر. –"]),
        ("سطر أول\n\n\nسطر ثان\r\nثالث\rرابع", ["سطر أول", "سطر ثان", "ثالث", "رابع"]),
        (" \u00a0نص أول. \u00a0\u200bنص ثان. \u00a0", ["نص أول.", "نص ثان."]),
        ("", []),
        (" \n\u200b\u200f\n\t\u00a0", []),
    ],
)
def test_a_line_is_cut_after_final_marks_only(text: str, expected: list[str]) -> None:
    assert units(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("قال “انتهى الأمر”. ثم عاد.", ["قال “انتهى الأمر”.", "ثم عاد."]),
        ("قال “انتهى الأمر.” ثم عاد.", ["قال “انتهى الأمر.”", "ثم عاد."]),
        ("قال “انتهى الأمر.”. ثم عاد.", ["قال “انتهى الأمر.”.", "ثم عاد."]),
        ('على الأرض"». ثم عاد.', ['على الأرض"».', "ثم عاد."]),
        ("قال “أول. وثان”، مشيراً إلى ثالث. ثم.", ["قال “أول. وثان”، مشيراً إلى ثالث.", "ثم."]),
        ("قال »أول. وثان«، مشيراً إلى ثالث. ثم.", ["قال »أول. وثان«، مشيراً إلى ثالث.", "ثم."]),
        ("و”أول الأمر. وثان” ومستويات. ثم.", ["و”أول الأمر. وثان” ومستويات.", "ثم."]),
        ("قال “أول”. “مع ثان”. ثم.", ["قال “أول”.", "“مع ثان”.", "ثم."]),
        ("قال “لم يغلق. ثم عاد. نعم.", ["قال “لم يغلق.", "ثم عاد.", "نعم."]),
    ],
)
def test_quotations(text: str, expected: list[str]) -> None:
    assert units(text) == expected


def test_a_quotation_cut_in_two_continues_in_the_second_unit() -> None:
    text = "قال “هذا أول. وهذا ثان”. ثم مضى."
    assert split(text) == [
        Unit(0, 13, "sentence", continues_quote=False),
        Unit(14, 24, "sentence", continues_quote=True),
        Unit(25, 32, "sentence", continues_quote=False),
    ]


def _check(text: str) -> None:
    end = 0
    for unit in split(text):
        assert end <= unit.start < unit.end
        assert not text[end : unit.start].strip(BLANKS + INVISIBLE)
        quote = text[unit.start : unit.end]
        assert quote == quote.strip(BLANKS)
        assert not re.search(f"[{LINE_BREAKS}]", quote)
        assert quote.strip(BLANKS + INVISIBLE)
        assert unit.kind in KINDS
        end = unit.end
    assert not text[end:].strip(BLANKS + INVISIBLE)


@given(nasty)
def test_everything_between_units_is_blank(text: str) -> None:
    _check(text)


@pytest.mark.parametrize("name", ZOO)
def test_the_zoo(name: str) -> None:
    _check(ZOO[name])


def test_crlf_stays_in_the_offsets_and_out_of_the_units() -> None:
    assert split("أول.\r\nثان 😀.\r\n") == [Unit(0, 4, "sentence"), Unit(6, 12, "sentence")]


@pytest.mark.parametrize(
    "piece",
    ["ك", "كلمة ", '"', "«", '."', ". ", "“ك”", "(", "د. ", '"ك. ', "ـ", " ", "\u200f", "؟!", "ك\n", "أ.ب."],
)
def test_time_grows_with_the_length_only(piece: str) -> None:
    """Four times the text may take four times as long, here up to twelve; quadratic code takes sixteen."""

    def seconds(size: int) -> float:
        text = piece * (size // len(piece))
        began = time.process_time()
        split(text)
        return time.process_time() - began

    small = min(seconds(50_000) for _ in range(3))
    assert min(seconds(200_000) for _ in range(2)) < 12 * small + 0.02


def test_a_very_long_line_is_one_unit() -> None:
    text = "كلمة " * 10_000
    assert split(text) == [Unit(0, 49_999, "sentence")]
