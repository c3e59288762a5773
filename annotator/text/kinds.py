"""What each line of an article is: sentence, heading, caption or what the page left behind.

The rules look at a line's form and place (length, final mark, repetition, what stands before the
body), not at any one outlet's words; the few words listed are those that Arabic news sites share.
A person may change every kind later, so a wrong one costs a click and loses nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from annotator.text.characters import DASHES, INVISIBLE
from annotator.text.places import PLACES

KINDS = ("sentence", "headline", "subheading", "dateline", "caption", "boilerplate", "ad", "byline")
SERVED = ("sentence", "headline", "subheading")

# Longest forms, in words: beyond them an unpunctuated line is a sentence that lost its full stop.
_HEADING_WORDS = 12
_STANDFIRST_WORDS = 40
_MASTHEAD_WORDS = 6
_CAPTION_WORDS = 20

_DASH = f"(?:[{DASHES}]+|ـ+)"
_AFTER_END = rf"[”“»«\"’')\]\s{INVISIBLE}]"
_FINISHED = re.compile(rf"(?:(?<!\.)\.|[؟!?۔])(?:{_AFTER_END}|\.)*(?:[(\[][^()\[\]]{{1,60}}[)\]])?$")
_QUESTION = re.compile(rf"[؟?!]+{_AFTER_END}*$")
_AD = re.compile(r"[\[({<]+\s*(?:ads?|advert\w*|[إا]علان(?:ات)?)[\s_\-:#]*\d*\s*[\])}>]+", re.I)
_AD_WORD = re.compile(r"(?:[إا]علان(?:ات)?|advertisements?|sponsored)", re.I)
# Indefinite `مصادر: …` is how headlines begin; a trailer says `المصدر` alone or with a name or two.
_SOURCE = re.compile(r"مصدر|ال(?:مصدر|مصادر)(?:\s*[:/]\s*\S*(?:\s+\S+){0,4})?")
_TRAILER = re.compile(
    r"(?:(?:اقرأ|اقرئي|إقرأ|طالع|شاهد|تابع)\s+(?:أيض[اً]+|ايض[اً]+|المزيد)\b.*"
    r"|(?:جميع|كافة|كل) الحقوق محفوظة.*|.*حقوق النشر.*|©.*|copyright\b.*|all rights reserved.*"
    r"|(?:شارك|انشر|اطبع|إطبع|طباعة|مشاركة)(?: (?:الخبر|المقال|هذا))?|رابط مختصر.*|تابعون?ا على .*)",
    re.I,
)
_EDITOR = re.compile(r"(?:رئيسة?|مديرة?|نائبة? رئيس)\s.{0,30}(?:التحرير|الإدارة|الادارة).{0,20}")
_BYLINE = re.compile(
    r"(?:بقلم|تقرير|إعداد|اعداد|كتبه?|كتبت|تحرير|مراسلة?|حوار|ترجمة)\s*[:/–\-ـ]\s*\S+(?:\s+\S+){0,5}"
    r"|بقلم\s+\S+(?:\s+\S+){0,5}"
)
_PICTURE = re.compile(
    r"(?:صور[ةه]|الصور[ةه]|تصوير|تعليق الصور[ةه]|في الصور[ةه])\b\s*[:/(].*|.*\(أرشيف(?:ية)?\)"
)
_CREDIT = re.compile(r"[(\[]([^()\[\]]{1,60})[)\]]\s*$")
_PHOTO_CREDIT = re.compile(
    r"غيتي|جيتي|getty|أرشيف|ارشيف|صور|تصوير|مواقع التواصل|photo|shutterstock|شترستوك", re.I
)
_WIRE_CREDIT = re.compile(
    r"رويترز|reuters|الفرنسية|أ\.? ?ف\.? ?ب|afp|أسوشيتد|اسوشيتد|أ\.? ?ب|\bap\b|epa|الأوروبية"
    r"|الأناضول|الاناضول|د\.? ?ب\.? ?أ|شينخوا",
    re.I,
)
# How the lines begin that the dear patterns are meant for: asked first, since nearly no line is one.
_TRAILER_WORDS = (
    "اقر", "إقر", "طالع", "شاهد", "تابع", "جميع", "كافة", "كل", "©", "copyright", "all rights", "شارك", "انشر",
    "اطبع", "إطبع", "طباعة", "مشاركة", "رابط",
)  # fmt: skip
_PICTURE_WORD = re.compile("صور|أرشيف|تصوير")
_ENDS = ".؟!"
_DASH_ENDS = frozenset(DASHES) | {"ـ"}
_DASH_STARTS = tuple(DASHES)
_WORDLESS = re.compile(r"[\W_ـ]+")
_FRAMED = re.compile(rf"{_DASH}\s*\S.*\S\s*{_DASH}")
_BULLET = re.compile(rf"(?:[{DASHES}•*▪●■◾·]|\d{{1,3}}[.)\-])\s")
_DASH_AHEAD = re.compile(rf"[{DASHES}ـ][ \xa0]")
_DATELINE = re.compile(rf"[^\W\d_]\S*(?:[ \xa0]\S+){{0,5}}[ \xa0]*{_DASH}")
_AGENCY = r"[ \xa0]*\([^()\n]{2,40}\)"
_PLACE = r"[^\W\d_][^\n(:.–—ـ]{1,40}?"
_HEAD = re.compile(rf"(?P<place>{_PLACE})(?P<agency>{_AGENCY})?[ \xa0]*{_DASH}(?=[ \xa0])")


@dataclass(frozen=True, slots=True)
class Line:
    """A line without edge blanks, and how many units it holds; `after_dateline`: it is running text."""

    text: str
    units: int
    after_dateline: bool = False

    @property
    def finished(self) -> bool:
        """Whether it ends as a sentence does, closing marks and a credit in brackets included."""
        last = self.text[-1:]
        if last.isalnum():
            return False
        if last in _ENDS and self.text[-2:-1].isalnum():
            return True  # nearly every sentence; the full search is dear
        return _FINISHED.search(self.text, max(0, len(self.text) - 80)) is not None

    @property
    def words(self) -> int:
        return self.text.count(" ") + 1


def dateline_end(text: str, start: int, end: int) -> int:
    """Where a dateline at the head of the paragraph `text[start:end]` ends, dash included; 0 without one.

    It names a known place or an agency in brackets before its dash, and a finished sentence follows.
    """
    if not _DASH_AHEAD.search(text, start, min(end, start + 100)):
        return 0  # nearly every paragraph; asked first because the full match is dear
    match = _HEAD.match(text, start, min(end, start + 100))
    if match is None or not (match["agency"] or _is_place(match["place"])):
        return 0
    rest = Line(text[max(match.end(), end - 80) : end], 1)
    return match.end() if rest.finished and text.count(" ", match.end(), end) >= 4 else 0


def kinds_of(lines: Sequence[Line]) -> list[str]:
    """One kind a line, for all the units of it."""
    kinds = [_own_kind(line) for line in lines]
    open_lines = [index for index, kind in enumerate(kinds) if not kind]
    body = next((index for index in open_lines if _is_body(lines[index])), len(lines))
    _mark_mastheads(lines, kinds, body)
    _mark_headings(lines, kinds, body)
    for index in range(body, len(lines)):
        if not kinds[index]:
            kinds[index] = _body_kind(lines[index], index == len(lines) - 1)
    return kinds


def _is_place(name: str) -> bool:
    """`واشنطن` or `القاهرة، 25 يناير`: what stands before the first comma decides."""
    place = re.split("[،,/]", name, maxsplit=1)[0].strip()
    return place in PLACES


def _own_kind(line: Line) -> str:
    """The kind that a line shows by itself, or nothing; long lines are text and cost no search."""
    text = line.text
    if len(text) > 120 or line.units > 1:
        return ""
    if (text[0] in "[({<" and _AD.fullmatch(text)) or (len(text) < 16 and _AD_WORD.fullmatch(text)):
        return "ad"
    if _SOURCE.fullmatch(text) or _WORDLESS.fullmatch(text):
        return "boilerplate"
    if text.lower().startswith(_TRAILER_WORDS) or "حقوق النشر" in text:
        if _TRAILER.fullmatch(text):
            return "boilerplate"
    if text[-1] in _DASH_ENDS and not text.startswith(_DASH_STARTS) and _DATELINE.fullmatch(text):
        return "dateline"
    if line.finished:
        return ""
    if _BYLINE.fullmatch(text):
        return "byline"
    return "caption" if _PICTURE_WORD.search(text) and _PICTURE.fullmatch(text) else ""


def _is_body(line: Line) -> bool:
    """Whether the article's running text has begun: a finished sentence or a paragraph."""
    if line.after_dateline or line.units > 1 or line.words > _STANDFIRST_WORDS:
        return True
    return line.finished and not _QUESTION.search(line.text)


def _mark_mastheads(lines: Sequence[Line], kinds: list[str], body: int) -> None:
    """The names a page carries above every article: editors, and short lines printed twice as a block."""
    head = [index for index in range(body) if not kinds[index]]
    counts = Counter(lines[index].text for index in head)
    short = [index for index in head if lines[index].words <= _MASTHEAD_WORDS]
    repeated = [index for index in short if counts[lines[index].text] > 1]
    if len({lines[index].text for index in repeated}) > 1:
        for index in repeated:
            kinds[index] = "boilerplate"
    for index in head:
        if _EDITOR.fullmatch(lines[index].text) and not lines[index].finished:
            kinds[index] = "boilerplate"
            if index + 1 < body and lines[index + 1].words <= 4 and not kinds[index + 1]:
                kinds[index + 1] = "boilerplate"


def _mark_headings(lines: Sequence[Line], kinds: list[str], body: int) -> None:
    """Before the body: the headline, picture captions, then subheadings."""
    head = [index for index in range(body) if not kinds[index]]
    if len(lines) == 1 and head and lines[0].finished:
        kinds[0] = "sentence"
        return
    for position, index in enumerate(head):
        if position == 0:
            kinds[index] = "headline"
        elif not kinds[index]:
            following = head[position + 1] if position + 1 < len(head) else None
            if following == index + 1 and _is_repeated_caption(lines[index], lines[following]):
                kinds[index] = kinds[following] = "caption"
            else:
                kinds[index] = "subheading"


def _is_repeated_caption(alt: Line, caption: Line) -> bool:
    """A picture's alternative text, then its caption: the second says the first again, with more words."""
    if alt.finished or caption.finished or caption.words > _CAPTION_WORDS:
        return False
    return caption.text == alt.text or caption.text.startswith(alt.text + " ")


def _body_kind(line: Line, is_last: bool) -> str:
    if _has_photo_credit(line, is_last):
        return "caption"
    if line.after_dateline or line.units > 1 or line.words > _HEADING_WORDS:
        return "sentence"
    if _FRAMED.fullmatch(line.text):
        return "subheading"
    if is_last or line.text[-1] in ":：،؛" or _BULLET.match(line.text):
        return "sentence"
    return "subheading" if not line.finished or _QUESTION.search(line.text) else "sentence"


def _has_photo_credit(line: Line, is_last: bool) -> bool:
    """An agency closes a caption; after an article's last sentence it is the source of the text."""
    match = _CREDIT.search(line.text, max(0, len(line.text) - 70))
    if match is None or match.start() == 0:
        return False
    if not re.search(r"[.؟!]\s*$", line.text[max(0, match.start() - 3) : match.start()]):
        return False
    if _PHOTO_CREDIT.search(match[1]):
        return True
    return not is_last and line.units == 1 and _WIRE_CREDIT.search(match[1]) is not None
