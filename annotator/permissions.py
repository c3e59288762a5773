"""Who may do what. Deny is the default: a verb that no role is given, nobody may."""

from __future__ import annotations

from dataclasses import dataclass

from annotator.errors import NotAllowed
from annotator.models.people import ROLES as ROLES

#: verb → the roles that may do it in their project
VERBS: dict[str, frozenset[str]] = {
    "see": frozenset({"lead", "adjudicator", "annotator", "viewer"}),
    "label": frozenset({"lead", "adjudicator", "annotator"}),
    "see progress": frozenset({"lead", "adjudicator", "viewer"}),
    "export": frozenset({"lead", "adjudicator", "viewer"}),
    "see agreement": frozenset({"lead", "adjudicator", "viewer"}),  # annotators stay blind to each other
    "release": frozenset({"lead"}),
    "adjudicate": frozenset({"lead", "adjudicator"}),
    "edit units": frozenset({"lead"}),
    "import": frozenset({"lead"}),
    "invite": frozenset({"lead"}),
    "change scheme": frozenset({"lead"}),
}

#: scope of an API token → the verbs that it leaves
SCOPES: dict[str, frozenset[str]] = {
    "read": frozenset({"see", "see progress", "see agreement", "export"}),
    "annotate": frozenset({"see", "see progress", "see agreement", "export", "label"}),
    "admin": frozenset(VERBS),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """The person on whose behalf something is done; id null is the operator on the command line.

    `scope` and `only_project` are the limits of the API token used, if one was.
    """

    id: int | None
    email: str
    name: str
    language: str
    admin: bool
    scope: str | None = None
    only_project: int | None = None


OPERATOR = Actor(id=None, email="", name="", language="en", admin=True)


def may(actor: Actor, role: str | None, verb: str) -> bool:
    """Whether a person with this role in the project may do this; the operator may all."""
    if actor.scope is not None and verb not in SCOPES[actor.scope]:
        return False
    return actor.id is None or (role is not None and role in VERBS[verb])


def demand(actor: Actor, role: str | None, verb: str) -> None:
    """Pass, or refuse with 403."""
    if not may(actor, role, verb):
        if actor.scope is not None and verb not in SCOPES[actor.scope]:
            needed = next(scope for scope, verbs in SCOPES.items() if verb in verbs)
            raise NotAllowed("The token's scope is {scope}; this needs the scope {needed}.",
                             scope=actor.scope, needed=needed)  # fmt: skip
        raise NotAllowed("Your role in this project does not allow this. A lead can change it.")
