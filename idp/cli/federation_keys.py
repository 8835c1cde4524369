"""`idp federation keys`: the federation keys of entities hosted here; the worker turns them when it is time."""

from datetime import datetime
from typing import Any

import click

from idp.cli import provider
from idp.db import commit
from idp.federation import federation_key, hosted_entity, rotation, subordinate
from idp.federation.federation_key import NEXT, REASONS, FederationKey

ENTITY = click.argument("identifier", metavar="ENTITY")
YES = click.option("--yes", is_flag=True, help="Do not ask.")


@click.group()
def keys() -> None:
    """Federation keys 联邦密钥 of entities hosted here."""


@keys.command("list")
@ENTITY
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(identifier: str, as_json: bool) -> None:
    """List every key ENTITY ever had; never a private half."""
    with provider.running():
        hosted_entity.get(identifier)
        found = [_about(key) for key in federation_key.ever(identifier)]
    if as_json:
        provider.print_json(found)
        return
    for key in found:
        since = key["revoked_at"] or key["retired_at"] or key["current_at"] or key["created_at"]
        click.echo(f"{key['kid']}\t{key['state']}\tsince {since}")


@keys.command()
@ENTITY
def prepare(identifier: str) -> None:
    """Publish the key that will sign next, so that superiors elsewhere can take it up before it does."""
    with provider.running():
        key = rotation.prepare(identifier)
        commit()
    click.echo(f"{identifier}: {key.kid} is published")


@keys.command()
@ENTITY
@YES
def rotate(identifier: str, yes: bool) -> None:
    """Let the next key of ENTITY sign now; the present one stays published for a while.

    Superiors hosted here follow at once. One elsewhere that does not know the next key yet would refuse ENTITY:
    `prepare` first, and wait until it has taken the key up.
    """
    with provider.running():
        if not yes and _must_ask(identifier):
            text = "A superior elsewhere may not know the next key yet. Rotate now? 上级可能尚未收录新公钥，仍要轮换？"
            click.confirm(text, abort=True, err=True)
        key = rotation.rotate(identifier)
        commit()
    click.echo(f"{identifier}: {key.kid} signs")


@keys.command()
@ENTITY
@click.argument("kid")
@click.option("--reason", type=click.Choice(REASONS), default="unspecified", show_default=True)
@YES
def revoke(identifier: str, kid: str, reason: str, yes: bool) -> None:
    """Take a key back for good: whatever it signed counts no more, and another signs from now on."""
    with provider.running():
        hosted_entity.get(identifier)
        if not yes:
            click.confirm(f"Nothing that {kid} signed counts any more. 吊销该密钥？", abort=True, err=True)
        rotation.revoke(identifier, kid, reason)
        commit()
    click.echo(f"{identifier}: {kid} is revoked")


def _must_ask(identifier: str) -> bool:
    entity = hosted_entity.get(identifier)
    here = {row.superior_id for row in subordinate.superiors_of(identifier)}
    elsewhere = set(entity.authority_hints) - here or entity.kind == hosted_entity.ANCHOR
    waiting = next((key for key in federation_key.ever(identifier) if key.state == NEXT), None)
    return bool(elsewhere) and (waiting is None or not federation_key.has_waited(waiting))


def _about(key: FederationKey) -> dict[str, Any]:
    def text(moment: datetime | None) -> str | None:
        return None if moment is None else moment.isoformat(timespec="seconds")

    return {
        "kid": key.kid,
        "state": key.state,
        "created_at": text(key.created_at),
        "current_at": text(key.current_at),
        "retired_at": text(key.retired_at),
        "revoked_at": text(key.revoked_at),
        "reason": key.revocation_reason,
    }
