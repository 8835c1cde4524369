"""`idp federation trust-marks`: the marks that authorities hosted here gave, giving and taking them back."""

from datetime import timedelta
from typing import Any

import click

from idp import clock
from idp.cli import provider
from idp.db import commit
from idp.federation import hosted_entity, issued_trust_mark
from idp.federation.issued_trust_mark import IssuedTrustMark

PAGE = 500
ISSUER = click.argument("issuer")
TYPE = click.argument("trust_mark_type", metavar="TYPE")
ENTITY = click.argument("identifier", metavar="ENTITY")


@click.group()
def trust_marks() -> None:
    """Trust marks 信任标志 given here."""


@trust_marks.command("list")
@ISSUER
@click.option("--type", "kind", default="", help="Only marks of this type.")
@click.option("--after", nargs=2, default=("", ""), metavar="TYPE ENTITY", help="Go on behind this one.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=PAGE, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(issuer: str, kind: str, after: tuple[str, str], limit: int, as_json: bool) -> None:
    """List the marks of ISSUER, those that no longer count too."""
    with provider.running():
        hosted_entity.get(issuer)
        found = issued_trust_mark.page(issuer, trust_mark_type=kind, after=after, limit=limit)
        rows = [_about(mark) for mark in found]
    if as_json:
        provider.print_json(rows)
        return
    for row in rows:
        click.echo(
            f"{row['trust_mark_type']}\t{row['sub']}\t{row['status']}\tuntil {row['expires_at'] or '-'}"
        )


@trust_marks.command()
@ISSUER
@TYPE
@ENTITY
@click.option(
    "--days", type=click.IntRange(1, 3660), help="It counts so many days; without: until it is revoked."
)
@click.option("--delegation", default="", help="Delegation of the mark's owner (JWT).")
@click.option("--ref", default="", help="Address of a page about the mark.")
def issue(
    issuer: str, trust_mark_type: str, identifier: str, days: int | None, delegation: str, ref: str
) -> None:
    """Give ENTITY a mark of TYPE, or renew it; print it."""
    with provider.running():
        until = None if days is None else clock.now() + timedelta(days=days)
        mark = issued_trust_mark.issue(
            issuer, trust_mark_type, identifier, expires_at=until, delegation=delegation, ref=ref
        )
        commit()
        token = mark.token
    click.echo(token)


@trust_marks.command()
@ISSUER
@TYPE
@ENTITY
@click.option("--reason", required=True, help="Why; it stands in the audit log.")
def revoke(issuer: str, trust_mark_type: str, identifier: str, reason: str) -> None:
    """Take a mark back; it can be given again."""
    with provider.running():
        issued_trust_mark.revoke(issuer, trust_mark_type, identifier, reason=reason)
        commit()
    click.echo(f"{identifier}: {trust_mark_type} is revoked")


def _about(mark: IssuedTrustMark) -> dict[str, Any]:
    state = "active" if mark.is_active(clock.now()) else "revoked" if mark.revoked_at else "expired"
    return {
        "trust_mark_type": mark.trust_mark_type,
        "sub": mark.subject_id,
        "status": state,
        "issued_at": mark.issued_at.isoformat(timespec="seconds"),
        "expires_at": mark.expires_at.isoformat(timespec="seconds") if mark.expires_at else None,
        "revoked_at": mark.revoked_at.isoformat(timespec="seconds") if mark.revoked_at else None,
        "reason": mark.reason,
    }
