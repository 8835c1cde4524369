"""What an authority demands of all below it, checked before it is said: policy, limits, who may give which marks.

OpenID Federation 1.0 §6.1 (``metadata_policy``), §6.2 (``constraints``), §7.2 (``trust_mark_issuers``). A rule that no
reader could follow would cut off everybody below, so it is refused here, where its author can mend it.
"""

import json
from typing import Any

from idp.errors import InvalidInput
from idp.federation import constraints as constraint_rules
from idp.federation import hosted_entity, metadata_policy, statement_claims
from idp.federation.hosted_entity import ANCHOR, HostedEntity
from idp.federation.metadata_policy import PolicyRefused
from idp.federation.signed_jwt import JwtRefused

LONGEST = 65_536


def set_policy(entity_id: str, policy: object) -> HostedEntity:
    """Set the metadata policy for all below the authority; empty takes it away. The caller commits.

    Raises NotFound, InvalidInput ``policy_wrong`` with the entity type, parameter and operator that cannot be.
    """
    _authority(entity_id)
    return hosted_entity.update(entity_id, metadata_policy=check_policy(policy) or None)


def set_constraints(entity_id: str, constraints: object) -> HostedEntity:
    """Set the constraints for all below the authority; empty takes them away. The caller commits.

    Raises NotFound, InvalidInput ``constraints_wrong``.
    """
    _authority(entity_id)
    return hosted_entity.update(entity_id, constraints=check_constraints(constraints) or None)


def set_trust_mark_issuers(entity_id: str, issuers: object) -> HostedEntity:
    """Say who may give which trust marks in the federation of a hosted anchor. The caller commits.

    Raises NotFound, InvalidInput ``issuers_wrong``.
    """
    if _authority(entity_id).kind != ANCHOR:
        raise InvalidInput("issuers_wrong", "only a trust anchor says who gives trust marks")
    try:
        statement_claims.trust_mark_issuers({"trust_mark_issuers": issuers})
    except JwtRefused as error:
        raise InvalidInput("issuers_wrong", "must be kinds of marks with entity identifiers") from error
    return hosted_entity.update(entity_id, trust_mark_issuers=issuers or None)


def read_json(content: bytes) -> object:
    """Return the JSON of a file with rules; raises InvalidInput ``rules_wrong``."""
    if len(content) > LONGEST:
        raise InvalidInput("rules_wrong", f"more than {LONGEST} bytes")
    try:
        found: object = json.loads(content)
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise InvalidInput("rules_wrong", "not a JSON document that can be read") from error
    return found


def check_policy(policy: object) -> dict[str, Any]:
    """Return a policy that every reader can follow; raises InvalidInput ``policy_wrong``."""
    try:
        read = metadata_policy.read(policy)
    except PolicyRefused as error:
        raise InvalidInput("policy_wrong", f"the policy cannot be: {error}", detail=str(error)) from error
    said = read.to_json()
    if said != policy:
        # Operators that nobody here understands are left out by readers: then they hold for nobody.
        raise InvalidInput("policy_wrong", "the policy has operators that are not of the standard")
    return said


def check_constraints(constraints: object) -> dict[str, Any]:
    """Return constraints that every reader can follow; raises InvalidInput ``constraints_wrong``."""
    try:
        constraint_rules.read(constraints)
    except ValueError as error:
        raise InvalidInput("constraints_wrong", f"the constraints cannot be: {error}") from error
    assert isinstance(constraints, dict)  # noqa: S101 - `read` takes nothing else
    return constraints


def _authority(entity_id: str) -> HostedEntity:
    found = hosted_entity.get(entity_id)
    if not found.is_authority:
        raise InvalidInput("not_an_authority", "this entity vouches for nobody")
    return found
