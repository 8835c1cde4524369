"""Refresh tokens: opaque, stored as digests, rotated at each use (RFC 9700 §4.14.2).

A token used again after its grace revokes the whole family. Within the grace it gives the very successor that the
first use gave, so that a client that lost the answer, or asked twice at once, goes on with one family. The
successor is kept sealed under a key that only the rotated token itself yields: the database alone reveals nothing.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select, update

from idp import clock
from idp.audit import log
from idp.audit.event import EventName
from idp.db import UtcDateTime, commit, db
from idp.keys.master_key import Cipher
from idp.settings import SETTINGS
from idp.tokens import grant as grants
from idp.tokens import handle
from idp.tokens.grant import Grant

KIND = "refresh"
ID_BYTES = 16
# Put together once: building them takes longer than running them.
_ROTATE = (
    update(Grant)
    .where(
        Grant.id == bindparam("grant_id"),
        Grant.client_id == bindparam("by_client"),
        Grant.refresh_hash == bindparam("presented"),
        grants.HOLDS,
    )
    .values(
        refresh_hash=bindparam("successor"),
        previous_hash=bindparam("presented"),
        successor_sealed=bindparam("sealed"),
        rotated_at=bindparam("now", type_=UtcDateTime),
        expires_at=bindparam("end"),
    )
    .returning(Grant)
    .execution_options(synchronize_session=False)
)
_FIND = (
    select(Grant)
    .where(Grant.id == bindparam("grant_id"), Grant.client_id == bindparam("by_client"), grants.HOLDS)
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True)
class Rotation:
    """A successful use: the grant and the refresh token to go on with."""

    grant: Grant
    token: str


def issue(grant: Grant) -> str:
    """Give *grant* its first refresh token and return it."""
    token = handle.issue(KIND, grant.id.bytes)
    grant.refresh_hash = handle.digest(token)
    return token


def parse(token: str) -> UUID | None:
    """Return the grant a refresh token of ours belongs to; None for anything we did not issue. No I/O."""
    prefix = handle.parse(KIND, token, ID_BYTES)
    return None if prefix is None else UUID(bytes=prefix)


def find(token: str) -> Grant | None:
    """Return the grant while *token* is its current refresh token, without using it up."""
    grant_id = parse(token)
    found = None if grant_id is None else grants.find_holding(grant_id)
    return found[0] if found and found[0].refresh_hash == handle.digest(token) else None


def find_family(token: str) -> Grant | None:
    """Return the grant a refresh token of ours belongs to, whether it is the current one or was rotated."""
    grant_id = parse(token)
    return None if grant_id is None else db.session.get(Grant, grant_id)


def rotate(token: str, client_id: str) -> Rotation | None:
    """Use *token*; None when it is not (or no longer) good. The caller commits a success.

    Reuse is committed here, because the caller's transaction ends in a refusal.
    """
    grant_id = parse(token)
    if grant_id is None:
        return None
    now = clock.now()
    presented = handle.digest(token)
    successor = handle.issue(KIND, grant_id.bytes)
    values = {
        "grant_id": grant_id,
        "by_client": client_id,
        "presented": presented,
        "successor": handle.digest(successor),
        "sealed": _cipher(token).seal(successor.encode(), str(grant_id)),
        "now": now,
        "end": now + grants.lifetime(),
    }
    grant = db.session.execute(_ROTATE, values).scalar_one_or_none()
    if grant is not None:
        return Rotation(grant, successor)
    return _used_before(grant_id, token, presented, client_id, now)


def _used_before(
    grant_id: UUID, token: str, presented: bytes, client_id: str, now: datetime
) -> Rotation | None:
    values = {"grant_id": grant_id, "by_client": client_id, "now": now}
    grant = db.session.execute(_FIND, values).scalar_one_or_none()
    if grant is None:
        return None
    grace = timedelta(seconds=SETTINGS.get().lifetimes.refresh_grace)
    if (
        grant.previous_hash == presented
        and grant.successor_sealed
        and grant.rotated_at is not None
        and now <= grant.rotated_at + grace
    ):
        return Rotation(grant, _cipher(token).open(grant.successor_sealed, str(grant_id)).decode())
    if grant.refresh_hash is None:
        return None
    grants.revoke(grant_id, "refresh_token_reused")
    log.record(
        EventName.REFRESH_TOKEN_REUSED,
        account_id=grant.account_id,
        client_id=client_id,
        grant_id=str(grant_id),
    )
    commit()
    grants.forget(grant)
    return None


def _cipher(token: str) -> Cipher:
    return Cipher(hashlib.sha256(b"successor\0" + token.encode()).digest())
