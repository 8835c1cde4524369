"""Turning federation keys, and signing again the trust marks that the former key signed (§11.2)."""

from datetime import timedelta

from idp.federation import federation_key, issued_trust_mark
from idp.federation.federation_key import FederationKey

# Entities of one run of the worker's job.
BATCH = 200


def rotate(entity_id: str) -> FederationKey:
    """Let the entity's next key sign from now on. Raises NotFound, Conflict."""
    key = federation_key.rotate(entity_id)
    issued_trust_mark.sign_again(entity_id)
    return key


def revoke(entity_id: str, kid: str, reason: str) -> None:
    """Take a key back for good; if it signed, another does from now on. Raises NotFound, Conflict."""
    federation_key.revoke(entity_id, kid, reason)
    issued_trust_mark.sign_again(entity_id)


def rotate_due(every: timedelta, most: int = BATCH) -> int:
    """Prepare and turn the keys whose time has come, of *most* entities; return how many changed."""
    turned = federation_key.rotate_due(every, most)
    for entity_id in turned:
        issued_trust_mark.sign_again(entity_id)
    return len(turned)
