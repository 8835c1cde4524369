"""The level of a session: the lower one of P and the cap of A. Pure."""

from idp.assurance.policy import AUTHENTICATOR_LEVELS, Policy


def of(policy: Policy, proofing: int, authenticator: int) -> int:
    """Return the level of a session of an account at P *proofing* that logged in with A *authenticator*."""
    return min(proofing, policy.caps[authenticator])


def authenticator_for(policy: Policy, level: int) -> int:
    """Return the least A whose cap reaches *level*; ValueError when none does."""
    for authenticator in AUTHENTICATOR_LEVELS:
        if policy.caps[authenticator] >= level:
            return authenticator
    raise ValueError(f"no authenticator reaches level {level}")
