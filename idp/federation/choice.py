"""Choosing among the ways to a trust anchor: each is verified, the first by `trust_chain.preference` counts.

OpenID Federation 1.0 §10.3 leaves the choice to us; it is the same for the same statements, whoever answers first.
Without a valid chain the refusal of the way that came first in that order is told, for it is the one to be mended.
"""

from collections.abc import Mapping

from joserfc.jwk import KeySet

from idp.federation import trust_chain
from idp.federation.discovery import Candidate, DeadEnd, Discovered
from idp.federation.trust_chain import ChainRefused, TrustChain

NO_CHAIN = "no_chain"


class Undecided(Exception):
    """No valid chain was found, and somebody who might know one did not answer."""

    def __init__(self, end: DeadEnd) -> None:
        super().__init__(f"{end.superior_id}: {end.rule} {end.value}".strip())
        self.end = end


def choose(found: Discovered, anchors: Mapping[str, KeySet], now: int) -> tuple[Candidate, TrustChain]:
    """Return the way that counts, verified; raises ChainRefused, or Undecided when it may be otherwise in a moment."""
    valid: list[tuple[Candidate, TrustChain]] = []
    refused: list[ChainRefused] = []
    for candidate in sorted(found.candidates, key=lambda one: (len(one.path), one.path)):
        try:
            valid.append((candidate, trust_chain.verify(candidate.tokens, anchors, now)))
        except ChainRefused as error:
            refused.append(error)
    if valid:
        return min(valid, key=lambda one: trust_chain.preference(one[1]))
    away = next((end for end in found.dead_ends if end.is_passing), None)
    if away is not None:
        raise Undecided(away)
    if refused:
        raise refused[0]
    raise refusal(found)


def refusal(found: Discovered) -> ChainRefused:
    """Return why no way led to an anchor: the dead end that came furthest."""
    if not found.dead_ends:
        return ChainRefused(NO_CHAIN, found.entity_id, "", "", None, ())
    end = max(found.dead_ends, key=lambda one: len(one.path))
    return ChainRefused(
        end.rule, end.path[-1] if end.path else found.entity_id, end.superior_id, "", end.value or None, ()
    )
