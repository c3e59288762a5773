"""Addresses that take only what a form sends, and the page where that form stands.

After a refusal the browser's address bar holds such an address: who opens it again, or switches the language, wants the
page of the form.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

if TYPE_CHECKING:
    from flask import Flask

#: Endpoint that a form is sent to → the endpoint of its page. Where both have one address, nothing stands here.
PAGES = {
    "people.sign_out": "projects.home",
    "people.change_language": "projects.home",
    "people.change_name": "people.account",
    "people.change_password": "people.account",
    "people.end_session": "people.account",
    "people.end_others": "people.account",
    "tokens.end": "tokens.page",
    "projects.add": "projects.new",
    "projects.invite": "projects.page",
    "projects.new_link": "projects.page",
    "projects.change_role": "projects.page",
    "projects.remove": "projects.page",
    "projects.set_overlap": "projects.page",
    "corpus.change_kind": "corpus.cut_page",
    "corpus.join": "corpus.cut_page",
    "registry.merge": "registry.page",
    "registry.split": "registry.page",
    "releases.retract": "releases.one",
    "agreement.set_targets": "agreement.page",
}


_SIGN_IN = "people.sign_in_with_password"


def register(app: Flask) -> None:
    """Tell templates where a person goes on from the page that is shown."""

    @app.context_processor
    def here() -> dict[str, Any]:
        return {"this_page": this_page}


def this_page() -> str:
    """The address that shows this page again: its own, or that of the form which was sent."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    onward = {"next": request.form["next"]} if request.endpoint == _SIGN_IN and request.form.get("next") else {}
    shown = page_of(request.endpoint or "", request.view_args or {})
    if shown is None:
        shown = request.path if _takes_get() else url_for("projects.home")
    return f"{shown}?{urlencode(onward)}" if onward else shown


def page_of(endpoint: str, values: Mapping[str, Any]) -> str | None:
    """The address of the page whose form is sent to this endpoint, where it has another one."""
    page = PAGES.get(endpoint)
    if page is None:
        return None
    wanted = next(current_app.url_map.iter_rules(page)).arguments
    return url_for(page, **{key: value for key, value in values.items() if key in wanted})


def of_request() -> str | None:
    """The page of the form that is sent to the address of this request, which was asked for by GET."""
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return None
    try:
        endpoint, values = adapter.match(method="POST")
    except (HTTPException, RequestRedirect):
        return None
    return page_of(str(endpoint), values)


def _takes_get() -> bool:
    adapter = current_app.create_url_adapter(request)
    return adapter is not None and "GET" in adapter.allowed_methods()

