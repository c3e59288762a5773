"""Signing in and out, and one's own account."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, session, url_for
from flask_wtf.csrf import generate_csrf

from annotator import sessions
from annotator.actions import passwords, signing_in
from annotator.actions import people as acting
from annotator.context import database
from annotator.errors import NotFound, Refused
from annotator.forms.people import AcceptanceForm, NameForm, PasswordForm, SignInForm
from annotator.i18n import LANGUAGES, gettext, language
from annotator.queries import people as reading
from annotator.views.loading import current_actor, signed_in

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from annotator.models import Person

people = Blueprint("people", __name__)

_TYPED = "typed_email"


@people.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """The form for who has a password."""
    if signed_in() is not None:
        return redirect(safe_path(request.args.get("next")), 303)
    form = SignInForm(email=session.pop(_TYPED, ""))
    return render_template("people/sign_in.html", form=form, next=safe_path(request.args.get("next")))


@people.post("/sign-in")
def sign_in_with_password() -> ResponseReturnValue:
    """Check address and password; unknown, wrong and closed accounts look alike, in time too."""
    form, onward = SignInForm(request.form), safe_path(request.form.get("next"))
    try:
        _enter(form)
    except Refused as refusal:
        form.refuse(refusal)
        session[_TYPED] = (form.email.data or "")[:254]  # who switches the language now need not type it again
        headers = {"Retry-After": "900"} if refusal.status == 429 else {}
        page = render_template("people/sign_in.html", form=form, next=onward)
        return page, refusal.status, headers
    return redirect(onward, 303)


def _enter(form: SignInForm) -> None:
    given, address = form.value(), request.remote_addr or ""
    with database().write() as writer:
        signing_in.count_attempt(writer, given.email, address)
    with database().read() as reader:
        person = reading.by_email(reader, given.email[:1000])
    known = person if person is not None and person.active else None
    if not passwords.matches(known.password_hash if known else None, given.password) or known is None:
        raise Refused("The address or the password is wrong.")
    with database().write() as writer:
        signing_in.forget_attempts(writer, given.email, address)
        if known.password_hash and passwords.outdated(known.password_hash):
            signing_in.rehash(writer, known.id, passwords.hashed(given.password))
    sessions.begin(known.id, request.user_agent.string, known.language)


@people.get("/sign-in/<token>")
def link(token: str) -> ResponseReturnValue:
    """What a one-time link opens. Looking at it does not use it up: mail programs look too."""
    person = _invited(token)
    form = AcceptanceForm(name=person.name, language=language())
    return render_template("people/link.html", form=form, person=person, token=token)


@people.post("/sign-in/<token>")
def accept(token: str) -> ResponseReturnValue:
    """Use the link up: name, language and password are set, and the person is in."""
    form, person = AcceptanceForm(request.form), _invited(token)
    given = form.value()
    try:
        password = passwords.accept(given.password, email=person.email, name=given.name)
        chosen = given.language if given.language in LANGUAGES else language()
        digest = passwords.hashed(password)
        with database().write() as writer:
            acting.accept_link(writer, token, name=given.name, language=chosen, password_hash=digest)
    except Refused as refusal:
        form.refuse(refusal)
        return render_template("people/link.html", form=form, person=person, token=token), refusal.status
    sessions.begin(person.id, request.user_agent.string, chosen)
    return redirect(url_for("projects.home"), 303)


def _invited(token: str) -> Person:
    with database().read() as reader:
        person = reading.link_owner(reader, token)
    if person is None:
        raise NotFound("This link was used already or has ended. Ask for a new one.")
    return person


@people.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End this session; the browser drops what it kept of it."""
    actor = signed_in()
    if actor is not None:
        with database().write() as writer:
            signing_in.end_session(writer, actor, g.session_id)
    sessions.forget()
    g.signed_out = True
    return redirect(url_for("people.sign_in"), 303)


@people.get("/session")
def who() -> ResponseReturnValue:
    """Who is signed in and the token for writes: for a page that outlived its session."""
    actor = current_actor()
    return jsonify(
        person={"id": actor.id, "name": actor.name, "email": actor.email}, csrf_token=generate_csrf()
    )


@people.post("/language")
def change_language() -> ResponseReturnValue:
    """Switch the language of the pages, for the account too when there is one."""
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES:
        raise Refused("“{value}” is none of {known}.", path="language", value=chosen[:100], known=", ".join(LANGUAGES))
    actor = signed_in()
    if actor is not None:
        with database().write() as writer:
            acting.change_language(writer, actor, chosen)
    session["language"] = chosen
    return redirect(safe_path(request.form.get("next")), 303)


@people.get("/account")
def account() -> ResponseReturnValue:
    """Name, password, and where one is signed in."""
    actor = current_actor()
    return _account(NameForm(name=actor.name), PasswordForm())


def _account(name: NameForm, password: PasswordForm, status: int = 200) -> ResponseReturnValue:
    with database().read() as reader:
        places = reading.browser_sessions(reader, current_actor())
    page = render_template(
        "people/account.html", name=name, password=password, places=places, here=g.session_id, browser=browser_name
    )
    return page, status


@people.post("/account/name")
def change_name() -> ResponseReturnValue:
    actor, form = current_actor(), NameForm(request.form)
    try:
        with database().write() as writer:
            acting.change_name(writer, actor, form.value())
    except Refused as refusal:
        form.refuse(refusal)
        return _account(form, PasswordForm(), refusal.status)
    flash(gettext("Your name was changed."))
    return redirect(url_for("people.account"), 303)


@people.post("/account/password")
def change_password() -> ResponseReturnValue:
    """Set a new password; all other browsers are signed out."""
    actor, form = current_actor(), PasswordForm(request.form)
    given, address = form.value(), request.remote_addr or ""
    try:
        with database().write() as writer:
            signing_in.count_attempt(writer, actor.email, address)
        with database().read() as reader:
            person = reading.by_email(reader, actor.email)
        if person is None or not passwords.matches(person.password_hash, given.current):
            raise Refused("This is not your present password.", path="current")
        digest = passwords.hashed(passwords.accept(given.password, email=actor.email, name=actor.name))
        with database().write() as writer:
            signing_in.forget_attempts(writer, actor.email, address)
            acting.change_password(writer, actor, digest, keep_session=g.session_id)
    except Refused as refusal:
        form.refuse(refusal)
        return _account(NameForm(name=actor.name), form, refusal.status)
    flash(gettext("Your password was changed; all other browsers are signed out."))
    return redirect(url_for("people.account"), 303)


@people.post("/account/sessions/<int:session_id>/end")
def end_session(session_id: int) -> ResponseReturnValue:
    actor = current_actor()
    with database().write() as writer:
        signing_in.end_session(writer, actor, session_id)
    flash(gettext("That browser is signed out."))
    return redirect(url_for("people.account"), 303)


@people.post("/account/sessions/end-others")
def end_others() -> ResponseReturnValue:
    actor = current_actor()
    assert actor.id is not None
    with database().write() as writer:
        signing_in.end_sessions(writer, actor.id, but=g.session_id)
    flash(gettext("All other browsers are signed out."))
    return redirect(url_for("people.account"), 303)


def safe_path(wished: str | None) -> str:
    """A path on this server, whatever was asked for: never another host."""
    home = url_for("projects.home")
    if not wished or not wished.startswith("/") or wished.startswith(("//", "/\\")):
        return home
    if not wished.isprintable() or "\\" in wished or len(wished) > 2000:
        return home
    try:
        parts = urlsplit(wished)
    except ValueError:
        return home
    return home if parts.scheme or parts.netloc else wished


_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
            ("Mac OS", "macOS"), ("Linux", "Linux"))  # fmt: skip


def browser_name(user_agent: str) -> str:
    """A browser in two words that its owner recognises."""
    named = [next((name for sign, name in table if sign in user_agent), "") for table in (_BROWSERS, _SYSTEMS)]
    return " · ".join(part for part in named if part) or user_agent[:40] or "?"
