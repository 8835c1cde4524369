"""`idp consent`: prove that consent records and receipts are whole, and see what a record says."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import click
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet

from idp import clock
from idp.cli import provider
from idp.consent import chain, consent_record, receipt_verification
from idp.consent import event as events
from idp.consent.consent_record import ConsentRecord
from idp.consent.event import ConsentEvent
from idp.consent.receipt_verification import FindKey, Problem, Verification
from idp.errors import NotFound

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
WRONG = {
    Problem.EMPTY: "nothing to check 没有内容",
    Problem.TOO_LONG: "too long to be a receipt 内容太长，不是凭证",
    Problem.NO_RECEIPT: "this is no consent receipt, or not all of it 不是同意凭证，或内容不完整",
    Problem.OTHER_KIND: "signed for something else, no consent receipt 签名用途不同，不是同意凭证",
    Problem.UNKNOWN_KEY: "signed by a key that is not ours 不是由我们的密钥签名",
    Problem.CHANGED: "changed after it was signed 签名后被改动",
    Problem.TEXT_CHANGED: "the text beside the signature was changed 签名旁的文字被改动",
}


@click.group("consent")
def command() -> None:
    """Consent 同意记录: verify records and receipts, list, show."""


@command.command()
@click.argument("file", type=click.File("rb"), required=False)
@click.option(
    "--jwks",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Check FILE with this key set (from historical_jwks_uri) alone: no database is read.",
)
@AS_JSON
def verify(file: BinaryIO | None, jwks: Path | None, as_json: bool) -> None:
    """Check a receipt FILE (- for standard input); without FILE every record's chain of events."""
    if file is not None:
        _verify_receipt(file.read(receipt_verification.LONGEST * 4 + 1), jwks, as_json=as_json)
    elif jwks is not None:
        raise click.UsageError("--jwks is for a FILE")
    else:
        _verify_chains(as_json=as_json)


@command.command("list")
@click.option("--account", type=click.UUID, required=True, help="Account id.")
@AS_JSON
def list_(account: UUID, as_json: bool) -> None:
    """List an account's present consent records."""
    with provider.running():
        records = [_about(row, clock.now()) for row in consent_record.of_account(account)]
    if as_json:
        provider.print_json(records)
        return
    for one in records:
        click.echo(
            f"{one['record_id']}\t{one['client_id']}\t{one['state']}\t{', '.join(one['items']) or '-'}"
        )
    if not records:
        click.echo("nothing here 没有记录", err=True)


@command.command()
@click.argument("record_id", type=click.UUID)
@click.option("--account", type=click.UUID, help="Its account id: needed for a record that was superseded.")
@AS_JSON
def show(record_id: UUID, account: UUID | None, as_json: bool) -> None:
    """Show what happened to RECORD_ID, oldest first."""
    with provider.running():
        row = consent_record.find_by_id(record_id)
        owner = account or (row.account_id if row else None)
        found = events.of_record(owner, record_id) if owner else []
        if not found:
            raise NotFound("record_unknown", "no such record; of a superseded one also name the --account")
        lines = [_event(one) for one in found]
        now = None if row is None else _about(row, clock.now())
    if as_json:
        provider.print_json({"record": now, "events": lines})
        return
    for one in lines:
        who = one["actor"] if one["actor"] == "self" else f"{one['actor']} {one['actor_id'] or '-'}"
        items = ", ".join(one["items"]) or "-"
        click.echo(f"{one['number']}\t{one['at']}\t{one['name']}\t{who}\t{items}\t{one['hash'][:16]}")


def _verify_receipt(content: bytes, jwks: Path | None, *, as_json: bool) -> None:
    text = content.decode("utf-8", "replace")
    if jwks is not None:
        found = receipt_verification.verify(text, _keys_of(jwks))
    else:
        with provider.running():
            found = receipt_verification.verify(text)
    if as_json:
        provider.print_json(
            {"genuine": found.is_ours, "problem": found.problem, "places": found.places, "said": found.said}
        )
    elif found.is_ours:
        click.echo(_genuine(found))
    for place in found.places:
        click.echo(f"changed: {place}", err=True)
    if found.problem is not None:
        raise click.ClickException(WRONG[found.problem])


def _genuine(found: Verification) -> str:
    said = found.said or {}
    event, at = receipt_verification.event_of(said)
    service, items = receipt_verification.service_of(said), receipt_verification.items_of(said)
    return (
        f"genuine 真实: {service}, {event} {at.isoformat()}, {', '.join(items) or '-'};"
        f" signed by {said.get('iss')} with key {found.kid}"
    )


def _keys_of(jwks: Path) -> FindKey:
    try:
        keys = KeySet.import_key_set(json.loads(jwks.read_bytes())).keys
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise click.BadParameter("no JWK set (RFC 7517 §5)", param_hint="--jwks") from error
    by_kid: dict[str | None, Key] = {key.kid: key for key in keys}
    return by_kid.get


def _verify_chains(*, as_json: bool) -> None:
    with provider.running():
        problems = []
        for problem in chain.verify_all():
            problems.append(problem)
            if not as_json:
                click.echo(problem, err=True)
    if as_json:
        provider.print_json({"whole": not problems, "problems": problems})
    if problems:
        raise click.ClickException(f"consent records are not whole: {len(problems)} problems 同意记录不完整")
    if not as_json:
        click.echo("every consent record is whole 同意记录完整")


def _about(row: ConsentRecord, now: datetime) -> dict[str, Any]:
    return {
        "record_id": str(row.record_id),
        "account_id": str(row.account_id),
        "client_id": row.client_id,
        "state": row.state(now),
        "items": row.items,
        "by_law": row.by_law,
        "given_at": row.given_at.isoformat(timespec="seconds"),
        "expires_at": row.expires_at.isoformat(timespec="seconds"),
        "events": row.head_number,
        "head": (row.head_hash or b"").hex(),
    }


def _event(one: ConsentEvent) -> dict[str, Any]:
    return {
        "number": one.number,
        "id": str(one.id),
        "at": one.at.isoformat(timespec="seconds"),
        "name": one.name,
        "client_id": one.client_id,
        "acr": one.acr,
        "actor": one.actor_kind,
        "actor_id": None if one.actor_id is None else str(one.actor_id),
        "mandate_id": None if one.mandate_id is None else str(one.mandate_id),
        "items": one.items,
        "hash": one.hash.hex(),
        "document": one.document,
    }
