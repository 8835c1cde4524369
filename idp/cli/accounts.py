"""`idp accounts`: people who log in. Personal facts are shown to the operator only when asked for by name."""

import sys
from typing import Any
from uuid import UUID

import click
from sqlalchemy import select

from idp.accounts import account as accounts
from idp.accounts import phone_number
from idp.accounts.account import Account, Person
from idp.authenticators import otp, password_policy, pwd, recovery_code
from idp.cli import accounts_import, provider
from idp.db import commit, db
from idp.errors import NotFound
from idp.settings import SETTINGS
from idp.tokens import account_logout

PAGE = 500
WHO = click.argument("who", metavar="NAME_PHONE_OR_ID")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group("accounts")
def command() -> None:
    """Accounts 账号: import, list, create, give a new password."""


command.add_command(accounts_import.command)


@command.command("list")
@click.option("--after", type=click.UUID, help="Go on behind this id.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=PAGE, show_default=True)
@AS_JSON
def list_(after: UUID | None, limit: int, as_json: bool) -> None:
    """List accounts in the order they were made, without names and phone numbers."""
    with provider.running():
        wanted = select(Account).order_by(Account.id).limit(limit)
        rows = db.session.execute(wanted.where(Account.id > after) if after else wanted).scalars().all()
        found = [_about(account) for account in rows]
    if as_json:
        provider.print_json(found)
        return
    for about in found:
        click.echo(f"{about['id']}\t{about['kind']}\t{about['status']}\t{about['username'] or '-'}")


@command.command()
@WHO
@AS_JSON
def show(who: str, as_json: bool) -> None:
    """Show one account: how the person signs in, the phone number masked."""
    with provider.running():
        account = _get(who)
        phone = accounts.phone_of(account)
        about = _about(account) | {
            "name": accounts.name_of(account),
            "phone": phone_number.masked(phone) if phone else None,
            "locale": account.locale,
            "password": pwd.changed_at(account.id) is not None,
            "totp": otp.is_enrolled(account.id),
            "recovery_codes": recovery_code.count_left(account.id),
        }
    if as_json:
        provider.print_json(about)
        return
    for name, value in about.items():
        click.echo(f"{name}: {'-' if value is None else value}")


@command.command()
@click.option("--username", required=True)
@click.option("--name", required=True, help="The person's name.")
@click.option("--phone", help="Mobile number; +86 unless it says otherwise.")
@click.option("--locale", type=click.Choice(["zh_Hans", "en"]), default="zh_Hans", show_default=True)
@click.password_option(help="Asked for when not given; - reads it from standard input.")
@AS_JSON
def create(username: str, name: str, phone: str | None, locale: str, password: str, as_json: bool) -> None:
    """Create one account."""
    with provider.running():
        person = Person(username, name, phone=phone, locale=locale).normalized()
        password = _checked_password(password, person)
        hashed = pwd.hash_new(password)
        account = accounts.create(person)
        pwd.store(account.id, hashed)
        commit()
        about = _about(account)
    if as_json:
        provider.print_json(about)
    else:
        click.echo(f"{about['username']}: created {about['id']}")


@command.command("set-password")
@WHO
@click.password_option(help="Asked for when not given; - reads it from standard input.")
def set_password(who: str, password: str) -> None:
    """Give a person a new password and end every login of theirs."""
    with provider.running():
        account = _get(who)
        account_id = account.id
        password = _checked_password(
            password, Person(account.username or "", "", phone=accounts.phone_of(account))
        )
        db.session.rollback()
        hashed = pwd.hash_new(password)
        pwd.store(account_id, hashed)
        # Whoever is logged in with the old one may be the reason for the new one.
        ended = account_logout.end_all(account_id, "password_reset")
    click.echo(f"{who}: password changed, {ended} logged out")


@command.command("remove-totp")
@WHO
def remove_totp(who: str) -> None:
    """Take away a lost authenticator app; the person proves who they are to you first."""
    with provider.running():
        removed = otp.remove(_get(who).id)
        commit()
    if not removed:
        raise click.ClickException(f"{who} has no authenticator app")
    click.echo(f"{who}: authenticator app removed")


def _get(who: str) -> Account:
    try:
        account = accounts.find(UUID(who))
    except ValueError:
        account = accounts.find_by_identifier(who)
    if account is None:
        raise NotFound("account_unknown", "there is no such account")
    return account


def _checked_password(password: str, person: Person) -> str:
    if password == "-":
        password = sys.stdin.readline().rstrip("\n")
    minimum = SETTINGS.get().passwords.minimum_length
    password_policy.check(password, minimum=minimum, username=person.username, phone=person.phone)
    return password


def _about(account: Account) -> dict[str, Any]:
    return {
        "id": str(account.id),
        "username": account.username,
        "kind": account.kind,
        "status": account.status,
        "created_at": account.created_at.isoformat(),
    }
