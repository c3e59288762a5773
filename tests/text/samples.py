"""Strings that break careless offsets, and a way to make more."""

from __future__ import annotations

from hypothesis import strategies

ZOO = {
    "emoji": "قال 👨‍👩‍👧‍👦 نعم. ثم 😀 مضى!",
    "tashkeel": "قُتِلَ مُحَمَّدٌ. وَعَادَ.",
    "tatweel": "القـوات ـ العراقيـــة. وصلت.",
    "zwnj": "می‌خواهم. نمی‌روم.",
    "bidi": "\u202bنص أول.\u202c \u2067نص ثان.\u2069\u200f",
    "presentation forms": "ﻻ ﷲ ﷺ. ﺍﻟﻌﺮﺍﻕ.",
    "crlf": "سطر أول.\r\n\r\nسطر ثان.\rسطر ثالث",
    "markup": '<script>alert("x. y")</script> نص. <b>ثان</b>',
    "blanks": "\u00a0\u200bنص أول. \u00a0\u2003نص ثان.\u2028نص\u0085آخر\ufeff",
    "nothing": " \n\u200b\u00a0\r\n\u200f\t",
    "marks": '. .. ... ؟! !؟ ."». (!) [1]. «»“”""',
}

_PIECES = strategies.sampled_from(
    [*'.؟!?۔…،؛:–ـ"“”«»()[]', ". ", "\n", "\r\n", "\u00a0", "\u200b", "\u200f", "\u202b", "\u2028"]
    + [
        "كلمة",
        " و",
        "د",
        "م",
        "2014",
        "word",
        "😀",
        "َ",
        "ﷲ",
        "أ",
        "ى",
        "ة",
        "٣",
        "\u200c",
        "<b>",
        "[ad_1]",
        "القاهرة –",
    ]
)
nasty = strategies.one_of(
    strategies.lists(_PIECES, max_size=40).map("".join),
    strategies.text(alphabet=strategies.characters(exclude_categories=["Cs"]), max_size=60),
)
