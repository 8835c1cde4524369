"""`idp outbox`: what others are told (logout tokens), whether it arrived, and trying again by hand."""

from datetime import datetime
from typing import Any
from uuid import UUID

import click

from idp.cli import provider
from idp.db import commit
from idp.errors import NotFound
from idp.outbox import delivery
from idp.outbox.message import OutboxMessage

PAGE = 100


@click.group("outbox")
def command() -> None:
    """Outbox 发件箱: messages to sites, whether they arrived, trying again."""


@command.command("list")
@click.option("--state", type=click.Choice(["all", *delivery.STATES]), default="all", help="Only these.")
@click.option("--before", type=click.UUID, help="Go on after the last message of the page before.")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=PAGE, show_default=True, help="At most so many."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(state: str, before: UUID | None, limit: int, as_json: bool) -> None:
    """List messages, newest first; never what they say about a person."""
    with provider.running():
        messages = [_about(message) for message in delivery.listed(state, before, limit)]
    if as_json:
        provider.print_json(messages)
        return
    for message in messages:
        tail = f"\t{message['last_error']}" if message["last_error"] else ""
        click.echo(
            f"{message['id']}\t{message['kind']}\t{message['receiver']}\t{message['state']}"
            f"\tattempts {message['attempts']}{tail}"
        )
    if not messages:
        click.echo("nothing here 没有消息", err=True)


@command.command()
@click.argument("message_id", type=click.UUID)
def retry(message_id: UUID) -> None:
    """Let MESSAGE_ID, dead or waiting, be tried now."""
    with provider.running():
        if not delivery.retry(message_id):
            raise NotFound("message_unknown", "no such message, or it was delivered")
        commit()
    click.echo(f"{message_id}: the worker tries it within a second")


def _about(message: OutboxMessage) -> dict[str, Any]:
    def text(moment: datetime | None) -> str | None:
        return None if moment is None else moment.isoformat(timespec="seconds")

    waiting = "dead" if message.dead_at else "pending"
    return {
        "id": str(message.id),
        "kind": message.kind,
        "receiver": message.receiver,
        "state": "delivered" if message.delivered_at else waiting,
        "attempts": message.attempts,
        "created_at": text(message.created_at),
        "next_attempt_at": text(message.next_attempt_at),
        "delivered_at": text(message.delivered_at),
        "dead_at": text(message.dead_at),
        "last_error": message.last_error,
    }
