"""`idp federation recognition`: which provinces an anchor hosted here recognises, at which levels, and its epochs."""

from typing import Any

import click

from idp.cli import provider
from idp.db import commit
from idp.errors import InvalidInput
from idp.recognition import encryption_keys, epoch, member, own_entity, published_table, tables
from idp.recognition.member import RecognitionMember

_anchor = click.argument("anchor")
_entity = click.argument("identifier", metavar="ENTITY")
_yes = click.option("--yes", is_flag=True, help="Do not ask.")
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def recognition() -> None:
    """Mutual recognition 跨省互认 (docs/mutual-recognition.md)."""


@recognition.command("list")
@_anchor
@_json
def list_(anchor: str, as_json: bool) -> None:
    """List the providers in ANCHOR's table with what their levels are worth."""
    with provider.running():
        rows = [_about(one) for one in member.of_anchor(anchor)]
    if as_json:
        provider.print_json(rows)
        return
    for row in rows:
        levels = " ".join(f"{acr}={worth}" for acr, worth in sorted(row["levels"].items()))
        key = "" if row["has_key"] else "\tno key yet 尚无密钥"
        click.echo(f"{row['division_code']}\t{row['entity_id']}\t{row['names']['zh-Hans']}\t{levels}{key}")
    if not rows:
        click.echo("nothing here 没有互认省份", err=True)


@recognition.command()
@_anchor
@_entity
@click.option("--division", required=True, help="Code of the province, such as 320000.")
@click.option("--name", "name_zh", required=True, help="Its name in Chinese.")
@click.option("--name-en", default="", help="Its name in English.")
@click.option("--level", "levels", multiple=True, required=True, help="ACR=0…4, once for each of its levels.")
def add(
    anchor: str, identifier: str, division: str, name_zh: str, name_en: str, levels: tuple[str, ...]
) -> None:
    """Recognise the provider ENTITY in ANCHOR's table, or change what is said of it. Other levels count as L0."""
    names = {"zh-Hans": name_zh} | ({"en": name_en} if name_en else {})
    with provider.running():
        worth = dict(_level(one) for one in levels)
        member.put(anchor, identifier, division_code=division, names=names, levels=worth)
        published_table.announce(anchor)
        own_entity.declare()
        commit()
        encryption_keys.refresh()
        row = member.find(anchor, identifier)
        has_key = row is not None and row.jwk is not None
    click.echo(f"{identifier}: recognised")
    if not has_key:
        click.echo(
            "its key is not known yet; the worker goes on asking 尚未取得其密钥，后台将继续获取", err=True
        )


@recognition.command()
@_anchor
@_entity
@_yes
def remove(anchor: str, identifier: str, yes: bool) -> None:
    """Recognise ENTITY no longer: within a minute none of its people is let in elsewhere."""
    with provider.running():
        if not yes:
            click.confirm(f"Remove {identifier} from the table? 确认移除？", abort=True, err=True)
        member.remove(anchor, identifier)
        commit()
    click.echo(f"{identifier}: recognised no longer")


@recognition.command()
@_anchor
@_json
def epochs(anchor: str, as_json: bool) -> None:
    """List the epochs of the identity HMAC that hold, the present one first."""
    with provider.running():
        rows = [
            {"epoch": row.name, "begun_at": row.begun_at.isoformat(timespec="seconds")}
            for row in epoch.in_force(anchor)
        ]
    if as_json:
        provider.print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['epoch']}\tsince {row['begun_at']}")
    if not rows:
        click.echo("nothing here 没有密钥周期", err=True)


@recognition.command("begin-epoch")
@_anchor
@click.argument("name")
def begin_epoch(anchor: str, name: str) -> None:
    """Begin the epoch NAME (such as 2027-1) with a new key; the ones before hold on until they are ended."""
    with provider.running():
        epoch.begin(anchor, name)
        commit()
    click.echo(f"{name}: begun; end the one before when every province has filled in the new one")


@recognition.command("end-epoch")
@_anchor
@click.argument("name")
@_yes
def end_epoch(anchor: str, name: str, yes: bool) -> None:
    """End the epoch NAME: its key is destroyed, and who is known by it alone is known no more."""
    with provider.running():
        if not yes:
            click.confirm(f"Destroy the key of {name}? 确认销毁？", abort=True, err=True)
        epoch.end(anchor, name)
        commit()
    click.echo(f"{name}: ended")


@recognition.command()
@_json
def show(as_json: bool) -> None:
    """Show the table that holds for this provider, as its anchor signed it."""
    with provider.running():
        known = tables.find()
        said = None if known is None else _table(known)
    if as_json:
        provider.print_json(said)
        return
    if said is None:
        click.echo("no anchor lists this provider 没有信任锚将本系统列入互认", err=True)
        return
    click.echo(f"{said['anchor']}\tepochs {' '.join(said['epochs']) or '-'}")
    for one in said["providers"]:
        click.echo(f"{one['division_code']}\t{one['entity_id']}\t{one['name']}")


def _level(text: str) -> tuple[str, int]:
    acr, equals, worth = text.rpartition("=")
    if not equals or not acr or not (worth.isascii() and worth.isdigit() and len(worth) == 1):
        raise InvalidInput("recognition_wrong", f"{text}: write ACR=0 to ACR=4")
    return acr, int(worth)


def _about(row: RecognitionMember) -> dict[str, Any]:
    return {
        "entity_id": row.entity_id,
        "division_code": row.division_code,
        "names": row.names,
        "levels": row.levels,
        "has_key": row.jwk is not None,
        "updated_at": row.updated_at.isoformat(timespec="seconds"),
    }


def _table(known: tables.Known) -> dict[str, Any]:
    return {
        "anchor": known.table.anchor,
        "epochs": [key.epoch for key in known.keys],
        "providers": [
            {"entity_id": one.entity_id, "division_code": one.division_code, "name": one.names["zh-Hans"]}
            for one in known.table.members.values()
        ],
    }
