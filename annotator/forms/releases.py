"""Forms about releases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import BooleanField, StringField

from annotator.forms.corpus import whole
from annotator.forms.shared import PlainForm, optional, text


class ReleaseForm(PlainForm):
    name = StringField()
    note = StringField()
    split = BooleanField()
    train = StringField(default="80")
    dev = StringField(default="10")
    test = StringField(default="10")
    seed = StringField(default="0")
    by = StringField(default="event")

    @classmethod
    def again(cls, wanted: Mapping[str, Any]) -> ReleaseForm:
        """The form as it was sent when this was asked for."""
        plan = wanted.get("plan")
        shares = {key: str(value) for key, value in (plan or {}).items()}
        return cls(data={"name": wanted.get("name"), "note": wanted.get("note"), "split": bool(plan), **shares})

    def value(self) -> tuple[str, str | None, tuple[int, int, int, int, str] | None]:
        """Name, note, and the split wanted: shares of train, dev and test, seed, grouping."""
        split = None
        if self.split.data:
            numbers = (whole(self.train), whole(self.dev), whole(self.test), whole(self.seed))
            split = (*numbers, text(self.by))
        return text(self.name).strip(), optional(self.note), split


class RetractionForm(PlainForm):
    reason = StringField()

    def value(self) -> str:
        return text(self.reason)
