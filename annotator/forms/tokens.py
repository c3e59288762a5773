"""The form of a new API token."""

from __future__ import annotations

from dataclasses import dataclass

from wtforms import StringField

from annotator.forms.shared import PlainForm, optional, text


@dataclass(frozen=True, slots=True)
class NewToken:
    name: str
    scope: str
    project: str | None  # the id as it was sent; null: every project of the person


class TokenForm(PlainForm):
    name = StringField()
    scope = StringField(default="read")
    project = StringField()

    def value(self) -> NewToken:
        return NewToken(text(self.name), text(self.scope), optional(self.project))
