"""`idp keys`: the signing keys and their rotation, which the worker does by itself when it is time."""

from datetime import datetime
from typing import Any

import click

from idp import schema
from idp.cli import provider
from idp.db import commit
from idp.ephemeral.store import EPHEMERAL
from idp.errors import IdpError
from idp.keys import keyring, signing_key
from idp.keys.signing_key import SigningKey


@click.group("keys")
def command() -> None:
    """Signing keys 签名密钥: list, rotate."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(as_json: bool) -> None:
    """List the published keys; never a private half."""
    with provider.running():
        keys = [_about(key) for key in signing_key.all_keys()]
    if as_json:
        provider.print_json(keys)
        return
    for key in keys:
        since = key["retired_at"] or key["current_at"] or key["created_at"]
        click.echo(f"{key['kid']}\t{key['alg']}\t{key['state']}\tsince {since}")


@command.command()
@click.option("--alg", type=click.Choice(signing_key.ALGORITHMS), help="Only this algorithm.")
def rotate(alg: str | None) -> None:
    """Let the next keys sign now; the present ones stay published, so that nothing breaks."""
    with provider.running():
        schema.take_turn()
        rotated = [signing_key.rotate(one) for one in ([alg] if alg else signing_key.ALGORITHMS)]
        commit()
        for key in rotated:
            click.echo(f"{key.alg}: {key.kid} signs")
        try:
            EPHEMERAL.get().publish(keyring.CHANNEL, "*")
        except IdpError:
            click.echo("running processes notice within minutes", err=True)


def _about(key: SigningKey) -> dict[str, Any]:
    def text(moment: datetime | None) -> str | None:
        return None if moment is None else moment.isoformat(timespec="seconds")

    return {
        "kid": key.kid,
        "alg": key.alg,
        "state": key.state,
        "created_at": text(key.created_at),
        "current_at": text(key.current_at),
        "retired_at": text(key.retired_at),
    }
