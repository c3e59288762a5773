"""Forms about people."""

from __future__ import annotations

from dataclasses import dataclass

from wtforms import PasswordField, StringField

from annotator.forms.shared import PlainForm, text


@dataclass(frozen=True, slots=True)
class SignIn:
    email: str
    password: str


class SignInForm(PlainForm):
    email = StringField()
    password = PasswordField()

    def value(self) -> SignIn:
        return SignIn(text(self.email), text(self.password))


@dataclass(frozen=True, slots=True)
class Acceptance:
    name: str
    language: str
    password: str


class AcceptanceForm(PlainForm):
    name = StringField()
    language = StringField()
    password = PasswordField()

    def value(self) -> Acceptance:
        return Acceptance(text(self.name), text(self.language), text(self.password))


@dataclass(frozen=True, slots=True)
class NewPassword:
    current: str
    password: str


class PasswordForm(PlainForm):
    current = PasswordField()
    password = PasswordField()

    def value(self) -> NewPassword:
        return NewPassword(text(self.current), text(self.password))


class NameForm(PlainForm):
    name = StringField()

    def value(self) -> str:
        return text(self.name)


@dataclass(frozen=True, slots=True)
class Invitation:
    name: str
    email: str
    role: str


class InvitationForm(PlainForm):
    name = StringField()
    email = StringField()
    role = StringField(default="annotator")

    def value(self) -> Invitation:
        return Invitation(text(self.name), text(self.email), text(self.role))


class RoleForm(PlainForm):
    role = StringField()

    def value(self) -> str:
        return text(self.role)
