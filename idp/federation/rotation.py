"""Turning federation keys, and what follows: marks of the former key are signed again, a hosted anchor is pinned anew.

OpenID Federation 1.0 §11.2.
"""

from datetime import timedelta

from idp.federation import federation_key, issued_trust_mark, trust_anchor
from idp.federation.federation_key import FederationKey

# Entities of one run of the worker's job.
BATCH = 200


def prepare(entity_id: str) -> FederationKey:
    """Publish the key that will sign next. Raises NotFound for an entity without keys."""
    federation_key.current(entity_id)
    key = federation_key.prepare(entity_id)
    _follow(entity_id)
    return key


def rotate(entity_id: str) -> FederationKey:
    """Let the entity's next key sign from now on. Raises NotFound, Conflict."""
    key = federation_key.rotate(entity_id)
    _follow(entity_id)
    return key


def revoke(entity_id: str, kid: str, reason: str) -> None:
    """Take a key back for good; if it signed, another does from now on. Raises NotFound, Conflict."""
    federation_key.revoke(entity_id, kid, reason)
    _follow(entity_id)


def rotate_due(every: timedelta, most: int = BATCH) -> int:
    """Prepare and turn the keys whose time has come, of *most* entities; return how many changed."""
    turned = federation_key.rotate_due(every, most)
    for entity_id in turned:
        _follow(entity_id)
    return len(turned)


def _follow(entity_id: str) -> None:
    issued_trust_mark.sign_again(entity_id)
    pinned = next((row for row in trust_anchor.listed() if row.entity_id == entity_id), None)
    keys = federation_key.jwks(entity_id)
    # An anchor that is hosted here tells its own deployment; all others hear of its keys in another way.
    if pinned is not None and pinned.jwks != trust_anchor.check_keys(keys):
        trust_anchor.add(entity_id, keys)
