"""What the forms share: fields as text, and refusals shown beside the field that they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms import Form, StringField

if TYPE_CHECKING:
    from collections.abc import Iterable

    from annotator.errors import Fault, Refused


class PlainForm(Form):
    """A form whose rules are those of the action that it calls: it parses, the action refuses."""

    def refuse(self, refusal: Refused) -> None:
        """Keep a refusal, to be shown with the form."""
        self.faults = refusal.faults

    def of(self, name: str) -> list[Fault]:
        """The faults about one field."""
        return [fault for fault in getattr(self, "faults", ()) if fault.path == name]

    def mark(self, faults: Iterable[Fault]) -> None:
        """Remember the fields that would mend what was refused elsewhere on the page."""
        self.marked = {fault.remedy.partition(" ")[0] for fault in faults if fault.remedy}

    def wrong(self, *names: str) -> bool:
        """Whether one of these fields is refused, or would mend what is."""
        marked = getattr(self, "marked", ())
        return any(self.of(name) or name in marked for name in names)

    def elsewhere(self) -> list[Fault]:
        """The faults that belong to no field of this form."""
        return [fault for fault in getattr(self, "faults", ()) if fault.path not in self]


def text(field: StringField) -> str:
    return field.data or ""


def optional(field: StringField) -> str | None:
    """The text without blanks around; null when nothing is left."""
    return (field.data or "").strip() or None
