"""flask person · token."""

from __future__ import annotations

import click

from annotator.actions import people
from annotator.cli.shared import opened, project_if_named, refusing
from annotator.context import settings
from annotator.permissions import OPERATOR, ROLES, SCOPES
from annotator.queries import people as reading


@click.group()
def person() -> None:
    """Add people, let them in, keep them out."""


@person.command("add")
@click.argument("name")
@click.option("--email", required=True)
@click.option("--project", "project_name", metavar="P", help="A project to join.")
@click.option("--role", type=click.Choice(ROLES), help="The role there.")
@refusing
def add(name: str, email: str, project_name: str | None, role: str | None) -> None:
    """Add a person (or a role to one who is there) and print a one-time sign-in link."""
    if (project_name is None) != (role is None):
        raise click.UsageError("--project and --role go together.")
    with opened().write() as session:
        project = project_if_named(session, project_name)
        _, token = people.add_person(session, OPERATOR, name, email, project=project, role=role)
    click.echo(link_url(token))


@person.command("link")
@click.argument("email")
@refusing
def link(email: str) -> None:
    """Print a new one-time sign-in link for someone who is locked out."""
    with opened().write() as session:
        token = people.new_link(session, OPERATOR, email)
    click.echo(link_url(token))


@person.command("list")
@click.option("--project", "project_name", metavar="P", help="The members of one project only.")
@refusing
def list_(project_name: str | None) -> None:
    """List people: address, name, roles, live API tokens, when a browser was last seen, whether closed."""
    with opened().read() as session:
        project = project_if_named(session, project_name)
        for one in reading.accounts(session, project.id if project else None):
            roles = ", ".join(f"{role} in {name}" for name, role in one.roles.items()) or "no project"
            shut = "" if one.person.active else "\tclosed"
            admin = "administrator, " if one.person.admin else ""
            click.echo(f"{one.person.email}\t{one.person.name}\t{admin}{roles}\t{one.tokens} tokens\t"
                       f"seen {one.seen_at or 'never'}{shut}")  # fmt: skip


@person.command("close")
@click.argument("email")
@refusing
def close(email: str) -> None:
    """Close an account at once: sessions and links end, tokens open nothing. The answers stay."""
    with opened().write() as session:
        shut = people.close_account(session, OPERATOR, email)
        click.echo(f"{shut.email} is closed. Undo: flask person open {shut.email}")


@person.command("open")
@click.argument("email")
@refusing
def open_(email: str) -> None:
    """Open a closed account again; password, roles and tokens are as they were."""
    with opened().write() as session:
        click.echo(f"{people.open_account(session, OPERATOR, email).email} is open.")


@click.group()
def token() -> None:
    """Keys to the HTTP API."""


@token.command("add")
@click.argument("email")
@click.option("--scope", required=True, type=click.Choice(list(SCOPES)))
@click.option("--project", "project_name", metavar="P", help="Limit the token to one project.")
@refusing
def add_token(email: str, scope: str, project_name: str | None) -> None:
    """Print a new API token, once: only its hash is stored."""
    with opened().write() as session:
        project = project_if_named(session, project_name)
        raw = people.add_token(session, OPERATOR, email, scope, project)
    click.echo(raw)


def link_url(raw: str) -> str:
    """The address of a one-time link on this server."""
    host = settings().hosts[0] if settings().hosts else f"127.0.0.1:{settings().port}"
    return f"{'https' if settings().https else 'http'}://{host}/sign-in/{raw}"
