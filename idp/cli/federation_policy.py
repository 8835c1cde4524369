"""`idp federation policy`: what an authority demands of all below: metadata policy, limits, issuers of marks."""

from typing import Any, BinaryIO

import click

from idp.cli import provider
from idp.db import commit
from idp.federation import governing, hosted_entity

KINDS = {
    "metadata-policy": governing.set_policy,
    "constraints": governing.set_constraints,
    "trust-mark-issuers": governing.set_trust_mark_issuers,
}


@click.group()
def policy() -> None:
    """Rules 规则 for all below an authority."""


@policy.command()
@click.argument("identifier", metavar="ENTITY")
def show(identifier: str) -> None:
    """Print the rules of ENTITY as JSON, in the form that `set` takes them."""
    with provider.running():
        row = hosted_entity.get(identifier)
        said: dict[str, Any] = {
            "metadata_policy": row.metadata_policy or {},
            "constraints": row.constraints or {},
            "trust_mark_issuers": row.trust_mark_issuers or {},
        }
    provider.print_json(said)


@policy.command("set")
@click.argument("identifier", metavar="ENTITY")
@click.argument("file", type=click.File("rb"))
@click.option("--kind", type=click.Choice(list(KINDS)), default="metadata-policy", show_default=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
def set_(identifier: str, file: BinaryIO, kind: str, yes: bool) -> None:
    """Set the rules of one kind to the JSON object in FILE (- for standard input); {} takes them away.

    Rules that no reader could follow are refused. They hold for all below ENTITY within a minute: `idp federation
    explain` tells what they do to one of them.
    """
    with provider.running():
        value = governing.read_json(file.read(governing.LONGEST + 1))
        KINDS[kind](identifier, value)
        if not yes:
            click.confirm(f"All below {identifier} follow this rule. 对所有下级生效？", abort=True, err=True)
        commit()
    click.echo(f"{identifier}: {kind} set")
