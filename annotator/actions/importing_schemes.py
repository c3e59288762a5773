"""The scheme that an imported answer is checked against: the version that it names, else the one in force."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from annotator.actions.answer_labels import read_labels, retired_labels_of
from annotator.actions.scheme import keep_labels
from annotator.errors import Refused
from annotator.layers.answer import Labels
from annotator.layers.scheme import Scheme
from annotator.layers.sound import Sound
from annotator.models import Project
from annotator.permissions import Actor
from annotator.queries import registry as reading
from annotator.queries import scheme as schemes
from exports import label_studio
from exports.lines import ReadAnnotation


@dataclass(frozen=True, slots=True)
class _Version:
    scheme: Scheme
    sound: Sound


class Versions:
    """The versions that a file names, each looked up once.

    An answer that names a version may hold whatever that has, so that old answers can be moved; one that names none
    is new, and may not begin to hold a retired label.
    """

    def __init__(
        self, session: Session, project: Project, format_name: str, speakers: dict[str, reading.Known]
    ) -> None:
        self._session, self._project, self._format, self._speakers = session, project, format_name, speakers
        self.in_force = schemes.in_force(session, project.id).scheme
        self._versions: dict[str | None, _Version] = {
            None: _Version(self.in_force, Sound(self.in_force, speakers, retired=False))
        }

    def read(
        self, came: ReadAnnotation, text: str, sentence_id: int, person_id: int
    ) -> tuple[ReadAnnotation, Labels]:
        """The labels of an answer; and the answer, which may name another version then."""
        version = self._versions.get(came.scheme) or self._named(str(came.scheme))
        if came.state == "submitted":
            sound = version.sound.labels(came.labels, text)
            if sound is not None:
                return came, sound
        try:
            return came, self._parsed(came, version.scheme, text, sentence_id, person_id)
        except Refused:
            if came.scheme is None or self._format != label_studio.NAME or version.scheme == self.in_force:
                raise
        # changed there, where our label config of today was answered
        came = replace(came, scheme=self.in_force.id)
        return came, self._parsed(came, self.in_force, text, sentence_id, person_id)

    def _parsed(self, came: ReadAnnotation, scheme: Scheme, text: str, sentence_id: int, person_id: int) -> Labels:
        kept = None if came.scheme else retired_labels_of(self._session, scheme, sentence_id, person_id, text)
        labels, _ = read_labels(
            self._session, self._project.id, came.labels, {}, text=text, scheme=scheme,
            complete=came.state == "submitted", known=self._speakers, kept=kept,
        )  # fmt: skip
        return labels

    def _named(self, name: str) -> _Version:
        scheme = schemes.version_named(self._session, self._project.id, name)
        if scheme is None:
            raise Refused("“{value}” is none of the project's schemes: {known}.", path="scheme", value=name,
                          known=", ".join(schemes.version_names(self._session, self._project.id)))  # fmt: skip
        self._versions[name] = _Version(scheme, Sound(scheme, self._speakers))
        return self._versions[name]

    def keep_labels(self, session: Session, actor: Actor) -> None:
        """Have the scheme in force name the labels that these answers brought from older versions, as retired."""
        brought = [version.scheme for version in self._versions.values() if version.scheme is not self.in_force]
        if brought:
            project = session.get_one(Project, self._project.id)
            for scheme in brought:
                keep_labels(session, actor, project, scheme)
