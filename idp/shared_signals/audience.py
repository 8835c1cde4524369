"""Who hears a signal: the relying parties that know the account and whom it concerns, each with the subject it knows.

No more than that (PIPL art. 6): the end of a session only those that took part in it, a changed way of signing in
only those where the person is logged in, a changed phone number only those that may have it. Whose consent has ended
hears only what makes it delete: that the account is closed, or that its subject is used no more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from idp import clock
from idp.accounts.account import Account
from idp.claims import ITEM_OF_CLAIM
from idp.consent.consent_record import HELD, ConsentRecord
from idp.db import db
from idp.outbox.signal import Signal
from idp.relying_parties import cache, subject
from idp.sessions import participant, sid
from idp.sessions.participant import Participant
from idp.sessions.session import Session
from idp.shared_signals import security_event_token

SELF = "self"
# More sites than anybody uses.
MOST = 1000


@dataclass(frozen=True)
class Hearer:
    """A relying party and the subject identifier (RFC 9493) under which it hears."""

    client_id: str
    sub: str
    subject: Mapping[str, Any]


def of(signal: Signal, account: Account, data: Mapping[str, Any], client_id: str | None) -> list[Hearer]:
    """Return who hears *signal* about *account*; *client_id*: nobody else."""
    if signal is Signal.SESSION_REVOKED:
        heard = _of_session(UUID(str(data["session_id"])), data, client_id)
    elif signal is Signal.CREDENTIAL_CHANGE:
        heard = _known(_logged_in(account.id), account.subject_id)
    elif client_id is not None:
        heard = _known({client_id}, _subject_id(account, data))
    elif item := ITEM_OF_CLAIM.get(str(data.get("identifier", ""))):
        heard = _known(_entitled(account.id, item), account.subject_id)
    elif signal is Signal.ACCOUNT_PURGED or data.get("old_subject"):
        heard = _known(_ever_told(account.id) | _logged_in(account.id), _subject_id(account, data))
    else:
        heard = _known(_entitled(account.id) | _logged_in(account.id), account.subject_id)
    return [one for one in heard if client_id in {None, one.client_id}]


def _subject_id(account: Account, data: Mapping[str, Any]) -> UUID:
    # Whoever is known under another subject from now on is told under the one that is known.
    old = data.get("old_subject")
    return UUID(str(old)) if old else account.subject_id


def _of_session(session_id: UUID, data: Mapping[str, Any], client_id: str | None) -> list[Hearer]:
    took_part = {one.client_id: one.sub for one in participant.of_session(session_id)}
    if client_id is not None and data.get("sub"):
        # It has left alone, and takes part no more.
        took_part[client_id] = str(data["sub"])
    cache.load(took_part)
    return [
        Hearer(one, sub, security_event_token.of_session(sub, sid.of(session_id, one)))
        for one, sub in sorted(took_part.items())
        if cache.find(one) is not None
    ]


def _entitled(account_id: UUID, item: str | None = None) -> set[str]:
    """Return to whom something may be released at present, or that *item*: nobody whose consent has ended."""
    now = clock.now()
    return {
        row.client_id
        for row in _records(account_id)
        if (item in row.allowed_items(now) if item else row.by_law or row.state(now) == HELD)
    }


def _ever_told(account_id: UUID) -> set[str]:
    """Return who may hold something still, also when consent has ended since; not who was only ever refused."""
    return {row.client_id for row in _records(account_id) if row.was_given or row.by_law}


def _records(account_id: UUID) -> list[ConsentRecord]:
    rows = select(ConsentRecord).where(ConsentRecord.account_id == account_id).limit(MOST)
    return list(db.session.scalars(rows))


def _logged_in(account_id: UUID) -> set[str]:
    rows = (
        select(Participant.client_id)
        .join(Session, Session.id == Participant.session_id)
        .where(
            Session.account_id == account_id,
            Session.ended_at.is_(None),
            Session.expires_at > clock.now(),
            # On behalf of somebody else it knows another subject.
            Participant.identity == SELF,
        )
        .distinct()
        .limit(MOST)
    )
    return set(db.session.scalars(rows))


def _known(client_ids: set[str], subject_id: UUID) -> list[Hearer]:
    found = []
    cache.load(client_ids)
    for client_id in sorted(client_ids):
        rp = cache.find(client_id)
        if rp is not None:
            sub = subject.sub_of(subject_id, rp)
            found.append(Hearer(client_id, sub, security_event_token.of_person(sub)))
    return found
