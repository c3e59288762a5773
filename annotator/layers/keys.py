"""Keys by their place on the keyboard, as `KeyboardEvent.code` names them (W3C UI Events), and the screen's commands.

A scheme gives keys to labels; its `global_keys` may give a command another key: `{"KeyG": "speakers"}`. Any other
text there only describes what the key does by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

_LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#: what the Arabic (101) layout prints on those keys, in the same order
_ARABIC = ("ش", "لا", "ؤ", "ي", "ث", "ب", "ل", "ا", "ه", "ت", "ن", "م", "ة", "ى", "خ", "ح", "ض", "ق", "س", "ف", "ع",
           "ر", "ص", "ء", "غ", "ئ")  # fmt: skip
_SIGNS = {
    "Minus": ("-",), "Equal": ("=",), "Comma": (",", "و"), "Period": (".", "ز"), "Slash": ("/", "ظ"),
    "Semicolon": (";", "ك"), "Quote": ("'", "ط"), "Backslash": ("\\",), "Backquote": ("`", "ذ"),
}  # fmt: skip
#: code → what keyboards print on it: Latin first, then Arabic where that differs
PRINTED: Mapping[str, tuple[str, ...]] = {
    **{f"Key{latin}": (latin, arabic) for latin, arabic in zip(_LATIN, _ARABIC, strict=True)},
    **{f"Digit{n}": (str(n),) for n in range(10)},
    **_SIGNS,
    "Space": ("Space",), "Enter": ("Enter",), "Backspace": ("Backspace",), "PageDown": ("PageDown",),
    "PageUp": ("PageUp",),
}  # fmt: skip
_CODES = {sign.casefold(): code for code, signs in PRINTED.items() for sign in (code, *signs)}
_SHIFT = ("shift+", "⇧")


@dataclass(frozen=True, slots=True)
class Command:
    """Something that the labelling screen does at a key; `key` is the one that it has by itself."""

    id: str
    key: str
    ar: str
    en: str


COMMANDS = (
    Command("save_next", "Enter", "حفظ ثم الجملة التالية", "save, next sentence"),
    Command("previous", "Comma", "الجملة السابقة", "previous sentence"),
    Command("skip", "Shift+Enter", "تخطٍّ", "skip"),
    Command("flag", "KeyY", "علامة للنقاش", "flag for discussion"),
    Command("comment", "KeyU", "تعليق", "comment"),
    Command("guideline", "KeyI", "الدليل", "guideline"),
    Command("document", "KeyO", "الوثيقة كاملة", "whole document"),
    Command("cursor", "Space", "مؤشر الكلمات", "word cursor"),
    Command("hints", "KeyL", "حروف فوق الكلمات", "letters over the words"),
    Command("remove_mark", "Backspace", "إزالة التحديد", "remove the mark"),
    Command("next_offer", "Period", "أخذ أول كيان مقترح", "take the next entity offered"),
    Command("all_offers", "KeyP", "أخذ كل الكيانات المقترحة", "take every entity offered"),
    Command("elsewhere", "Shift+KeyP", "تحديد الكلمات نفسها في بقية الوثيقة", "mark the same words elsewhere"),
    Command("speakers", "KeyB", "البحث عن متحدث", "search speakers"),
    Command("same_speaker", "KeyN", "المتحدث السابق نفسه", "speaker as before"),
    Command("speaker_sentences", "Shift+KeyN", "جمل أخرى للمتحدث", "other sentences of the speaker"),
    Command("first_name", "Semicolon", "أول اسم وُجد", "first name found"),
    Command("second_name", "Quote", "ثاني اسم وُجد", "second name found"),
    Command("third_name", "Backslash", "ثالث اسم وُجد", "third name found"),
    Command("no_claim_line", "KeyM", "صوت المقال بلا ادعاء", "article's voice, no claim"),
    Command("add_statement", "KeyJ", "عبارة أخرى", "another statement"),
    Command("remove_statement", "Shift+KeyJ", "إزالة العبارة", "remove the statement"),
    Command("next_statement", "PageDown", "العبارة التالية", "next statement"),
    Command("previous_statement", "PageUp", "العبارة السابقة", "previous statement"),
)
_BY_ID = {command.id: command for command in COMMANDS}


def key_code(typed: str) -> str | None:
    """The key that somebody means by a letter of either layout, a digit, a sign or a code, with `Shift+` or without.

    Null for what is no key of a label or command.
    """
    bare = typed.strip().casefold()
    shift = next((sign for sign in _SHIFT if bare.startswith(sign)), "")
    bare = bare.removeprefix(shift).strip()
    if len(bare) == 1 and bare.isdecimal():
        bare = str(int(bare))  # Arabic-Indic digits
    code = _CODES.get(bare)
    return None if code is None else f"Shift+{code}" if shift else code


def key_text(code: str | None) -> str:
    """How a key is written in a field: what a Latin keyboard prints on it."""
    if not code:
        return ""
    bare = code.removeprefix("Shift+")
    shown = PRINTED.get(bare, (bare,))[0]
    return f"Shift+{shown}" if bare != code else shown


def arabic_key(code: str | None) -> str:
    """What an Arabic keyboard prints on a key, where that differs; empty otherwise."""
    signs = PRINTED.get((code or "").removeprefix("Shift+"), ())
    return signs[1] if len(signs) > 1 else ""


def command_named(text: object) -> Command | None:
    """The command that an entry of `global_keys` moves; null for a mere description."""
    return _BY_ID.get(text) if isinstance(text, str) else None


def command_keys(global_keys: Mapping[str, str], label_keys: Collection[str]) -> dict[str, str | None]:
    """Each command's key: moved by the scheme, else its own; null where a label or a moved command has that."""
    moved = {command.id: code for code, text in global_keys.items() if (command := command_named(text))}
    taken = {*label_keys, *moved.values()}
    return {command.id: moved.get(command.id, None if command.key in taken else command.key) for command in COMMANDS}
