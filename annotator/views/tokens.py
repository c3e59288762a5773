"""The keys to the HTTP API that a person holds: what each is for, when it was last used, and its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from annotator.actions import people as acting
from annotator.actions import tokens as ending
from annotator.context import database
from annotator.errors import NotFound, Refused
from annotator.forms.tokens import NewToken, TokenForm
from annotator.i18n import gettext
from annotator.queries import people as reading
from annotator.queries import projects as projects_reading
from annotator.text.whole import whole_or
from annotator.views.loading import current_actor, project_for

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

tokens = Blueprint("tokens", __name__, url_prefix="/account/tokens")


@tokens.get("")
def page() -> ResponseReturnValue:
    """The own tokens, and the form for a new one."""
    return _page(TokenForm())


def _page(form: TokenForm, *, made: str = "", status: int = 200) -> ResponseReturnValue:
    actor = current_actor()
    with database().read() as reader:
        held = reading.tokens(reader, actor)
        own = projects_reading.own_projects(reader, actor)
    return render_template("people/tokens.html", form=form, tokens=held, projects=own, made=made), status


@tokens.post("")
def add() -> ResponseReturnValue:
    """Make a token; it is shown on this answer, and never again."""
    current_actor()
    form = TokenForm(request.form)
    try:
        raw = _made(form.value())
    except NotFound:
        raise
    except Refused as refusal:
        form.refuse(refusal)
        return _page(form, status=refusal.status)
    return _page(TokenForm(), made=raw, status=201)


def _made(wished: NewToken) -> str:
    actor = current_actor()
    if not wished.name.strip():
        raise Refused("Say what the token is for: it is how you will know it again.", path="name")
    number = None if wished.project is None else whole_or(wished.project, None, most=18)
    if wished.project is not None and number is None:
        raise Refused("“{value}” is no project.", path="project", value=wished.project[:100])
    with database().write() as writer:
        project = None
        if number is not None:
            project, _ = project_for(writer, number, "see")
        return acting.add_token(writer, actor, actor.email, wished.scope, project, name=wished.name)


@tokens.post("/<int:token_id>/end")
def end(token_id: int) -> ResponseReturnValue:
    actor = current_actor()
    with database().write() as writer:
        ending.end_token(writer, actor, token_id)
    flash(gettext("The token has ended."))
    return redirect(url_for("tokens.page"), 303)
