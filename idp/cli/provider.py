"""The provider that a command works on: wired for the length of a block, its refusals turned into exit code 1."""

import getpass
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from idp.app import create_app
from idp.audit import log
from idp.audit.batch import BATCH
from idp.db import db
from idp.ephemeral.store import EPHEMERAL
from idp.errors import IdpError
from idp.federation.fetching import FETCHER
from idp.federation.refreshing import REFRESHING
from idp.keys.master_key import MasterKeyError
from idp.settings import SettingsError


@contextmanager
def running() -> Iterator[Flask]:
    """Give the command a wired provider; audit events name the operator. Raises ClickException (exit code 1)."""
    try:
        app = create_app()
    except (SettingsError, MasterKeyError) as error:
        raise click.ClickException(str(error)) from error
    try:
        with app.app_context(), log.acting(actor()):
            try:
                yield app
            finally:
                db.session.remove()
                db.engine.dispose()
    except IdpError as error:
        raise click.ClickException(str(error.message or error.detail or error.code)) from error
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise click.ClickException(f"the database refused ({reason}); has `idp init` been run?") from error
    finally:
        REFRESHING.of(app).close()
        FETCHER.of(app).close()
        BATCH.of(app).close()
        EPHEMERAL.of(app).close()


def print_json(value: Any) -> None:
    """Print for machines."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_fields(fields: Mapping[str, Any], *, as_json: bool) -> None:
    """Print what is known of one thing, a line for each field that says something, or as JSON."""
    if as_json:
        print_json(fields)
        return
    for name, value in fields.items():
        if value not in (None, "", [], {}):
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            click.echo(f"{name}: {text}")


def actor() -> str:
    """Return how the person at the command line stands on record."""
    try:
        return f"operator:{getpass.getuser()}"
    except (KeyError, OSError):
        return "operator:unknown"
