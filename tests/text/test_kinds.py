from __future__ import annotations

import pytest

from annotator.text.kinds import Line, kinds_of
from annotator.text.sentences import split

BODY = "وقال الوزير إن المشروع سيبدأ الشهر المقبل."


def kinds(*lines: str) -> list[str]:
    return [unit.kind for unit in split("\n".join(lines))]


def test_a_whole_page() -> None:
    assert kinds(
        "رئيس التحرير",
        "سليم الحداد",
        "رئيس التحرير",
        "سليم الحداد",
        "المدينة تفتتح جسرها الجديد",
        "الجسر الجديد",
        "الجسر الجديد بعد اكتمال البناء",
        "افتتاح يخفف الزحام عن وسط المدينة",
        "بقلم: منى الأسعد",
        "القاهرة –",
        BODY,
        "[ad_1]",
        "كلفة أعلى",
        "وزادت الكلفة كثيرا. ولم يعلق أحد.",
        "العمال في الموقع أمس. (غيتي)",
        "من يدفع الثمن؟",
        BODY,
        "– “لن نتوقف الآن” –",
        BODY,
        "اقرأ أيضا: خبر آخر",
        "المصدر: وكالات",
    ) == [
        "boilerplate",
        "boilerplate",
        "boilerplate",
        "boilerplate",
        "headline",
        "caption",
        "caption",
        "subheading",
        "byline",
        "dateline",
        "sentence",
        "ad",
        "subheading",
        "sentence",
        "sentence",
        "caption",
        "subheading",
        "sentence",
        "subheading",
        "sentence",
        "boilerplate",
        "boilerplate",
    ]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("عنوان الخبر", BODY), ["headline", "sentence"]),
        (("هل ينجح الاتفاق؟", BODY), ["headline", "sentence"]),
        (("مصادر: اتفاق قريب", BODY), ["headline", "sentence"]),
        ((BODY, "عنوان فرعي", BODY), ["sentence", "subheading", "sentence"]),
        ((BODY, "وجاء في البيان:", BODY), ["sentence", "sentence", "sentence"]),
        ((BODY, "• أول النقاط", BODY), ["sentence", "sentence", "sentence"]),
        ((BODY, "***", BODY), ["sentence", "boilerplate", "sentence"]),
        ((BODY, "المصدر"), ["sentence", "boilerplate"]),
        ((BODY, "وصل الوفد إلى المطار. (رويترز)", BODY), ["sentence", "caption", "sentence"]),
        ((BODY, "وصل الوفد إلى المطار. (رويترز)"), ["sentence", "sentence"]),
        (("هل هذا سؤال؟",), ["sentence"]),
        (("إعلان", BODY), ["ad", "sentence"]),
        (("القاهرة – " + BODY,), ["dateline", "sentence"]),
        (("مدينة صغيرة (رويترز) - " + BODY,), ["dateline", "sentence"]),
        (("باريس ــ من كان يتصور أمرا كهذا اليوم؟",), ["dateline", "sentence"]),
        (("تفاهم تلماري – سرواني بشأن بناء جسر طويل.",), ["sentence"]),
        (("القاهرة – بغداد",), ["headline"]),
    ],
)
def test_kinds_by_form_and_place(lines: tuple[str, ...], expected: list[str]) -> None:
    assert kinds(*lines) == expected


def test_a_paragraph_without_a_full_stop_is_a_sentence() -> None:
    assert kinds(BODY, "كلمة " * 13, BODY) == ["sentence", "sentence", "sentence"]


def test_one_kind_for_every_line() -> None:
    assert kinds_of([Line("عنوان", 1), Line("نص. نص.", 2)]) == ["headline", "sentence"]
