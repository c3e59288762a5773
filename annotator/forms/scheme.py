"""The forms of the label scheme and of the guideline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wtforms import StringField

from annotator.forms.shared import PlainForm, text
from annotator.layers.keys import COMMANDS, arabic_key, command_keys, key_text
from annotator.layers.scheme import Label, Scheme
from annotator.layers.scheme_faults import NEEDED, PLACES
from annotator.text.whole import whole_or

PARTS = ("key", "ar", "en", "def_ar", "def_en", "colour")
FIELDS = frozenset({*PARTS, "retired"})
#: Hues that stand well apart, by name; the screen takes the hue and makes the shades of both themes.
COLOURS = {
    "#3b82c4": "blue", "#c2701f": "orange", "#2f9e4f": "green", "#c43b56": "red", "#8b4fc4": "violet",
    "#c43bb5": "magenta", "#b3a312": "yellow", "#1f9aa8": "teal",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the page: its name, what it holds, what is wrong with it."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Row:
    """The fields of one label, or of one to be added; `arabic` is what an Arabic keyboard prints on its key."""

    label: Label | None
    fields: Mapping[str, Field]
    arabic: str
    retired: bool
    may_retire: bool


class SchemeForm(PlainForm):
    """The scheme as fields, named as in `annotator.layers.changes`; what was typed goes before what is stored."""

    based_on = StringField()

    def __init__(self, scheme: Scheme, sent: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.scheme, self.sent = scheme, sent or {}
        labels = {label.key for name in PLACES if name != "entities" for label in scheme.layer(name) if label.key}
        self.keys = command_keys(scheme.global_keys, labels)

    def value(self) -> dict[str, str]:
        """The fields that a page of this form sends, and nothing else. A retired mark that is off is not sent."""
        found = {name: text for name, text in self.sent.items() if name.startswith("commands.") or self._own(name)}
        for name in PLACES:
            for label in self.scheme.layer(name):
                if f"{name}.{label.id}.ar" in self.sent:
                    found.setdefault(f"{name}.{label.id}.retired", "")
        return found

    def _own(self, name: str) -> bool:
        layer, part = name.partition(".")[0], name.rpartition(".")[2]
        return layer in PLACES and part in FIELDS

    def rows(self, name: str) -> list[Row]:
        """The labels of a layer, and at the end a row for one more."""
        return [*(self._row(name, label) for label in self.scheme.layer(name)), self._row(name, None)]

    def _row(self, name: str, label: Label | None) -> Row:
        at = f"{name}.{label.id if label else '+'}"
        stored = {part: getattr(label, part) or "" for part in PARTS} if label else dict.fromkeys(PARTS, "")
        stored["key"] = key_text(stored["key"])
        fields = {part: Field(f"{at}.{part}", self.sent.get(f"{at}.{part}", stored[part])) for part in PARTS}
        gone = bool(self.sent.get(f"{at}.retired")) if self.sent else bool(label and label.retired)
        may_retire = label is not None and label.id not in NEEDED.get(name, ())
        return Row(label, fields, arabic_key(label.key) if label else "", gone, may_retire)

    def commands(self) -> list[tuple[str, str, Field, str]]:
        """Every command: its names in Arabic and English, the field of its key, what an Arabic keyboard prints."""
        return [
            (c.ar, c.en, self._command(c.id), arabic_key(self.keys[c.id]))
            for c in COMMANDS
        ]  # fmt: skip

    def _command(self, name: str) -> Field:
        at = f"commands.{name}"
        return Field(at, self.sent.get(at, key_text(self.keys[name])))

    def elsewhere(self) -> list[object]:  # type: ignore[override]
        """The faults that belong to no field of the page."""
        shown = {field.name for name in PLACES for row in self.rows(name) for field in row.fields.values()}
        shown |= {field.name for _, _, field, _ in self.commands()}
        shown |= {f"{name}.{label.id}.retired" for name in PLACES for label in self.scheme.layer(name)}
        return [fault for fault in getattr(self, "faults", ()) if fault.path not in shown]


@dataclass(frozen=True, slots=True)
class NewGuideline:
    """`based_on`: the version that was edited, 0 for none, -1 for who does not say; `version`: one to bring back."""

    language: str
    text: str
    based_on: int
    version: int | None


class GuidelineForm(PlainForm):
    language = StringField()
    text = StringField()
    based_on = StringField()
    version = StringField()

    def value(self) -> NewGuideline:
        version = text(self.version)
        return NewGuideline(text(self.language), text(self.text).replace("\r\n", "\n"),
                            whole_or(text(self.based_on), -1), whole_or(version, -1) if version else None)  # fmt: skip
