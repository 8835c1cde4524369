"""`idp federation authorities|plant`: the entities hosted here, and whole provinces of them at once."""

from typing import Any

import click

from idp.cli import provider
from idp.db import commit, db
from idp.divisions import tree
from idp.errors import InvalidInput
from idp.federation import (
    entity_id,
    federation_key,
    hosted_entity,
    hosted_statement,
    subordinate,
)
from idp.federation import (
    plant as planting,
)
from idp.federation.hosted_entity import HostedEntity
from idp.keys import compact_jwt
from idp.settings import SETTINGS

PAGE = 500
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
ENTITY = click.argument("identifier", metavar="ENTITY")
YES = click.option("--yes", is_flag=True, help="Do not ask.")


@click.group()
def authorities() -> None:
    """Authorities 机构节点 hosted here."""


@authorities.command("list")
@click.option("--after", default="", metavar="ENTITY", help="Go on behind this one.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=PAGE, show_default=True)
@AS_JSON
def list_(after: str, limit: int, as_json: bool) -> None:
    """List the entities hosted here, by identifier."""
    with provider.running():
        rows = [_about(row) for row in hosted_entity.page(after=after, limit=limit)]
    if as_json:
        provider.print_json(rows)
        return
    for row in rows:
        click.echo(
            f"{row['entity_id']}\t{row['kind']}\t{row['status']}\t{row['division_code'] or '-'}\t{row['name']}"
        )


@authorities.command()
@ENTITY
@AS_JSON
def show(identifier: str, as_json: bool) -> None:
    """Show one entity and what it says of itself."""
    with provider.running():
        row = hosted_entity.get(identifier)
        token = hosted_statement.configuration(identifier)
        said = _about(row) | {
            "names": row.names,
            "metadata_policy": row.metadata_policy,
            "constraints": row.constraints,
            "authority_hints": row.authority_hints,
            "trust_mark_issuers": row.trust_mark_issuers,
            "keys": [key.kid for key in federation_key.published(identifier)],
            "configuration_url": entity_id.configuration_url(identifier),
            "statement": compact_jwt.unverified_claims(token) if token else None,
        }
    provider.print_fields(said, as_json=as_json)


@authorities.command()
@ENTITY
@click.option(
    "--kind", type=click.Choice(hosted_entity.KINDS), default=hosted_entity.INTERMEDIATE, show_default=True
)
@click.option("--name", required=True, help="Its name in Chinese 名称.")
@click.option("--name-en", default="", help="Its name in English.")
@click.option("--division", default="", help="Code of its division (GB/T 2260).")
@click.option("--uscc", default="", help="Unified social credit code 统一社会信用代码.")
@click.option(
    "--superior", default="", metavar="ENTITY", help="The authority hosted here that vouches for it."
)
def create(
    identifier: str, kind: str, name: str, name_en: str, division: str, uscc: str, superior: str
) -> None:
    """Found ENTITY with a key of its own; a path alone is one below the issuer (/authorities/330106).

    Without --superior it hints at nobody yet; a superior elsewhere adds it there and is named by `authorities change`.
    """
    with provider.running():
        identifier = _identifier(identifier)
        names = {"zh-Hans": name} | ({"en": name_en} if name_en else {})
        hosted_entity.create(
            identifier, kind=kind, names=names, division_code=_division(division), organization_uscc=uscc
        )
        if superior:
            subordinate.put(
                superior,
                identifier,
                entity_types=_types_of(kind),
                is_intermediate=kind == hosted_entity.INTERMEDIATE,
                names=names,
                division_code=division,
            )
        commit()
    click.echo(f"{identifier}: founded")


@authorities.command()
@ENTITY
@click.option("--name", help="Its name in Chinese 名称.")
@click.option("--name-en", help="Its name in English.")
@click.option("--division", help="Code of its division.")
@click.option(
    "--authority-hint", "hints", multiple=True, metavar="ENTITY", help="A superior; repeat for several."
)
def change(
    identifier: str, name: str | None, name_en: str | None, division: str | None, hints: tuple[str, ...]
) -> None:
    """Change what an entity says of itself."""
    with provider.running():
        row = hosted_entity.get(identifier)
        changes: dict[str, Any] = {}
        given = {"zh-Hans": name, "en": name_en}
        if any(given.values()):
            changes["names"] = row.names | {tag: text for tag, text in given.items() if text}
        if division is not None:
            changes["division_code"] = _division(division)
        if hints:
            changes["authority_hints"] = [_checked(hint) for hint in hints]
        if not changes:
            raise click.UsageError("nothing to change")
        hosted_entity.update(identifier, **changes)
        commit()
    click.echo(f"{identifier}: changed")


@authorities.command()
@ENTITY
@YES
def close(identifier: str, yes: bool) -> None:
    """Let an entity say nothing any more: it and all below it are out. `reopen` takes that back."""
    with provider.running():
        hosted_entity.get(identifier)
        if not yes:
            click.confirm(
                f"{identifier} and all below it stop counting. 停用该机构及其所有下级？", abort=True, err=True
            )
        hosted_entity.update(identifier, status=hosted_entity.CLOSED)
        commit()
    click.echo(f"{identifier}: closed")


@authorities.command()
@ENTITY
def reopen(identifier: str) -> None:
    """Let a closed entity speak again."""
    with provider.running():
        hosted_entity.update(identifier, status=hosted_entity.ACTIVE)
        commit()
    click.echo(f"{identifier}: open")


@click.command()
@click.argument("division")
@click.option(
    "--superior", required=True, metavar="ENTITY", help="The authority hosted here above the first one."
)
@click.option("--deepest", type=click.Choice(tree.LEVELS), default="county", show_default=True)
@click.option("--base", default="/authorities", show_default=True, help="What the identifiers begin with.")
def plant(division: str, superior: str, deepest: str, base: str) -> None:
    """Plant an authority for DIVISION and each division below it, all hosted here; those there already stay."""
    with provider.running():
        _checked(_identifier(f"{base}/{division}"))
        wanted = list(
            planting.province(division, superior_id=superior, base=_identifier(base), deepest=deepest)
        )
        new = done = 0
        for count in planting.plant(wanted):
            commit()
            db.session.expunge_all()
            new, done = new + count, min(done + planting.STEP, len(wanted))
            click.echo(f"{done} of {len(wanted)}", err=True)
    click.echo(f"{new} authorities planted, {len(wanted) - new} were there")


def _identifier(text: str) -> str:
    """Return the identifier; a path is one below the issuer. Raises InvalidInput for what is none."""
    return _checked(f"{SETTINGS.get().issuer}{text}" if text.startswith("/") else text)


def _checked(text: str) -> str:
    try:
        entity_id.check(text, sandbox=SETTINGS.get().sandbox)
    except ValueError as error:
        raise InvalidInput("entity_id_invalid", f"{text[:300]}: {error}") from error
    return text


def _division(code: str) -> str:
    if code and tree.find(code) is None:
        raise InvalidInput("division_unknown", f"no division {code} in the table of divisions")
    return code


def _types_of(kind: str) -> list[str]:
    if kind == hosted_entity.PROVIDER:
        # Towards the providers of other provinces it is a relying party.
        return ["openid_provider", "openid_relying_party"]
    return ["openid_relying_party" if kind == hosted_entity.LEAF else "federation_entity"]


def _about(row: HostedEntity) -> dict[str, Any]:
    return {
        "entity_id": row.entity_id,
        "kind": row.kind,
        "status": row.status,
        "division_code": row.division_code,
        "name": row.names.get("zh-Hans") or next(iter(row.names.values()), ""),
        "created_at": row.created_at.isoformat(timespec="seconds"),
        "updated_at": row.updated_at.isoformat(timespec="seconds"),
    }
