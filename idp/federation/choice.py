"""Choosing among the ways to a trust anchor: each is verified, the first by `trust_chain.preference` counts.

OpenID Federation 1.0 §10.3 leaves the choice to us; it is the same for the same statements, whoever answers first.
Without a valid chain the refusal of the way that came first in that order is told, for it is the one to be mended.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from joserfc.jwk import KeySet

from idp.federation import mark_issuers, trust_chain
from idp.federation.discovery import Candidate, DeadEnd, Discovered
from idp.federation.explanation import CONFIGURATION, REFUSED, STATEMENT, Step
from idp.federation.trust_chain import ChainRefused, TrustChain

NO_CHAIN = "no_chain"


class Undecided(Exception):
    """No valid chain was found, and somebody who might know one did not answer."""

    def __init__(self, end: DeadEnd) -> None:
        super().__init__(f"{end.superior_id}: {end.rule} {end.value}".strip())
        self.end = end


@dataclass(frozen=True)
class Judged:
    """One way, and the chain that it is, or why it is none."""

    candidate: Candidate
    chain: TrustChain | None = None
    refused: ChainRefused | None = None


def judge(found: Discovered, anchors: Mapping[str, KeySet], now: int) -> list[Judged]:
    """Verify each way, the shortest first."""
    judged: list[Judged] = []
    for candidate in sorted(found.candidates, key=lambda one: (len(one.path), one.path)):
        try:
            judged.append(Judged(candidate, mark_issuers.verify(candidate.tokens, anchors, now)))
        except ChainRefused as error:
            judged.append(Judged(candidate, refused=error))
    return judged


def best(judged: Sequence[Judged]) -> tuple[Candidate, TrustChain] | None:
    """Return the way that counts, or None."""
    valid = [(one.candidate, one.chain) for one in judged if one.chain is not None]
    return min(valid, key=lambda one: trust_chain.preference(one[1]), default=None)


def choose(found: Discovered, anchors: Mapping[str, KeySet], now: int) -> tuple[Candidate, TrustChain]:
    """Return the way that counts, verified; raises ChainRefused, or Undecided when it may be otherwise in a moment."""
    judged = judge(found, anchors, now)
    chosen = best(judged)
    if chosen is not None:
        return chosen
    away = next((end for end in found.dead_ends if end.is_passing), None)
    if away is not None:
        raise Undecided(away)
    raise refusal(found, judged)


def refusal(found: Discovered, judged: Sequence[Judged]) -> ChainRefused:
    """Return why there is no chain: the first way's refusal, else that of the dead end that came furthest."""
    refused = next((one.refused for one in judged if one.refused is not None), None)
    if refused is not None:
        return refused
    if not found.dead_ends:
        return ChainRefused(NO_CHAIN, found.entity_id)
    return dead_end(found, max(found.dead_ends, key=lambda one: len(one.path)))


def dead_end(found: Discovered, end: DeadEnd) -> ChainRefused:
    """Return where a way ended as a refusal."""
    about = end.path[-1] if end.path else found.entity_id
    superior = "" if end.superior_id == about else end.superior_id
    kind = STATEMENT if superior else CONFIGURATION
    return ChainRefused.at(Step(kind, about, superior, REFUSED, value=end.value or None, rule=end.rule))
