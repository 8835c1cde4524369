"""`idp federation anchors`: the trust anchors, whose keys this deployment knows by itself."""

import json
import time
from pathlib import Path
from typing import Any

import click

from idp.cli import provider
from idp.db import commit
from idp.errors import IdpError, InvalidInput, Upstream
from idp.federation import entity_statement, fetching, trust_anchor
from idp.federation.entity_statement import InvalidStatement
from idp.federation.fetching import FETCHER, Outcome
from idp.settings import SETTINGS

_entity = click.argument("entity_id", metavar="ENTITY")
_yes = click.option("--yes", is_flag=True, help="Do not ask.")


@click.group()
def anchors() -> None:
    """Trust anchors 信任锚: whose keys count by themselves."""


@anchors.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(as_json: bool) -> None:
    """List the trust anchors with the thumbprints of their keys."""
    with provider.running():
        said = [_about(row) for row in trust_anchor.listed()]
    if as_json:
        provider.print_json(said)
        return
    for one in said:
        click.echo(f"{one['entity_id']}\t{one['added_at']}\t{' '.join(one['thumbprints'])}")
    if not said:
        click.echo("nothing here 没有信任锚", err=True)


@anchors.command()
@_entity
@click.option(
    "--jwks",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File with its public keys (JWK set). Without it they are asked of the entity itself.",
)
@_yes
def add(entity_id: str, file: Path | None, yes: bool) -> None:
    """Trust ENTITY as an anchor, or give it other keys. Compare the thumbprints with its owner first."""
    with provider.running():
        jwks = _read(file) if file else _ask(entity_id)
        for thumbprint in _thumbprints(jwks):
            click.echo(f"key 公钥 {thumbprint}", err=True)
        if not yes:
            click.confirm(f"Trust {entity_id} with these keys? 信任该机构？", abort=True, err=True)
        trust_anchor.add(entity_id, jwks)
        commit()
    click.echo(f"{entity_id}: trusted")


@anchors.command()
@_entity
@_yes
def remove(entity_id: str, yes: bool) -> None:
    """Trust ENTITY as an anchor no longer: every chain that ends there stops counting at once."""
    with provider.running():
        if not yes:
            click.confirm(
                f"No site below {entity_id} can be used any more. Remove it? 确认移除？", abort=True, err=True
            )
        trust_anchor.remove(entity_id)
        commit()
    click.echo(f"{entity_id}: removed")


def _about(row: trust_anchor.TrustAnchor) -> dict[str, Any]:
    return {
        "entity_id": row.entity_id,
        "added_at": row.added_at.isoformat(timespec="seconds"),
        "thumbprints": _thumbprints(row.jwks),
        "jwks": row.jwks,
    }


def _thumbprints(jwks: object) -> list[str]:
    try:
        return trust_anchor.thumbprints(jwks)
    except ValueError as error:
        raise InvalidInput("anchor_wrong", str(error)) from error


def _read(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidInput("anchor_wrong", f"{file}: not a JSON file that can be read") from error
    if not isinstance(found, dict):
        raise InvalidInput("anchor_wrong", f"{file}: not a JWK set")
    return found


def _ask(entity_id: str) -> dict[str, Any]:
    """Return the keys that the entity says are its own."""
    try:
        question = fetching.configuration(entity_id)
    except ValueError as error:
        raise InvalidInput("anchor_wrong", str(error)) from error
    deadline = time.monotonic() + SETTINGS.get().federation.fetch_seconds
    [answer] = FETCHER.get().ask([question], deadline=deadline, known=False)
    if answer.outcome != Outcome.GIVEN:
        raise _no_configuration(answer.reason)
    try:
        statement = entity_statement.read(answer.token)
        entity_statement.verify(statement, statement.jwks)
    except InvalidStatement as error:
        raise _no_configuration(error.rule) from error
    if statement.iss != entity_id or statement.sub != entity_id:
        raise _no_configuration("sub")
    return {"keys": [{**key.as_dict(private=False), "kid": key.kid} for key in statement.jwks.keys]}


def _no_configuration(reason: str) -> IdpError:
    return Upstream("no_configuration", f"the entity publishes no configuration that counts ({reason})")
