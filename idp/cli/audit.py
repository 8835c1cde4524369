"""`idp audit`: prove that the log is whole, take it elsewhere, look something up."""

import json
import re
from datetime import UTC, datetime
from typing import Any, TextIO
from uuid import UUID

import click

from idp import background
from idp.audit import chain, search
from idp.audit.chain import Anchor
from idp.audit.event import EventName
from idp.cli import provider

MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])


@click.group("audit")
def command() -> None:
    """Audit log 审计日志: verify, export, search."""


@command.command()
@click.option("--anchor", metavar="PLACE:HASH", help="An end of the chain that you wrote down earlier.")
def verify(anchor: str | None) -> None:
    """Find every event that was changed, removed or moved, and an end that was cut off."""
    noted = None if anchor is None else _anchor(anchor)
    with provider.running():
        problems = 0
        for problem in chain.verify(background.is_checkpoint, noted):
            problems += 1
            click.echo(problem, err=True)
        end = chain.end()
    if problems:
        raise click.ClickException(f"the audit log is not whole: {problems} problems")
    click.echo(
        f"the audit log is whole 审计日志完整; write its end down elsewhere: {end.position}:{end.chain_hash.hex()}"
    )


@command.command()
@click.option(
    "--output", type=click.File("w", encoding="utf-8", atomic=True), default="-", help="File to write."
)
def export(output: TextIO) -> None:
    """Write every event as one line of JSON, oldest first."""
    with provider.running():
        lines = (json.dumps(search.as_json(event), ensure_ascii=False) for event in search.everything())
        output.writelines(f"{line}\n" for line in lines)


@command.command("search")
@click.option("--account", type=click.UUID, help="Account id.")
@click.option("--client", help="client_id of a relying party.")
@click.option("--name", type=click.Choice([name.value for name in EventName]), help="Kind of event.")
@click.option("--since", type=MOMENT, help="UTC.")
@click.option("--until", type=MOMENT, help="UTC.")
@click.option("--before", type=click.UUID, help="Go on behind this event id.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def search_(
    account: UUID | None,
    client: str | None,
    name: str | None,
    since: datetime | None,
    until: datetime | None,
    before: UUID | None,
    limit: int,
    as_json: bool,
) -> None:
    """Show events, newest first."""
    with provider.running():
        found = search.find(
            account_id=account,
            client_id=client,
            name=name,
            since=_utc(since),
            until=_utc(until),
            before=before,
            limit=limit,
        )
        events = [search.as_json(event) for event in found]
    if as_json:
        provider.print_json(events)
        return
    for event in events:
        click.echo(_line(event))


def _anchor(text: str) -> Anchor:
    found = re.fullmatch(r"([0-9]{1,18}):([0-9a-f]{64})", text)
    if found is None:
        raise click.BadParameter("PLACE:HASH, as `idp audit verify` prints it", param_hint="--anchor")
    return Anchor(int(found[1]), bytes.fromhex(found[2]))


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)


def _line(event: dict[str, Any]) -> str:
    who = event["account_id"] or event["client_id"] or event["actor"] or "-"
    data = json.dumps(event["data"], ensure_ascii=False)
    return f"{event['at']}\t{event['name']}\t{who}\t{data}\t{event['id']}"
