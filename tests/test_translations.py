"""Every text that people may see exists in Arabic, with the same places to fill in."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from babel.messages.extract import extract_from_file

from annotator.i18n import TRANSLATIONS, plural_form, read_catalogue

ROOT = Path(__file__).resolve().parent.parent
SOURCES = (
    ("annotator", "*.py", "python"),
    ("exports", "*.py", "python"),
    ("templates", "*.html", "jinja2.ext:babel_extract"),
    ("annotator/static/js", "*.js", "javascript"),
)
#: functions whose first text is shown to people
SHOWING = ("_", "_N", "gettext", "t", "translate", "Fault", "Refused", "NotAllowed", "NotFound", "Taken",
           "Throttled", "SignedOut", "TooMany", "WrongType", "Busy", "Outage", "Unconditional", "fault",
           "refuse")  # fmt: skip
KEYWORDS = {**dict.fromkeys(SHOWING), "ngettext": (1, 2), "tn": (1, 2)}


@cache
def messages() -> dict[tuple[str, ...], str]:
    """Message id, or singular and plural → where it stands."""
    found: dict[tuple[str, ...], str] = {}
    for folder, pattern, method in SOURCES:
        for path in sorted((ROOT / folder).rglob(pattern)):
            for line, ids, _, _ in extract_from_file(method, str(path), keywords=KEYWORDS):
                key = ids if isinstance(ids, tuple) else (ids,)
                found.setdefault(key, f"{path.relative_to(ROOT)}:{line}")
    return found


def arabic() -> dict[tuple[str, ...], tuple[str, ...]]:
    return {
        (m.id if isinstance(m.id, tuple) else (m.id,)): (m.string if isinstance(m.string, tuple) else (m.string,))
        for m in read_catalogue(TRANSLATIONS / "ar" / "LC_MESSAGES" / "messages.po")
        if m.id
    }


def test_the_extraction_finds_texts_of_every_sort() -> None:
    found = messages()
    for expected in (
        ("Sign in",),  # a template
        ("There is no such unit.",),  # a refusal
        ("This is not answered.",),  # a fault of an answer
        ("%(num)s document", "%(num)s documents"),
    ):
        assert expected in found


def test_every_message_has_its_arabic() -> None:
    translated = arabic()
    missing = {ids: place for ids, place in messages().items() if not all(translated.get(ids, ("",)))}
    assert missing == {}


def test_no_translation_has_lost_its_message() -> None:
    assert set(arabic()) - set(messages()) == set()


def test_a_translation_fills_in_what_its_message_does() -> None:
    def places(text: str) -> set[str]:
        return set(re.findall(r"\{\w+\}|%\(\w+\)s", text))

    wrong = []
    for ids, forms in arabic().items():
        # "one answer" and "two answers" are words of their own in Arabic, without the figure
        spared = {"%(num)s", "{count}"} if len(ids) == 2 else set()
        wrong += [form for form in forms if places(form) | spared != places(ids[-1]) | spared]
    assert wrong == []


def test_one_thing_has_one_name() -> None:
    """Other words for what the pages call وثيقة, وسم, إجابة and F1 للتطابق التام; a guideline has versions: نسخ."""
    strange = re.compile(
        "مستند|أوسمة|تسمي|أجوبة|والجواب|جوابان|F1 الدقيق|كل الإصدارات|عدة إصدارات|متحدث|معرِّف|أقوال|الذهبية"
    )
    assert [form for forms in arabic().values() for form in forms if strange.search(form)] == []


def test_a_percentage_is_written_in_one_way() -> None:
    """As figures are: one sentence told 94% beside 95 %."""
    assert [ids for ids, forms in arabic().items() if re.search(r"\d %", " ".join((*ids, *forms)))] == []


def test_arabic_has_six_forms_of_a_number() -> None:
    assert [plural_form("ar", n) for n in (0, 1, 2, 3, 10, 11, 99, 100, 102, 103, 111)] == [
        0, 1, 2, 3, 3, 4, 4, 5, 5, 3, 4,
    ]  # fmt: skip
    assert {len(forms) for ids, forms in arabic().items() if len(ids) == 2} == {6}


def test_digits_are_western_throughout() -> None:
    assert [form for forms in arabic().values() for form in forms if re.search("[٠-٩]", form)] == []
