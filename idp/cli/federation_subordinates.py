"""`idp federation subordinates`: who stands right below an authority hosted here, and whether it stands behind them."""

from typing import Any

import click

from idp.cli import provider
from idp.db import commit
from idp.errors import InvalidInput
from idp.federation import governing, hosted_entity, introduction, subordinate, suspension
from idp.federation.hosted_entity import HostedEntity
from idp.federation.subordinate import Subordinate

PAGE = 500
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
SUPERIOR = click.argument("superior")
ENTITY = click.argument("identifier", metavar="ENTITY")
YES = click.option("--yes", is_flag=True, help="Do not ask.")


@click.group()
def subordinates() -> None:
    """Subordinates 下级 of an authority."""


@subordinates.command("list")
@SUPERIOR
@click.option("--after", default="", metavar="ENTITY", help="Go on behind this one.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=PAGE, show_default=True)
@AS_JSON
def list_(superior: str, after: str, limit: int, as_json: bool) -> None:
    """List the subordinates of SUPERIOR, suspended ones too."""
    with provider.running():
        hosted_entity.get(superior)
        rows = [_about(row) for row in subordinate.page(superior, after=after, limit=limit)]
    if as_json:
        provider.print_json(rows)
        return
    for row in rows:
        kinds = ",".join(row["entity_types"])
        click.echo(
            f"{row['entity_id']}\t{row['status']}\t{kinds}\t{row['division_code'] or '-'}\t{row['name']}"
        )


@subordinates.command()
@SUPERIOR
@ENTITY
@AS_JSON
def show(superior: str, identifier: str, as_json: bool) -> None:
    """Show what SUPERIOR says of ENTITY."""
    with provider.running():
        row = subordinate.get(superior, identifier)
        keys = introduction.thumbprints(subordinate.jwks_of(row))
        said = _about(row) | {
            "reason": row.reason,
            "since": row.since.isoformat(timespec="seconds"),
            "hosted_here": row.is_hosted,
            "keys": [key["thumbprint"] for key in keys],
            "metadata": row.declared,
            "metadata_policy": row.metadata_policy,
            "constraints": row.constraints,
            "item_codes": row.item_codes,
        }
    provider.print_fields(said, as_json=as_json)


@subordinates.command()
@SUPERIOR
@ENTITY
@click.option(
    "--policy", type=click.File("rb"), help="File with a metadata policy for this one alone (JSON)."
)
@YES
def add(superior: str, identifier: str, policy: Any, yes: bool) -> None:
    """Vouch for ENTITY, or take up its present keys.

    One that runs elsewhere is asked for its configuration; compare the thumbprints of its keys with its owner, by
    another way than this one, before you agree.
    """
    with provider.running():
        hosted = hosted_entity.find(identifier)
        given: dict[str, Any] = _of_hosted(hosted) if hosted else _of_elsewhere(superior, identifier)
        if policy is not None:
            given["metadata_policy"] = governing.check_policy(
                governing.read_json(policy.read(governing.LONGEST + 1))
            )
        if not yes:
            click.confirm(f"{superior} vouches for {identifier}? 确认纳入下级？", abort=True, err=True)
        subordinate.put(superior, identifier, **given)
        commit()
    click.echo(f"{identifier}: below {superior}")


@subordinates.command()
@SUPERIOR
@ENTITY
@YES
def remove(superior: str, identifier: str, yes: bool) -> None:
    """Vouch for ENTITY no more, for good; what was said of it alone is forgotten. `suspend` can be taken back."""
    with provider.running():
        subordinate.get(superior, identifier)
        if not yes:
            click.confirm(f"{superior} no longer vouches for {identifier}? 确认移除？", abort=True, err=True)
        subordinate.remove(superior, identifier)
        commit()
    click.echo(f"{identifier}: removed")


@subordinates.command()
@SUPERIOR
@ENTITY
@click.option("--reason", required=True, help="Why; it stands in the audit log.")
def suspend(superior: str, identifier: str, reason: str) -> None:
    """Stop standing behind ENTITY for now: it and all below it are out within a minute."""
    with provider.running():
        suspension.suspend(superior, identifier, reason=reason, by=provider.actor())
        commit()
    click.echo(f"{identifier}: suspended")


@subordinates.command()
@SUPERIOR
@ENTITY
@click.option("--reason", default="", help="Why; it stands in the audit log.")
def resume(superior: str, identifier: str, reason: str) -> None:
    """Take a suspended ENTITY up again."""
    with provider.running():
        suspension.resume(superior, identifier, by=provider.actor(), reason=reason)
        commit()
    click.echo(f"{identifier}: active")


def _of_hosted(entity: HostedEntity) -> dict[str, Any]:
    types = [*entity.declared, *(["federation_entity"] if entity.is_authority else [])]
    return {
        "entity_types": types or ["federation_entity"],
        "is_intermediate": entity.is_authority,
        "names": entity.names,
        "division_code": entity.division_code,
    }


def _of_elsewhere(superior: str, identifier: str) -> dict[str, Any]:
    try:
        met = introduction.look(identifier)
    except InvalidInput as error:
        raise InvalidInput(
            error.code, f"no configuration that counts: {error.code} {error.message or ''}"
        ) from error
    click.echo(f"name 名称: {' / '.join(met.names.values())}", err=True)
    click.echo(f"types 类型: {' '.join(met.entity_types)}", err=True)
    for key in met.keys:
        click.echo(f"key 公钥 {key['thumbprint']}", err=True)
    if superior not in met.authority_hints:
        click.echo(f"warning: it does not name {superior} among its authority_hints 未列为上级", err=True)
    return {
        "entity_types": met.entity_types,
        "jwks": met.jwks,
        "is_intermediate": met.is_authority,
        "names": met.names,
        "division_code": met.division_code,
        "item_codes": list(met.item_codes),
    }


def _about(row: Subordinate) -> dict[str, Any]:
    return {
        "entity_id": row.entity_id,
        "superior_id": row.superior_id,
        "status": row.status,
        "entity_types": row.entity_types,
        "is_intermediate": row.is_intermediate,
        "division_code": row.division_code,
        "name": row.names.get("zh-Hans") or next(iter(row.names.values()), ""),
    }
