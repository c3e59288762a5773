"""The pages' languages: Arabic and English. The catalogue is read from its .po file when the process starts.

English texts are the message ids. Digits are Western in both languages: they are what Arabic newsrooms of
the Mashriq type, and they match the offsets and versions in files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, g, has_request_context, request, session

from annotator.context import settings

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

LANGUAGES = {"ar": "العربية", "en": "English"}
RIGHT_TO_LEFT = frozenset({"ar"})
TRANSLATIONS = Path(__file__).parent / "translations"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Message id → its translations: one, or one per plural form of the language."""

    messages: Mapping[str, tuple[str, ...]]

    def gettext(self, message: str) -> str:
        found = self.messages.get(message)
        return found[0] if found and found[0] else message


ENGLISH = Catalogue({})


@cache
def catalogue(language: str) -> Catalogue:
    """The catalogue of a language; English needs none."""
    path = TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"
    if language not in LANGUAGES or not path.exists():
        return ENGLISH
    read = read_catalogue(path)
    messages: dict[str, tuple[str, ...]] = {}
    for message in read:
        if message.id and message.string and not message.fuzzy:
            key = message.id if isinstance(message.id, str) else message.id[0]
            messages[key] = (message.string,) if isinstance(message.string, str) else tuple(message.string)
    return Catalogue(messages)


def read_catalogue(path: Path) -> Catalog:
    from babel.messages.pofile import read_po

    with open(path, "rb") as file:
        return read_po(file)


def plural_form(language: str, number: int) -> int:
    """Which of the forms in the catalogue goes with a number: gettext's rule of the language."""
    if language != "ar":
        return 0 if number == 1 else 1
    if number <= 2:
        return number
    return 3 if 3 <= number % 100 <= 10 else 4 if number % 100 >= 11 else 5


def language() -> str:
    """The language of this answer: the person's, else the browser's choice here, else what it asks for."""
    if not has_request_context():
        return "en"
    if "language" not in g:
        g.language = _choose()
    return str(g.language)


def _choose() -> str:
    actor = g.get("actor")
    if actor is not None and actor.scope is None:
        return actor.language if actor.language in LANGUAGES else "ar"
    if "Authorization" in request.headers:  # a program: English unless it says otherwise
        return request.accept_languages.best_match(LANGUAGES) or "en"
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(LANGUAGES) or settings().language


def direction(language: str) -> str:
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def gettext(message: str) -> str:
    return catalogue(language()).gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    forms = catalogue(language()).messages.get(singular)
    form = plural_form(language(), number)
    if forms and len(forms) > form and forms[form]:
        return forms[form]
    return singular if number == 1 else plural


def messages_json(language: str, scripts: str) -> bytes:
    """What `scripts` say, as the labelling screen fetches it: message id → text, or list of plural forms."""
    import orjson

    quoted = {text for mark in "\"'`" for text in scripts.split(mark)}  # whatever stands between two quotation marks
    said = {key: forms for key, forms in catalogue(language).messages.items() if key in quoted}
    return orjson.dumps({key: forms[0] if len(forms) == 1 else list(forms) for key, forms in said.items()})


def number(value: float) -> str:
    from babel.numbers import format_decimal

    return format_decimal(value, locale=language())


def percent(share: float) -> str:
    from babel.numbers import format_percent

    return format_percent(share, locale=language())


def day(stored: str, pattern: str = "d MMMM y") -> str:
    """A date for people, from one stored as ISO 8601."""
    from babel.dates import format_date

    try:
        return format_date(date.fromisoformat(stored[:10]), pattern, locale=language())
    except ValueError:
        return stored


def moment(stored: str) -> str:
    """A stored moment in full; times are UTC, and say so."""
    from babel.dates import format_datetime

    comma = "،" if language() == "ar" else ","
    return format_datetime(_read(stored), f"d MMMM y{comma} HH:mm", locale=language()) + " UTC"


def ago(stored: str) -> str:
    """How long since a stored moment."""
    from babel.dates import format_timedelta

    since = max(datetime.now(UTC) - _read(stored), timedelta(seconds=1))
    return format_timedelta(-since, locale=language(), add_direction=True)


def duration(milliseconds: int) -> str:
    """Hours and minutes, as 3:07."""
    minutes = round(milliseconds / 60_000)
    return f"{minutes // 60}:{minutes % 60:02}"


def isolated(value: Any) -> Any:
    """A name, or the texts of a mapping, as they stand in a sentence: among Arabic words 2026-1 would read 1-2026."""
    if direction(language()) == "ltr":
        return value
    if isinstance(value, Mapping):
        return {key: isolated(one) for key, one in value.items()}
    return f"\u2068{value}\u2069" if isinstance(value, str) else value


def _read(stored: str) -> datetime:
    return datetime.fromisoformat(stored.replace("Z", "+00:00"))


def register(app: Flask) -> None:
    """Give templates `_`, `ngettext`, the language and the formats of numbers and times."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    for function in (number, percent, day, moment, ago, duration, isolated):
        app.jinja_env.filters[function.__name__] = function

    @app.context_processor
    def speak() -> dict[str, object]:
        own = language()
        return {"language": own, "page_direction": direction(own), "languages": LANGUAGES}
