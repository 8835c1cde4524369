"""What another policy or other limits of an authority would do to the sites below it, before they hold.

The chains that are in use here, or that cost no fetch, are judged once more with the authority's statement changed:
bounded, nothing is asked elsewhere, nothing is kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from idp import clock
from idp.db import db
from idp.federation import (
    chain_metadata,
    constraints,
    drawn,
    hosted_entity,
    metadata_policy,
    resolution,
    subordinate,
    trust_anchor,
    trust_chain,
    trust_chain_row,
)
from idp.federation.drawn import Row
from idp.federation.entity_statement import EntityStatement
from idp.federation.explanation import Refusal
from idp.federation.metadata_policy import PolicyRefused
from idp.federation.resolution import RESOLUTION, Unreachable
from idp.federation.subordinate import ACTIVE, Subordinate
from idp.federation.trust_chain import ChainRefused, TrustChain

MOST_SITES = 40
MOST_LOOKED_AT = 2000
DEEPEST = 12
CHUNK = 400


@dataclass(frozen=True)
class Tried:
    """What becomes of one site: refused and why, or how its metadata changes."""

    entity_id: str
    refusal: Refusal | None
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Trial:
    """What becomes of the sites that were tried. ``untried``: how many more there are that nobody uses now."""

    tried: tuple[Tried, ...]
    untried: int
    is_whole: bool

    @property
    def refused(self) -> tuple[Tried, ...]:
        """Those that would be out."""
        return tuple(one for one in self.tried if one.refusal is not None)


def check(entity_id: str, policy: Mapping[str, Any] | None, limits: Mapping[str, Any] | None) -> None:
    """Raise PolicyRefused or ValueError for what cannot be read, or contradicts the policies above the authority."""
    own = metadata_policy.read(dict(policy or {}))
    constraints.read(dict(limits or {}))
    try:
        chain = resolution.resolve(entity_id)
    except (ChainRefused, Unreachable):
        # It is no part of a chain now: what stands above it cannot be known.
        return
    merged = metadata_policy.EMPTY
    for statement in reversed([one for one in chain.statements if not one.is_configuration]):
        merged = metadata_policy.merge(merged, metadata_policy.read(statement.metadata_policy or {}))
    metadata_policy.merge(merged, own)


def run(entity_id: str, policy: Mapping[str, Any] | None, limits: Mapping[str, Any] | None) -> Trial:
    """Try both at the sites below the authority, `MOST_SITES` of them."""
    tried: list[Tried] = []
    untried = looked_at = 0
    for site in _sites_below(entity_id):
        looked_at += 1
        chain = _chain(site) if len(tried) < MOST_SITES else None
        if chain is None:
            untried += 1
        elif entity_id in chain.path:
            tried.append(_try(chain, entity_id, policy, limits))
    return Trial(tuple(tried), untried, is_whole=looked_at < MOST_LOOKED_AT)


def _try(
    chain: TrustChain, entity_id: str, policy: Mapping[str, Any] | None, limits: Mapping[str, Any] | None
) -> Tried:
    above = [one for one in chain.statements[1:] if not one.is_configuration]
    changed = [_changed(one, policy, limits) if one.iss == entity_id else one for one in above]
    try:
        made = chain_metadata.resolve(chain.statements[0], changed, chain.path, [])
    except ChainRefused as refused:
        return Tried(chain.subject, refused.refusal)
    return Tried(chain.subject, None, tuple(drawn.metadata_rows(chain.metadata, made)))


def _changed(
    statement: EntityStatement, policy: Mapping[str, Any] | None, limits: Mapping[str, Any] | None
) -> EntityStatement:
    """Return the statement as it would be: what is said of that subordinate alone stays."""
    row = subordinate.find(statement.iss, statement.sub)
    for_one = (row.metadata_policy if row else None) or {}
    merged = {kind: dict(rules) for kind, rules in (policy or {}).items()}
    for kind, rules in for_one.items():
        merged.setdefault(kind, {}).update(rules)
    limited = {**(limits or {}), **((row.constraints if row else None) or {})}
    claims = {**statement.claims, "metadata_policy": merged or None, "constraints": limited or None}
    return replace(
        statement,
        claims={name: value for name, value in claims.items() if value is not None},
        constraints=constraints.read(limited) if limited else None,
    )


def _chain(site: str) -> TrustChain | None:
    """Return the site's chain as far as it is known without asking anybody elsewhere."""
    known = RESOLUTION.get().known.find_unconfirmed((site, ""))
    if known is not None:
        return known.chain
    try:
        if hosted_entity.find(site) is not None:
            return resolution.resolve(site)
        stored = trust_chain_row.find(site, "")
        if stored is None:
            return None
        return trust_chain.verify(stored.tokens, trust_anchor.all_anchors(), clock.timestamp())
    except (ChainRefused, Unreachable, PolicyRefused):
        return None


def _sites_below(entity_id: str) -> Iterator[str]:
    seen, level = {entity_id}, [entity_id]
    for _ in range(DEEPEST):
        lower: list[str] = []
        for site, is_intermediate in _below(level):
            if site in seen:
                continue
            seen.add(site)
            if len(seen) > MOST_LOOKED_AT:
                return
            if is_intermediate:
                lower.append(site)
            else:
                yield site
        level = lower


def _below(level: Sequence[str]) -> list[tuple[str, bool]]:
    found: list[tuple[str, bool]] = []
    for start in range(0, len(level), CHUNK):
        query = (
            select(Subordinate.entity_id, Subordinate.is_intermediate)
            .where(Subordinate.superior_id.in_(level[start : start + CHUNK]), Subordinate.status == ACTIVE)
            .order_by(Subordinate.entity_id)
            .limit(MOST_LOOKED_AT)
        )
        found += [(site, is_intermediate) for site, is_intermediate in db.session.execute(query)]
    return found
