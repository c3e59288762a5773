"""Forms about projects and their texts."""

from __future__ import annotations

from dataclasses import dataclass

from wtforms import BooleanField, MultipleFileField, StringField

from annotator.errors import Refused
from annotator.forms.shared import PlainForm, optional, text


@dataclass(frozen=True, slots=True)
class Import:
    """What the importer says of all files of one upload; null = nothing."""

    format: str
    outlet: str | None
    event: str | None
    published: str | None
    url: str | None
    encoding: str | None
    new_speakers: bool
    new_annotators: bool
    annotator: str | None
    map: str | None
    offsets: str | None
    predictions_as: str | None


class ImportForm(PlainForm):
    files = MultipleFileField()
    format = StringField(default="text")
    outlet = StringField()
    event = StringField()
    published = StringField()
    url = StringField()
    encoding = StringField()
    new_speakers = BooleanField()
    new_annotators = BooleanField()
    annotator = StringField()
    map = StringField()
    offsets = StringField()
    predictions_as = StringField()
    dry_run = BooleanField()

    def value(self) -> Import:
        return Import(
            format=text(self.format),
            outlet=optional(self.outlet),
            event=optional(self.event),
            published=optional(self.published),
            url=optional(self.url),
            encoding=optional(self.encoding),
            new_speakers=bool(self.new_speakers.data),
            new_annotators=bool(self.new_annotators.data),
            annotator=optional(self.annotator),
            map=optional(self.map),
            offsets=optional(self.offsets),
            predictions_as=optional(self.predictions_as),
        )


@dataclass(frozen=True, slots=True)
class NewProject:
    name: str
    overlap: int


class ProjectForm(PlainForm):
    name = StringField()
    overlap = StringField(default="2")

    def value(self) -> NewProject:
        return NewProject(text(self.name), whole(self.overlap))


class OverlapForm(PlainForm):
    overlap = StringField()

    def value(self) -> int:
        return whole(self.overlap)


class KindForm(PlainForm):
    kind = StringField()

    def value(self) -> str:
        return text(self.kind)


class CutForm(PlainForm):
    at = StringField()

    def value(self) -> int:
        return whole(self.at)


def whole(field: StringField) -> int:
    """A whole number as typed: Arabic-Indic digits too."""
    typed = (field.data or "").strip()
    if not typed.isdecimal() or len(typed) > 9:
        raise Refused("“{value}” is not a whole number.", path=field.name, value=typed[:100])
    return int(typed)
