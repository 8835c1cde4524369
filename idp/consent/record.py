"""What may happen to a consent record: given, refused, noted, taken back, superseded; each with its event.

The row (`consent_record`) says what holds, the chain of events (`event`) how it came to that. Both change in one
transaction under the row's lock, so that of two acts at once one comes after the other.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from idp import clock
from idp.accounts.account import Account
from idp.consent import consent_record, document, event, lifetime
from idp.consent.acting_party import GUARDIAN, ONESELF, ActingParty
from idp.consent.consent_record import HELD, ConsentRecord
from idp.consent.decision import Asked, Reason
from idp.consent.document import Scene
from idp.db import db
from idp.errors import Conflict, Forbidden
from idp.relying_parties.relying_party import RelyingParty
from idp.uuid7 import uuid7


@dataclass(frozen=True)
class Withdrawn:
    """What was taken back, and the event that says so (``event_id``: the reference for whoever has to be told)."""

    record_id: UUID
    items: frozenset[str]
    event_number: int
    event_id: UUID
    whole: bool


def save(
    account: Account,
    rp: RelyingParty,
    asked: Asked,
    items: Collection[str],
    scene: Scene | None = None,
    *,
    keep: bool = True,
) -> ConsentRecord:
    """Write that *items* of what was *asked* are allowed from now on. What was allowed before and not asked stays.

    Unless *keep* is False: then nothing else is left (Grant Management ``replace``). Raises Forbidden
    ``consent_withdrawn`` when somebody else gives what the person took back.
    """
    scene, now = scene or Scene(), clock.now()
    by = scene.acting.account_id
    row = consent_record.take(account.id, rp.client_id, rp.legal_basis, now)
    allowed = frozenset(items) & asked.to_allow
    if by is not None and not _as_guardian_of_child(account, scene.acting, now):
        withheld = frozenset(row.withdrawn_items)
        if row.is_withheld or withheld & allowed & asked.required:
            raise Forbidden("consent_withdrawn")
        allowed -= withheld
    kept, seen = _kept(row, asked, by, now) if keep else (frozenset[str](), frozenset[str]())
    before = frozenset(row.items) if row.state(now) == HELD else frozenset()
    renewed = bool(before) and before == allowed | kept and row.purpose_digest == asked.purpose
    row.withdrawn_items = sorted(_taken_back(row) - allowed)
    row.withdrawn_at = row.withdrawn_by = None
    row.items, row.seen = sorted(allowed | kept), sorted(asked.to_allow | seen)
    row.by_law = sorted(frozenset(row.by_law) - asked.to_allow)
    row.purpose_digest, row.policy_version = asked.purpose, rp.policy_version
    row.legal_basis, row.was_given = asked.legal_basis, True
    row.given_at, row.expires_at = now, lifetime.ends_at(account, now)
    row.of_age_at = lifetime.next_turning(account, now)
    row.given_by, row.expired_at, row.ended_at = by, None, None
    # A no to something else still rests.
    row.refused_items = sorted(frozenset(row.refused_items) - asked.to_allow)
    row.refused_at = row.refused_at if row.refused_items else None
    whole = document.of(row, account, rp, asked, allowed, scene, now)
    whole["kept_items"] = sorted(kept)
    made = event.append(
        row,
        event.RENEWED if renewed else event.GIVEN,
        whole,
        items=allowed | asked.by_law,
        acting=scene.acting,
        acr=scene.acr,
    )
    row.given_number = made.number
    known = before if scene.reason == Reason.NEW_ITEMS.value else frozenset()
    for name in sorted((allowed & asked.sensitive) - known):
        act = document.of_items([name], why="sensitive", given_number=made.number)
        event.append(row, event.SEPARATE_GIVEN, act, items=[name], acting=scene.acting, acr=scene.acr)
    db.session.flush()
    return row


def refuse(account: Account, rp: RelyingParty, asked: Asked, scene: Scene | None = None) -> ConsentRecord:
    """Write that the person said no. What was allowed before stays; the question rests for a while."""
    scene, now = scene or Scene(), clock.now()
    row = consent_record.take(account.id, rp.client_id, rp.legal_basis, now)
    rests = row.refused_at is not None and now < row.refused_at + lifetime.rest()
    row.refused_items = sorted(asked.to_allow | frozenset(row.refused_items if rests else ()))
    row.refused_at = now
    if not row.was_given and row.by_law_until is None:
        row.ended_at = now
    said = document.of_items(asked.to_allow, reason=scene.reason, language=scene.locale)
    event.append(row, event.REFUSED, said, items=asked.to_allow, acting=scene.acting, acr=scene.acr)
    db.session.flush()
    return row


def withdraw(
    account_id: UUID,
    client_id: str,
    *,
    by: UUID | None = None,
    items: frozenset[str] | None = None,
    acting: ActingParty = ONESELF,
) -> Withdrawn:
    """Take back all that is by consent, or only *items*; a record of which nothing is left is taken back as a whole.

    *by*: who says so for the account, None for the person; nobody else gives again what the person took back. Tokens
    are not touched here (`tokens.consent_withdrawal`). Raises Conflict ``nothing_to_withdraw``.
    """
    now = clock.now()
    row = consent_record.find_locked(account_id, client_id)
    if row is None or row.state(now) != HELD:
        raise Conflict("nothing_to_withdraw", "There is nothing to withdraw", detail=client_id)
    held_items = frozenset(row.items)
    taken = held_items if items is None else items & held_items
    if items is not None and not taken:
        raise Conflict("nothing_to_withdraw", "There is nothing to withdraw", detail=client_id)
    whole = taken == held_items
    if whole:
        row.withdrawn_at, row.withdrawn_by = now, by
        row.ended_at = None if row.by_law_until else now
    else:
        row.items = sorted(held_items - taken)
        if by is None:
            row.withdrawn_items = sorted(frozenset(row.withdrawn_items) | taken)
    said = document.of_items(taken, whole=whole, given_number=row.given_number)
    made = event.append(row, event.WITHDRAWN, said, items=taken, acting=acting)
    db.session.flush()
    return Withdrawn(row.record_id, taken, made.number, made.id, whole)


def supersede(
    account_id: UUID, client_id: str, *, acting: ActingParty = ONESELF, why: str = ""
) -> UUID | None:
    """End the present record, so that the next consent begins a new one (Grant Management ``create``).

    Returns the id of the record that ended, None when there was none. Nothing of it holds any more, what is released
    by law is noted anew; what the person refused or took back still counts. Raises Forbidden ``consent_withdrawn``.
    """
    row = consent_record.find_locked(account_id, client_id)
    # To one that was only just begun nothing happened yet; older ones hold something without any event.
    if row is None or not (row.head_number or row.was_given or row.by_law):
        return None
    if row.is_withheld and acting.account_id is not None:
        raise Forbidden("consent_withdrawn")
    ended, successor = row.record_id, uuid7()
    event.append(
        row,
        event.SUPERSEDED,
        document.of_items(row.items, by_record=str(successor), why=why),
        items=row.items,
        acting=acting,
    )
    row.withdrawn_items = sorted(_taken_back(row))
    if not row.is_withheld:
        row.withdrawn_at = None
    row.record_id, row.head_number, row.head_hash, row.given_number = successor, 0, None, None
    row.items, row.seen, row.was_given, row.by_law = [], [], False, []
    row.of_age_at = row.given_by = None
    row.by_law_until = row.expired_at = None
    row.expires_at, row.ended_at = clock.now(), clock.now()
    db.session.flush()
    return ended


def _taken_back(row: ConsentRecord) -> frozenset[str]:
    """Return what the person took back, one by one or as a whole."""
    return frozenset(row.withdrawn_items) | frozenset(row.items if row.is_withheld else ())


def _as_guardian_of_child(account: Account, acting: ActingParty, now: datetime) -> bool:
    """Whether the guardian speaks for a child under 14, whose own no would otherwise be the last word."""
    return acting.kind == GUARDIAN and lifetime.guardian_decides(account, now)


def _kept(
    row: ConsentRecord, asked: Asked, by: UUID | None, now: datetime
) -> tuple[frozenset[str], frozenset[str]]:
    """Return what stays allowed beside what is asked now, and what was seen: only of the same purpose."""
    # What another allowed does not become what the person allowed.
    same_giver = by is not None or row.given_by is None
    if row.state(now) != HELD or row.purpose_digest != asked.purpose or not same_giver:
        return frozenset(), frozenset()
    return frozenset(row.items) - asked.items, frozenset(row.seen)
