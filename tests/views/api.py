"""Who asks the API in tests: a token of a scope, or a signed-in browser."""

from __future__ import annotations

from annotator.actions import people
from annotator.permissions import OPERATOR
from tests import make


def token(place: make.Place, who: str, scope: str) -> str:
    with make.database(place.app).write() as session:
        return people.add_token(session, OPERATOR, place.people[who].email, scope, None)


def authorised(place: make.Place, who: str, scope: str | None) -> dict[str, str]:
    """The headers that let somebody in; without a scope those of a browser."""
    if scope is not None:
        return {"Authorization": f"Bearer {token(place, who, scope)}"}
    web = place.web(who)
    cookie = web.client.get_cookie("isnad")
    assert cookie is not None
    return {"Cookie": f"isnad={cookie.value}", "X-CSRF-Token": web.token}
