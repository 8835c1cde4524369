"""Taking consent back, with everything that was given on it (PIPL art. 15, 47): one step, and within seconds dead.

The record, its event, the first tokens, the signal to the relying party and the word to the person stand or fall in
one transaction. What is more than a BATCH of grants follows by the outbox, and so does what a crash left undone.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_

from idp import clock
from idp.accounts import notice
from idp.accounts.account import Account
from idp.consent import consent_record, record
from idp.consent.acting_party import ONESELF, ActingParty
from idp.db import commit
from idp.outbox import message as outbox
from idp.outbox import signal
from idp.outbox.message import OutboxMessage
from idp.outbox.signal import Signal
from idp.relying_parties import cache
from idp.sessions import revocation
from idp.tokens import grant as grants
from idp.tokens.grant import Grant

KIND = "grants_ended"
OFFLINE_ACCESS = "offline_access"
WITHDRAWN = "consent_withdrawn"


@dataclass(frozen=True)
class Withdrawal:
    """What was taken back. ``reference`` names it in the event that the relying party gets.

    ``grants`` are revoked already; `forget` them once it is committed.
    """

    record_id: UUID
    items: frozenset[str]
    whole: bool
    reference: str
    grants: tuple[Grant, ...]


def withdraw(
    account: Account,
    client_id: str,
    *,
    by: UUID | None = None,
    items: Collection[str] | None = None,
    acting: ActingParty = ONESELF,
) -> Withdrawal:
    """Take back what *account* allowed the relying party, or only *items* of it. The caller commits, then `forget`s.

    *by*: who says so for the account, None for the person. Raises Conflict ``nothing_to_withdraw``.
    """
    wanted = None if items is None else frozenset(items)
    done = record.withdraw(account.id, client_id, by=by, items=wanted, acting=acting)
    row = consent_record.find_row(account.id, client_id)
    by_law = frozenset(row.by_law) if row is not None else frozenset()
    ended = end_grants(
        account.id, client_id, WITHDRAWN, items=None if done.whole else done.items, by_law=by_law
    )
    signal.add(
        Signal.CONSENT_WITHDRAWN,
        account.id,
        client_id=client_id,
        record_id=str(done.record_id),
        items=sorted(done.items),
        reference=str(done.event_id),
        initiating_entity="user",
    )
    rp = cache.find(client_id)
    notice.tell(account, "consent_withdrawn", site=rp.client_name.text(account.locale) if rp else client_id)
    return Withdrawal(done.record_id, done.items, done.whole, str(done.event_id), ended)


def forget(withdrawal: Withdrawal) -> None:
    """Make its access tokens inactive at once, on every process; called after the commit."""
    forget_all(withdrawal.grants)


def end_grants(
    account_id: UUID,
    client_id: str,
    reason: str,
    *,
    items: frozenset[str] | None = None,
    by_law: frozenset[str] = frozenset(),
) -> tuple[Grant, ...]:
    """Revoke what the relying party holds about the account; return what was revoked at once, the rest follows.

    With *items*: what carries one of these, or reaches beyond the session. Without: everything but what rests on
    the items *by_law* alone. The caller commits, then calls `forget_all`.
    """
    batch = next(grants.in_batches(_held(account_id, client_id)), [])
    ended = _revoke([grant for grant in batch if _is_meant(grant, items, by_law)], reason)
    payload = {
        "account_id": str(account_id),
        "client_id": client_id,
        "reason": reason,
        "items": None if items is None else sorted(items),
        "by_law": sorted(by_law),
        "before": clock.now().isoformat(),
        "revoked": [[grant.family, str(grant.id)] for grant in ended],
    }
    outbox.add(KIND, payload, account_id, receiver="")
    return tuple(ended)


def forget_all(ended: Collection[Grant]) -> None:
    """Make the access tokens of these grants inactive; called after the commit."""
    for grant in ended:
        grants.forget(grant)


def finish(message: OutboxMessage) -> None:
    """Revoke what one transaction did not (a handler of the outbox; twice does no harm)."""
    payload = message.payload
    for family, member in payload["revoked"]:
        # Whoever committed it may have died before it could say so.
        revocation.revoke(family, member)
    items = None if payload["items"] is None else frozenset(payload["items"])
    by_law = frozenset(payload["by_law"])
    # What was agreed to since then counts.
    earlier = Grant.created_at <= datetime.fromisoformat(payload["before"])
    whose = _held(UUID(payload["account_id"]), payload["client_id"])
    for batch in grants.in_batches(whose & earlier):
        meant = [grant for grant in batch if _is_meant(grant, items, by_law)]
        revoked = _revoke(meant, payload["reason"])
        commit()
        forget_all(revoked)


def _held(account_id: UUID, client_id: str) -> ColumnElement[bool]:
    own = (Grant.account_id == account_id) & Grant.principal_id.is_(None)
    return (Grant.client_id == client_id) & or_(own, Grant.principal_id == account_id)


def _revoke(meant: Collection[Grant], reason: str) -> list[Grant]:
    revoked = (grants.revoke(grant.id, reason) for grant in meant)
    return [grant for grant in revoked if grant is not None]


def _is_meant(grant: Grant, items: frozenset[str] | None, by_law: frozenset[str]) -> bool:
    carried = frozenset(grant.items)
    if items is None:
        return not carried or not carried <= by_law
    return bool(carried & items) or OFFLINE_ACCESS in carried
