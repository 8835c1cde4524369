"""The sections about the person: the account's facts, evidence, ways of signing in, logins and messages."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import identity as identities
from idp.accounts import notice
from idp.accounts.account import Account
from idp.authenticators import client_certificate, otp, passkey, pwd, recovery_code
from idp.authenticators.known_device import KnownDevice
from idp.db import db
from idp.proofing import case as cases
from idp.proofing import evidence
from idp.sessions import participant, user_agent
from idp.sessions.session import Session

Row = dict[str, Any]
BATCH = 200


def moment(at: datetime | None) -> str | None:
    """Return a moment as it stands in the file (RFC 3339, UTC)."""
    return at.isoformat().replace("+00:00", "Z") if at is not None else None


def facts(account: Account) -> Iterator[Row]:
    """Yield the one row of facts."""
    identity = identities.of(account)
    yield {
        "kind": account.kind,
        "status": account.status,
        "name": accounts.name_of(account),
        "username": account.username,
        "phone": accounts.phone_of(account),
        "gender": accounts.gender_of(account),
        "birthdate": accounts.birthdate_of(account),
        "residence_division": accounts.residence_of(account),
        "identity": {"type": identity.type, "country": identity.country, "number": identity.number}
        if identity
        else None,
        "proofing_level": evidence.level(account, clock.now()),
        "language": account.locale.replace("_", "-"),
        "elder_mode": account.elder_mode,
        "notice_choices": account.notice_choices or {},
        "created_at": moment(account.created_at),
        "reverified_at": moment(account.reverified_at),
        "closes_at": moment(account.closes_at),
    }


def proofs(account: Account) -> Iterator[Row]:
    """Yield each piece of evidence of who the person is, and the cases it came from."""
    for piece in evidence.of_account(account.id):
        yield {
            "what": piece.code,
            "source": piece.source,
            "obtained_at": moment(piece.obtained_at),
            "expires_at": moment(piece.expires_at),
            "ended_at": moment(piece.ended_at),
            "end_reason": piece.end_reason,
        }


def proofing_cases(account: Account) -> Iterator[Row]:
    """Yield what was asked to prove the name."""
    for case in cases.of_account(account.id):
        yield {
            "number": case.printed_number,
            "way": case.verifier,
            "state": case.state,
            "reasons": case.reasons,
            "division": case.division_code,
            "created_at": moment(case.created_at),
            "decided_at": moment(case.decided_at),
        }


def ways_in(account: Account) -> Iterator[Row]:
    """Yield the ways of signing in, by name; never their secrets."""
    changed_at = pwd.changed_at(account.id)
    if pwd.find_hash(account.id) is not None:
        yield {"kind": "password", "added_at": moment(changed_at)}
    totp = otp.find(account.id)
    if totp is not None:
        yield {
            "kind": "totp",
            "added_at": moment(totp.enrolled_at),
            "last_used_at": moment(totp.last_used_at),
        }
    codes_left = recovery_code.count_left(account.id)
    if codes_left:
        yield {"kind": "recovery_codes", "left": codes_left}
    for key in passkey.of_account(account.id):
        yield {
            "kind": "passkey",
            "name": key.name,
            "added_at": moment(key.created_at),
            "last_used_at": moment(key.last_used_at),
            "suspended_at": moment(key.suspended_at),
        }
    for card in client_certificate.of_account(account.id):
        yield {
            "kind": "certificate",
            "name": card.name,
            "issuer": card.issuer,
            "serial": card.serial,
            "subject": client_certificate.subject_of(card),
            "valid_until": moment(card.not_after),
            "added_at": moment(card.created_at),
            "last_used_at": moment(card.last_used_at),
        }
    for device in db.session.scalars(select(KnownDevice).where(KnownDevice.account_id == account.id)).all():
        # Which browser it is, we cannot tell: only a digest is kept.
        yield {"kind": "known_device", "last_used_at": moment(device.last_seen_at)}


def sessions(account: Account) -> Iterator[Row]:
    """Yield the logins that are kept, newest first, with their sites."""
    before = None
    while True:
        wanted = select(Session).where(Session.account_id == account.id)
        if before is not None:
            wanted = wanted.where(Session.id < before)
        found = db.session.scalars(wanted.order_by(Session.id.desc()).limit(BATCH)).all()
        sites = participant.of_sessions([one.id for one in found])
        for one in found:
            yield {
                "device": user_agent.name(one.user_agent),
                "user_agent": one.user_agent,
                "address": one.address,
                "methods": one.methods,
                "authenticated_at": moment(one.auth_time),
                "started_at": moment(one.created_at),
                "last_seen_at": moment(one.last_seen_at),
                "ended_at": moment(one.ended_at),
                "sites": [
                    {"client_id": at.client_id, "subject": at.sub, "since": moment(at.first_at)}
                    for at in sites.get(one.id, [])
                ],
            }
        if len(found) < BATCH:
            return
        before = found[-1].id


def messages(account: Account) -> Iterator[Row]:
    """Yield the inbox, newest first."""
    before = None
    while found := notice.recent(account.id, BATCH, before=before):
        for one in found:
            yield {
                "name": one.name,
                "values": notice.values_of(one),
                "at": moment(one.created_at),
                "read_at": moment(one.read_at),
            }
        before = found[-1].id
