"""What a unit is: sentence, heading, or something around the article that is not for labelling.

The rules look at the form of lines and their place, never at words of one site. They are a first
guess that a lead can change.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

KINDS = ("sentence", "headline", "subheading", "dateline", "caption", "boilerplate", "ad", "byline")
#: Served for labelling by default.
SERVED = ("sentence", "headline", "subheading")

HEADING_WORDS = 20  # an unpunctuated line of more words is a sentence whose full stop is missing
STANDFIRST_WORDS = 35
QUESTION_WORDS = 12

_STOP = re.compile(r"""[.؟!?۔…][\s.؟!?۔…"”“»«’'()\[\]]*\Z""")
_QUESTION = re.compile(r"""[؟?!][\s"”»’')\]]*\Z""")
_AD = re.compile(r"\[[^\[\]]{1,40}\]\Z|(?:إعلان|اعلان|إعلانات|advertisement)\Z", re.IGNORECASE)
_BOILERPLATE = re.compile(
    r"(?:ال)?مصدر\s*:?\Z|المصدر\s*:.{1,80}\Z|(?:اقرأ|إقرأ|اقرا) (?:أيضا|ايضا|أيضًا|أيضاً|المزيد)\b"
    r"|شاهد أيضا|تابعنا على|تابعونا|جميع الحقوق محفوظة|شارك(?:ها)?\Z|(?:سياسة الخصوصية|كلمات مفتاحية)\b"
)
_BYLINE = re.compile(r"(?:كتبت?|بقلم|إعداد|اعداد|تحرير|ترجمة|متابعة)\s*[:/\-–ـ]\s*\S.{1,60}\Z")
_DATELINE = re.compile(r"[^\s–—-][^.؟!:]{1,60}?\s*[–—-]\Z")
_CREDIT = re.compile(r"[.؟!]\s*\([^()]{2,40}\)\s*\.?\Z")
_FRAMED = re.compile(r"[–—-]\s*\S.*\S\s*[–—-]\Z")
_WORD = re.compile(r"\w", re.UNICODE)


def line_kinds(lines: Sequence[str], counts: Sequence[int]) -> list[str]:
    """The kind of each line's units, for trimmed lines and the number of units in each.

    A line of several units gives its kind to all of them.
    """
    found = [_by_form(line, count) for line, count in zip(lines, counts, strict=True)]
    head = next((n for n, kind in enumerate(found) if kind == "sentence"), len(lines))
    _head_kinds(lines, found, head)
    return [kind or "subheading" for kind in found]


def _by_form(line: str, count: int) -> str | None:
    """The kind that a line's own form tells; null for an unpunctuated line, whose place must tell."""
    if count == 1 and len(line) <= 120:
        if _AD.match(line):
            return "ad"
        if _BOILERPLATE.match(line) or not _WORD.search(line):
            return "boilerplate"
        if _BYLINE.match(line):
            return "byline"
        if _FRAMED.match(line):
            return "subheading"
        if _DATELINE.match(line) and line.count(" ") < 6:
            return "dateline"
    if count == 1 and _CREDIT.search(line, max(0, len(line) - 60)):
        return "caption"
    tail = line[-20:]
    if _QUESTION.search(tail) and count == 1 and line.count(" ") < QUESTION_WORDS:
        return None
    if _STOP.search(tail) or count > 1 or tail.endswith((":", "،", "؛")):
        return "sentence"
    return None if line.count(" ") < STANDFIRST_WORDS else "sentence"


def _head_kinds(lines: Sequence[str], found: list[str | None], head: int) -> None:
    """Headline, captions and masthead among the unpunctuated lines before the first sentence."""
    for n in range(head, len(found)):
        if found[n] is None and lines[n].count(" ") >= HEADING_WORDS:
            found[n] = "sentence"
    open_lines = [n for n in range(head) if found[n] is None]
    seen: dict[str, int] = {}
    for n in open_lines:
        seen[lines[n]] = seen.get(lines[n], 0) + 1
    headline = next((n for n in open_lines if seen[lines[n]] == 1), None)
    if headline is None:  # everything stands twice: the first line is the headline all the same
        headline = open_lines[0] if open_lines else None
    for place, n in enumerate(open_lines):
        if headline is None or n == headline:
            found[n] = "headline"
        elif n < headline:
            found[n] = "boilerplate"
        elif seen[lines[n]] > 1 and lines[n] != lines[headline]:
            found[n] = "caption"
        elif place + 1 < len(open_lines) and _repeats(lines[n], lines[open_lines[place + 1]]):
            found[n] = found[open_lines[place + 1]] = "caption"


def _repeats(first: str, second: str) -> bool:
    """Whether the second line says the first again with more words: alternative text, then caption."""
    words, more = first.split(), second.split()
    return len(words) <= 12 and len(more) <= 20 and len(more) > len(words) and set(words) <= set(more)
