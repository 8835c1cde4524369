"""The sections about dealings with others: services and consent, requests to delete, mandates, help, the timeline."""

from collections.abc import Iterator
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import select

from idp import clock
from idp.account_export.person import BATCH, Row, moment
from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.audit import timeline, timeline_kind
from idp.audit.log import AuditEvent
from idp.consent import consent_record, deletion_request
from idp.consent import event as consent_event
from idp.consent.consent_record import ConsentRecord
from idp.db import db
from idp.linking import linked_account
from idp.mandates import assisted_case
from idp.mandates.mandate import Mandate
from idp.operators import post as posts
from idp.recognition import home
from idp.relying_parties import cache, subject
from idp.tokens.grant import Grant

# What says how, not what: of no use to the person, or about somebody else.
NOT_OURS = ("_id", "_digest")
MOST_HELP = 1000


def services(account: Account) -> Iterator[Row]:
    """Yield what each service may have now, and the subject it knows the person by."""
    now = clock.now()
    records = consent_record.of_account(account.id)
    cache.load(one.client_id for one in records)
    for row in records:
        rp = cache.find(row.client_id)
        yield {
            "client_id": row.client_id,
            "name": rp.client_name.text(account.locale) if rp else None,
            "subject": subject.sub_of(account.subject_id, rp) if rp else None,
            **_record(row),
            "state": row.state(now),
        }


def home_provinces(account: Account) -> Iterator[Row]:
    """Yield the provinces through whose providers the person logged in, and by what these call them."""
    for one in home.of_account(account.id):
        yield {
            "issuer": one.issuer,
            "subject": one.subject,
            "started_at": moment(one.first_at),
            "last_seen_at": moment(one.last_at),
        }


def linked_accounts(account: Account) -> Iterator[Row]:
    """Yield the older accounts that are linked, by what the services call them."""
    for one in linked_account.of_account(account.id):
        yield {
            "client_id": one.client_id,
            "legacy_id": linked_account.legacy_id_of(one),
            "how": one.how,
            "linked_at": moment(one.linked_at),
        }


def consent_events(account: Account) -> Iterator[Row]:
    """Yield every event of every consent record, newest first, whole and signed."""
    before: UUID | None = None
    while found := consent_event.of_account(account.id, before, BATCH):
        for one in found:
            yield {
                "record_id": str(one.record_id),
                "number": one.number,
                "name": one.name,
                "at": moment(one.at),
                "client_id": one.client_id,
                "acr": one.acr,
                "by": one.actor_kind,
                "document": one.document,
                "hash": one.hash.hex(),
                "signature": one.signature,
            }
        before = found[-1].id


def accesses(account: Account) -> Iterator[Row]:
    """Yield what sites were let in with, in no order, without any token."""
    after: UUID | None = None
    while True:
        wanted = select(Grant).where((Grant.account_id == account.id) | (Grant.principal_id == account.id))
        if after is not None:
            wanted = wanted.where(Grant.id > after)
        found = db.session.scalars(wanted.order_by(Grant.id).limit(BATCH)).all()
        for one in found:
            yield {
                "client_id": one.client_id,
                "subject": one.sub,
                "scope": one.scope,
                "items": one.items,
                "methods": one.methods,
                "by_somebody_for_me": one.account_id != account.id,
                "created_at": moment(one.created_at),
                "expires_at": moment(one.expires_at),
                "revoked_at": moment(one.revoked_at),
            }
        if len(found) < BATCH:
            return
        after = found[-1].id


def deletion_requests(account: Account) -> Iterator[Row]:
    """Yield what services were asked to delete, newest first."""
    before: UUID | None = None
    while found := deletion_request.of_account(account.id, before=before, limit=BATCH):
        for one in found:
            yield {
                "client_id": one.client_id,
                "asked_at": moment(one.asked_at),
                "status": one.status,
                "reason": one.reason,
                "answered_at": moment(one.answered_at),
            }
        before = found[-1].id


def mandates(account: Account) -> Iterator[Row]:
    """Yield mandates given and received, those that ended too, with the names of the others."""
    before: UUID | None = None
    while True:
        mine = (Mandate.principal_id == account.id) | (Mandate.holder_id == account.id)
        wanted = select(Mandate).where(mine)
        if before is not None:
            wanted = wanted.where(Mandate.id < before)
        found = db.session.scalars(wanted.order_by(Mandate.id.desc()).limit(BATCH)).all()
        names = accounts.names_of({one.principal_id for one in found} | {one.holder_id for one in found})
        for one in found:
            yield {
                "acts": names.get(one.holder_id),
                "for": names.get(one.principal_id),
                "given_by_me": one.principal_id == account.id,
                "role": one.role,
                "items": one.items,
                "status": one.status,
                "starts_at": moment(one.starts_at),
                "expires_at": moment(one.expires_at),
                "ended_at": moment(one.ended_at),
                "end_reason": one.end_reason,
                "evidence_number": one.evidence_number,
            }
        if len(found) < BATCH:
            return
        before = found[-1].id


def assisted(account: Account) -> Iterator[Row]:
    """Yield where a clerk did something with the person present."""
    for one in assisted_case.of_principal(account.id, MOST_HELP):
        yield {
            "organization": one.organization,
            "client_id": one.client_id,
            "item": one.item,
            "started_at": moment(one.started_at),
            "ended_at": moment(one.ended_at),
        }


def events(account: Account) -> Iterator[Row]:
    """Yield the timeline, newest first; of officials their office, never who it was."""
    account_id = account.id
    found = timeline.everything(account_id)
    while batch := list(islice(found, BATCH)):
        officials = {event.id: _official(event) for event in batch}
        known = posts.of_accounts({one for one in officials.values() if one is not None})
        for event in batch:
            official = officials[event.id]
            office = known.get(official) if official is not None else None
            kind = timeline_kind.find(event.name)
            yield {
                "name": event.name,
                "kind": kind.value if kind else None,
                "at": moment(event.at),
                "client_id": event.client_id,
                "by": _by(event, account_id),
                "organization": office.organization if office else None,
                "data": {key: value for key, value in event.data.items() if not key.endswith(NOT_OURS)},
            }


def _record(row: ConsentRecord) -> dict[str, Any]:
    return {
        "record_id": str(row.record_id),
        "legal_basis": row.legal_basis,
        "items": row.items,
        "items_by_law": row.by_law,
        "given_at": moment(row.given_at),
        "expires_at": moment(row.expires_at),
        "withdrawn_at": moment(row.withdrawn_at),
    }


def _official(event: AuditEvent) -> UUID | None:
    kind, _, who = (event.actor or "").partition(":")
    try:
        return UUID(who) if kind == "official" else None
    except ValueError:
        return None


def _by(event: AuditEvent, account_id: UUID) -> str:
    actor = event.actor or ""
    if not actor or actor.endswith(str(account_id)):
        return "self"
    kind, _, who = actor.partition(":")
    return kind if who else "system"
