"""`idp relying-parties`: who may ask for a login. See docs/relying-parties.md."""

import json
from datetime import timedelta
from typing import Any, BinaryIO

import click

from idp.cli import provider
from idp.db import commit
from idp.relying_parties import importing, registration, relying_party_row
from idp.relying_parties.importing import Report, Row
from idp.relying_parties.relying_party_row import RelyingPartyRow

PAGE = 500
FILE = click.argument("file", type=click.File("rb"))
CLIENT_ID = click.argument("client_id")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group("relying-parties")
def command() -> None:
    """Relying parties 业务系统: register, list, change, remove."""


@command.command("import")
@FILE
@click.option("--partial", is_flag=True, help="Import the good rows although others are refused.")
@AS_JSON
def import_(file: BinaryIO, partial: bool, as_json: bool) -> None:
    """Register or update what FILE (a JSON array of RFC 7591 metadata; - for standard input) holds."""
    with provider.running():
        rows = importing.read_file(_content(file))
        report = importing.import_rows(rows, partial=partial)
        commit()
    if as_json:
        provider.print_json(_as_json(report))
    else:
        _print(report)
    if report.refused:
        raise click.exceptions.Exit(1)


@command.command("list")
@AS_JSON
def list_(as_json: bool) -> None:
    """List every relying party."""
    rows: list[RelyingPartyRow] = []
    with provider.running():
        while page := relying_party_row.page(after=rows[-1].client_id if rows else "", limit=PAGE):
            rows += page
    if as_json:
        provider.print_json([_about(row) for row in rows])
        return
    for row in rows:
        about = _about(row)
        click.echo(f"{row.client_id}\t{row.status}\t{about['division_code'] or '-'}\t{about['client_name']}")


@command.command()
@CLIENT_ID
@AS_JSON
def show(client_id: str, as_json: bool) -> None:
    """Show one relying party's metadata; never a secret."""
    with provider.running():
        row = registration.get(client_id)
    if as_json:
        provider.print_json(_about(row) | {"metadata": row.given})
        return
    for name, value in (_about(row) | row.given).items():
        click.echo(f"{name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}")


@command.command()
@FILE
@AS_JSON
def create(file: BinaryIO, as_json: bool) -> None:
    """Register the one JSON object in FILE; a secret that is made is shown once."""
    with provider.running():
        made = registration.create(importing.read_object(_content(file)))
        commit()
    for warning in made.warnings:
        click.echo(f"warning: {warning}", err=True)
    _tell(made.relying_party.client_id, "registered", made.secret, as_json=as_json)


@command.command()
@CLIENT_ID
@FILE
@AS_JSON
def update(client_id: str, file: BinaryIO, as_json: bool) -> None:
    """Change the fields that the JSON object in FILE names; null takes one away."""
    with provider.running():
        made = registration.update(client_id, importing.read_object(_content(file)))
        commit()
    _tell(client_id, made.outcome, None, as_json=as_json)


@command.command("rotate-secret")
@CLIENT_ID
@click.option(
    "--keep-old",
    type=click.IntRange(0, 90 * 86_400),
    default=0,
    metavar="SECONDS",
    help="The old secret works this much longer; 0 ends it at once.",
)
@AS_JSON
def rotate_secret(client_id: str, keep_old: int, as_json: bool) -> None:
    """Make a new secret and show it once."""
    with provider.running():
        secret = registration.rotate_secret(client_id, keep_old=timedelta(seconds=keep_old))
        commit()
    _tell(client_id, "secret rotated", secret, as_json=as_json)


@command.command()
@CLIENT_ID
def disable(client_id: str) -> None:
    """Let a relying party do nothing until it is enabled again."""
    _set_active(client_id, active=False)


@command.command()
@CLIENT_ID
def enable(client_id: str) -> None:
    """Let a disabled relying party work again."""
    _set_active(client_id, active=True)


@command.command()
@CLIENT_ID
@click.confirmation_option(prompt="Remove it for good?")
def delete(client_id: str) -> None:
    """Remove a relying party for good."""
    with provider.running():
        registration.delete(client_id)
        commit()
    click.echo(f"{client_id}: removed")


def _set_active(client_id: str, *, active: bool) -> None:
    with provider.running():
        registration.set_active(client_id, active=active)
        commit()
    click.echo(f"{client_id}: {'enabled' if active else 'disabled'}")


def _content(file: BinaryIO) -> bytes:
    # One byte more than is accepted, so that the size is refused and never read.
    return file.read(importing.MOST_BYTES + 1)


def _about(row: RelyingPartyRow) -> dict[str, Any]:
    about = {
        "client_id": row.client_id,
        "client_name": row.given.get("client_name") or row.given.get("client_name#zh-Hans") or row.client_id,
        "division_code": row.given.get("division_code"),
        "status": row.status,
        # How it came here: by an operator, or as a member of the federation.
        "registration": row.registration or "static",
        "version": row.version,
        "created_at": row.created_at.isoformat(),
        "updated_at": row.updated_at.isoformat(),
    }
    if row.registration is not None:
        ends = row.chain_expires_at.isoformat() if row.chain_expires_at else None
        about |= {"chain_path": row.chain_path, "chain_expires_at": ends, "withheld": row.withheld}
    return about


def _as_json(report: Report) -> dict[str, Any]:
    return {
        "imported": [
            {"client_id": one.relying_party.client_id, "outcome": one.outcome} for one in report.imported
        ],
        "refused": [_row(row) for row in report.refused],
        "warned": [_row(row) for row in report.warned],
    }


def _row(row: Row) -> dict[str, Any]:
    reasons = [{"field": problem.field, "reason": problem.reason} for problem in row.problems]
    return {"row": row.number, "client_id": row.client_id, "reasons": reasons}


def _print(report: Report) -> None:
    for kind, rows in (("warning", report.warned), ("refused", report.refused)):
        for row in rows:
            for problem in row.problems:
                click.echo(f"{kind}: row {row.number} {row.client_id}: {problem}", err=True)
    counts = ", ".join(f"{report.count(outcome)} {outcome}" for outcome in registration.OUTCOMES)
    click.echo(f"{counts}, {len(report.refused)} refused")


def _tell(client_id: str, what: str, secret: str | None, *, as_json: bool) -> None:
    if as_json:
        provider.print_json(
            {"client_id": client_id, "outcome": what} | ({"client_secret": secret} if secret else {})
        )
        return
    click.echo(f"{client_id}: {what}")
    if secret:
        click.echo("The secret is shown this once 密钥只显示这一次:", err=True)
        click.echo(secret)
