"""What a hosted entity has to say at this moment, read from the database: the claims of a statement and who signs them.

OpenID Federation 1.0 §3.1. Unsigned: `hosted_statement` signs and remembers. The times are the same in every process:
``iat`` is the beginning of the present half-life or the last change, whichever came later.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from idp import clock, logs
from idp.db import db
from idp.federation import constraints, entity_metadata, federation_key, issued_trust_mark, subordinate
from idp.federation.federation_key import CURRENT, FederationKey
from idp.federation.hosted_entity import ACTIVE, ANCHOR, HostedEntity
from idp.federation.subordinate import Subordinate
from idp.keys.master_key import MasterKeyError
from idp.settings import SETTINGS

LOG = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class Spoken:
    """Claims to sign with *key*, and when (seconds since 1970) they are to be signed anew at the latest."""

    claims: Mapping[str, Any]
    key: FederationKey
    renew_at: int


def configuration(entity_id: str) -> Spoken | None:
    """Return what the entity says of itself; None for one that is not hosted here."""
    entity = _entity(entity_id)
    keys = federation_key.published(entity_id) if entity else []
    if entity is None or not keys or keys[0].state != CURRENT:
        return None
    marks = issued_trust_mark.held(entity_id)
    changes = [entity.updated_at, *_changes(keys), *(mark.issued_at for mark in marks)]
    claims: dict[str, Any] = {
        "sub": entity_id,
        "jwks": {"keys": [federation_key.public_jwk(key) for key in keys]},
        "metadata": entity_metadata.of(entity),
        "trust_marks": [
            {"trust_mark_type": mark.trust_mark_type, "trust_mark": mark.token} for mark in marks
        ],
    }
    if entity.kind == ANCHOR:
        claims |= {
            "trust_mark_issuers": entity.trust_mark_issuers,
            "trust_mark_owners": entity.trust_mark_owners,
        }
    else:
        claims["authority_hints"] = entity.authority_hints
    ends = [int(mark.expires_at.timestamp()) for mark in marks if mark.expires_at]
    return _timed(entity_id, entity.extra_claims | claims, keys[0], changes, ends)


def of_subordinate(superior_id: str, entity_id: str) -> Spoken | None:
    """Return what the superior says of the entity; None: not hosted, no subordinate, or suspended."""
    superior, found = _entity(superior_id), _subordinate(superior_id, entity_id)
    if superior is None or found is None or not found.is_active:
        return None
    key = next((one for one in federation_key.published(superior_id) if one.state == CURRENT), None)
    keys, key_changes = _keys_of(found)
    if key is None or not keys:
        return None
    changes = [superior.updated_at, found.updated_at, *_changes([key]), *key_changes]
    claims = {
        "sub": entity_id,
        "jwks": {"keys": keys},
        "metadata": found.declared,
        "metadata_policy": _policy(superior.metadata_policy, found.metadata_policy),
        "constraints": (superior.constraints or {}) | (found.constraints or {}) | _depth(found),
        "source_endpoint": entity_metadata.endpoints(superior_id)["federation_fetch_endpoint"],
    }
    return _timed(superior_id, found.extra_claims | claims, key, changes, [])


def _keys_of(found: Subordinate) -> tuple[list[dict[str, Any]], list[datetime]]:
    """The public keys the superior vouches for, and when they changed."""
    if found.is_hosted:
        ever = federation_key.ever(found.entity_id)
        return [federation_key.public_jwk(key) for key in federation_key.published_of(ever)], _changes(ever)
    try:
        keys: list[dict[str, Any]] = subordinate.jwks_of(found)["keys"]
    except MasterKeyError:
        LOG.exception(
            "keys of a subordinate in the database are not ours; nobody vouches for it",
            entity=found.entity_id,
            superior=found.superior_id,
        )
        return [], []
    return keys, []


def _depth(found: Subordinate) -> dict[str, int]:
    """Let a site vouch for nobody: its word of others would count as a superior's (§6.2.1)."""
    return {} if found.is_intermediate else {constraints.MAX_PATH_LENGTH: 0}


def _policy(for_all: Mapping[str, Any] | None, for_one: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the policy for one subordinate: what is said of a parameter for it alone replaces what holds for all."""
    merged = {kind: dict(rules) for kind, rules in (for_all or {}).items()}
    for kind, rules in (for_one or {}).items():
        merged.setdefault(kind, {}).update(rules)
    return merged


def _timed(
    issuer: str,
    claims: Mapping[str, Any],
    key: FederationKey,
    changes: Iterable[datetime],
    ends: Iterable[int],
) -> Spoken:
    life = SETTINGS.get().federation.statement_life
    half = max(1, life // 2)
    # Each issuer at its own moment, so that not all are signed anew at once.
    offset = int.from_bytes(hashlib.sha256(issuer.encode()).digest()[:4], "big") % half
    now = clock.timestamp()
    began = now - (now - offset) % half
    changed = max(int(moment.timestamp()) for moment in changes)
    said = {name: value for name, value in claims.items() if value}
    times = {"iss": issuer, "iat": min(now, max(began, changed)), "exp": began + life}
    return Spoken(said | times, key, min([began + half, *(end for end in ends if end > now)]))


def _changes(keys: Iterable[FederationKey]) -> list[datetime]:
    moments = (
        moment
        for key in keys
        for moment in (key.created_at, key.current_at, key.retired_at, key.revoked_at)
        if moment is not None
    )
    return list(moments)


def _entity(entity_id: str) -> HostedEntity | None:
    query = select(HostedEntity).where(HostedEntity.entity_id == entity_id, HostedEntity.status == ACTIVE)
    return db.session.scalar(query.execution_options(populate_existing=True))


def _subordinate(superior_id: str, entity_id: str) -> Subordinate | None:
    query = select(Subordinate).where(
        Subordinate.superior_id == superior_id, Subordinate.entity_id == entity_id
    )
    return db.session.scalar(query.execution_options(populate_existing=True))
