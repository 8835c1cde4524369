"""`idp streams`: which relying parties hear of events, how, and what did not arrive (docs/shared-signals.md)."""

from datetime import datetime
from typing import Any
from uuid import UUID

import click

from idp import clock
from idp.audit import log
from idp.audit.event import EventName
from idp.cli import provider
from idp.db import commit
from idp.errors import NotFound
from idp.shared_signals import jti, security_event, status
from idp.shared_signals import stream as streams
from idp.shared_signals.security_event import FAILED, STATES, SecurityEvent
from idp.shared_signals.stream import STATUSES, Stream

PAGE = 100
_limit = click.option(
    "--limit", type=click.IntRange(1, 1000), default=PAGE, show_default=True, help="At most so many."
)
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_stream = click.argument("stream_id", type=click.UUID)


@click.group("streams")
def command() -> None:
    """Streams 推送通道: which sites hear of events, what did not arrive, trying again."""


@command.command("list")
@click.option("--client", "client_id", help="Only this relying party's.")
@click.option("--after", type=click.UUID, help="Go on after the last stream of the page before.")
@_limit
@_json
def list_(client_id: str | None, after: UUID | None, limit: int, as_json: bool) -> None:
    """List streams, oldest first."""
    with provider.running():
        found = streams.of_client(client_id) if client_id else streams.page(after, limit)
        said = [_about(stream) for stream in found]
    if as_json:
        provider.print_json(said)
        return
    for one in said:
        where = one["endpoint_url"] or "fetched"
        click.echo(f"{one['stream_id']}\t{one['client_id']}\t{one['status']}\t{where}")
    if not said:
        click.echo("nothing here 没有推送通道", err=True)


@command.command()
@_stream
@_json
def show(stream_id: UUID, as_json: bool) -> None:
    """Show STREAM_ID: what it tells, and how much of it waits or did not arrive (counted up to 1000)."""
    with provider.running():
        stream = _get(stream_id)
        counts = {state: len(security_event.of_stream(stream.id, [state], limit=1000)) for state in STATES}
        said = _about(stream) | {"events": counts}
    if as_json:
        provider.print_json(said)
        return
    for name, value in said.items():
        text = ", ".join(map(str, value)) if isinstance(value, list) else value
        click.echo(f"{name}\t{text}")


@command.command()
@_stream
@click.option(
    "--state", "states", type=click.Choice(STATES), multiple=True, help="Only these; may be repeated."
)
@click.option("--before", help="Go on after the last event of the page before: its jti.")
@_limit
@_json
def events(stream_id: UUID, states: tuple[str, ...], before: str | None, limit: int, as_json: bool) -> None:
    """List the events of STREAM_ID, newest first; never whom they are about."""
    with provider.running():
        stream = _get(stream_id)
        position = jti.find_event_id(before)
        found = security_event.of_stream(stream.id, states or STATES, before=position, limit=limit)
        said = [_event(one) for one in found]
    if as_json:
        provider.print_json(said)
        return
    for one in said:
        tail = f"\t{one['error']}" if one["error"] else ""
        click.echo(f"{one['jti']}\t{one['state']}\t{one['happened_at']}\t{one['type']}{tail}")
    if not said:
        click.echo("nothing here 没有事件", err=True)


@command.command()
@_stream
def retry(stream_id: UUID) -> None:
    """Let everything of STREAM_ID that did not arrive be tried again."""
    with provider.running():
        stream = _get(stream_id)
        count, began = 0, clock.now()
        while released := security_event.release(stream, [FAILED], until=began):
            count += released
            commit()
        log.record(
            EventName.DELIVERY_RETRIED, client_id=stream.client_id, stream_id=str(stream.id), events=count
        )
        commit()
    click.echo(f"{count} tried again")


@command.command("status")
@_stream
@click.argument("new_status", metavar="STATUS", type=click.Choice(STATUSES))
@click.option("--reason", default="", help="Is told to the relying party.")
def status_(stream_id: UUID, new_status: str, reason: str) -> None:
    """Turn STREAM_ID on (enabled), hold its events back (paused) or drop them (disabled); its owner is told."""
    with provider.running():
        stream = _get(stream_id)
        status.set_status(stream, new_status, reason, by_receiver=False)
        commit()
        began = clock.now()
        while status.release(stream, began):
            commit()
        commit()
    click.echo(f"{stream_id}: {new_status}")


def _get(stream_id: UUID) -> Stream:
    found = streams.find(stream_id)
    if found is None:
        raise NotFound("stream_unknown", "no such stream")
    return found


def _about(stream: Stream) -> dict[str, Any]:
    return {
        "stream_id": str(stream.id),
        "client_id": stream.client_id,
        "status": stream.status,
        "reason": stream.reason,
        "method": stream.method,
        "endpoint_url": stream.endpoint_url,
        "events_requested": stream.events_requested,
        "description": stream.description,
        "created_at": _text(stream.created_at),
        "updated_at": _text(stream.updated_at),
    }


def _event(event: SecurityEvent) -> dict[str, Any]:
    return {
        "jti": jti.of(event.id),
        "type": event.type,
        "state": event.state,
        "state_at": _text(event.state_at),
        "happened_at": _text(event.happened_at),
        "error": event.error,
    }


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
