"""Registering, changing and removing relying parties: state and audit event in one transaction.

Nothing is committed here. Once the caller commits, every process hears that it must read it anew.
"""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from idp import clock, logs
from idp.audit import log
from idp.audit.event import EventName
from idp.db import db
from idp.ephemeral.store import EPHEMERAL, EphemeralStore
from idp.errors import Conflict, IdpError, InvalidInput, NotFound
from idp.relying_parties import (
    metadata,
    needed_data,
    relying_party,
    relying_party_row,
    served_item,
    served_item_filling,
)
from idp.relying_parties.cache import CACHE, CHANNEL, RelyingPartyCache
from idp.relying_parties.metadata import InvalidMetadata, Metadata, Problem
from idp.relying_parties.relying_party import RelyingParty
from idp.relying_parties.relying_party_row import ACTIVE, DISABLED, RelyingPartyRow
from idp.settings import SETTINGS

SECRET_BYTES = 32
SECRET_METHODS = ("client_secret_basic", "client_secret_post")
CREATED, UPDATED, UNCHANGED = OUTCOMES = ("created", "updated", "unchanged")

_log = logs.get(__name__)


@dataclass(frozen=True)
class Registered:
    """What became of one registration; ``secret`` is there when it was made now and must be shown, once."""

    relying_party: RelyingParty
    outcome: str
    secret: str | None = field(default=None, repr=False)
    warnings: tuple[Problem, ...] = ()


def create(document: object) -> Registered:
    """Register a new relying party; makes a secret where its method needs one and none is given.

    Raises InvalidMetadata, Conflict.
    """
    parsed = read(document)
    if relying_party_row.find(parsed.relying_party.client_id) is not None:
        raise Conflict(
            "relying_party_exists", "a relying party with this client_id exists", field="client_id"
        )
    made = None
    if parsed.secret is None and _needs_secret(parsed):
        made = secrets.token_urlsafe(SECRET_BYTES)
    _insert(parsed, made or parsed.secret)
    return Registered(parsed.relying_party, CREATED, made, parsed.warnings)


def put(parsed: Metadata) -> Registered:
    """Register, or bring up to date, what an import gave; the same metadata twice changes nothing.

    Raises InvalidMetadata when a secret is needed, and neither given nor there already.
    """
    rp = parsed.relying_party
    row = relying_party_row.find(rp.client_id)
    check_secret_given(parsed, row)
    if row is None:
        _insert(parsed, parsed.secret)
        return Registered(rp, CREATED, None, parsed.warnings)
    digest = _digest_after(parsed, row)
    if row.given == parsed.given and row.secret_digest == digest:
        return Registered(rp, UNCHANGED, None, parsed.warnings)
    if row.secret_digest != digest:
        row.old_secret_digest = row.old_secret_until = None
    row.given, row.secret_digest = parsed.given, digest
    _touch(row)
    served_item_filling.index(row)
    log.record(EventName.RELYING_PARTY_UPDATED, client_id=rp.client_id, version=row.version)
    return Registered(rp, UPDATED, None, parsed.warnings)


def update(client_id: str, changes: dict[str, Any]) -> Registered:
    """Change single fields; null takes one away. Raises NotFound, InvalidMetadata."""
    row = get(client_id)
    if row.registration is not None:
        raise InvalidInput(
            "governed_by_superiors", "what a member of the federation may do is for its superiors to change"
        )
    document = {name: value for name, value in (row.given | changes).items() if value is not None}
    return put(read(document | {"client_id": client_id}))


def delete(client_id: str) -> None:
    """Remove a relying party; what it was given ends, because nobody finds it any more. Raises NotFound."""
    db.session.delete(get(client_id))
    db.session.flush()
    served_item.remove(client_id)
    log.record(EventName.RELYING_PARTY_DELETED, client_id=client_id)
    announce_after_commit(client_id)


def set_active(client_id: str, *, active: bool) -> None:
    """Let a relying party be used again, or not for now. Raises NotFound."""
    row = get(client_id)
    row.status = ACTIVE if active else DISABLED
    _touch(row)
    served_item_filling.index(row)
    log.record(EventName.RELYING_PARTY_UPDATED, client_id=client_id, status=row.status)


def rotate_secret(client_id: str, *, keep_old: timedelta = timedelta(0)) -> str:
    """Make a new secret and return it, to be shown once; the old one works on for *keep_old*.

    Raises NotFound, and InvalidInput for a relying party that uses no secret.
    """
    row = get(client_id)
    if row.registration is not None or not _needs_secret(read(row.given)):
        raise InvalidInput("no_secret_used", "this relying party does not authenticate by a secret")
    secret = secrets.token_urlsafe(SECRET_BYTES)
    row.old_secret_digest = row.secret_digest if keep_old else None
    row.old_secret_until = clock.now() + keep_old if keep_old else None
    row.secret_digest = relying_party.secret_digest(client_id, secret)
    _touch(row)
    log.record(EventName.RELYING_PARTY_SECRET_ROTATED, client_id=client_id, version=row.version)
    return secret


def get(client_id: str) -> RelyingPartyRow:
    """Return the stored relying party, active or not; raises NotFound."""
    row = relying_party_row.find(client_id)
    if row is None:
        raise NotFound("relying_party_not_found", "there is no relying party with this client_id")
    return row


def read(document: object) -> Metadata:
    """Validate metadata under this deployment's rules. Raises InvalidMetadata."""
    parsed = metadata.parse(document, sandbox=SETTINGS.get().sandbox)
    rp = parsed.relying_party
    if more := needed_data.beyond(rp.item_codes, [item.name for item in rp.items]):
        raise InvalidMetadata(
            [Problem("items", f"{name} is needed by none of item_codes") for name in sorted(more)]
        )
    return parsed


def check_secret_given(parsed: Metadata, row: RelyingPartyRow | None) -> None:
    """Raise InvalidMetadata for metadata whose method needs a secret that is neither given nor stored."""
    if _needs_secret(parsed) and parsed.secret is None and (row is None or row.secret_digest is None):
        method = parsed.relying_party.token_endpoint_auth_method
        raise InvalidMetadata([Problem("client_secret", f"is missing: {method} needs it (or give jwks)")])


def _needs_secret(parsed: Metadata) -> bool:
    return parsed.relying_party.token_endpoint_auth_method in SECRET_METHODS


def _digest_after(parsed: Metadata, row: RelyingPartyRow) -> bytes | None:
    if not _needs_secret(parsed):
        return None
    if parsed.secret is None:
        return row.secret_digest
    return relying_party.secret_digest(row.client_id, parsed.secret)


def _insert(parsed: Metadata, secret: str | None) -> None:
    client_id, now = parsed.relying_party.client_id, clock.now()
    digest = relying_party.secret_digest(client_id, secret) if secret else None
    row = RelyingPartyRow(client_id=client_id, given=parsed.given, secret_digest=digest, created_at=now)
    row.status, row.version, row.updated_at = ACTIVE, 1, now
    db.session.add(row)
    db.session.flush()
    served_item.put(parsed.relying_party)
    log.record(EventName.RELYING_PARTY_CREATED, client_id=client_id, version=1)
    announce_after_commit(client_id)


def _touch(row: RelyingPartyRow) -> None:
    row.version += 1
    row.updated_at = clock.now()
    db.session.flush()
    announce_after_commit(row.client_id)


def announce_after_commit(client_id: str) -> None:
    """Tell every process, once the present transaction is committed, to read the relying party anew."""
    cache, store = CACHE.get(), EPHEMERAL.get()

    def announce(_session: Session) -> None:
        _announce(client_id, cache, store)

    event.listen(db.session(), "after_commit", announce, once=True)


def _announce(client_id: str, cache: RelyingPartyCache, store: EphemeralStore) -> None:
    cache.forget(client_id)
    try:
        store.publish(CHANNEL, client_id)
    except IdpError as error:
        # It is committed; the others find out when their entry has ended.
        _log.warning("change of a relying party not announced", client_id=client_id, error_code=error.code)
