"""What a new level policy would move, before anybody applies it: accounts from level to level, and sites out of reach.

Scans the accounts by key in batches, with memory that does not grow with their number; each batch is a transaction of
its own, so that nobody waits for the scan. Sites are worked out from the totals, without a second scan.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from idp import clock
from idp.accounts.account import ACTIVE, Account
from idp.assurance import acr, authenticator_level, evidence, proofing_level, session_level
from idp.assurance.policy import CITIZEN, ENTERPRISE, KINDS, LEVELS, Policy
from idp.authenticators import enrolled
from idp.db import commit, db
from idp.level_policy import current
from idp.relying_parties import metadata, relying_party_row
from idp.relying_parties.relying_party import RelyingParty
from idp.settings import SETTINGS

BATCH = 1000
FIRST = UUID(int=0)
# Whose account acts at a site that registered for these (``acting_as``).
ACTORS = {"self": CITIZEN, "enterprise": ENTERPRISE, "ward": CITIZEN, "relative": CITIZEN}


@dataclass(frozen=True)
class Move:
    """So many accounts of a kind that reach level *before* now would reach *after*."""

    kind: str
    before: int
    after: int
    accounts: int


@dataclass(frozen=True)
class SiteEffect:
    """What changes for a relying party: the level it needs with all it registered, and how many accounts have it."""

    client_id: str
    name: str
    needs_before: int
    needs_after: int
    reach_before: int
    reach_after: int
    lost: int
    gained: int


@dataclass
class Simulation:
    """The result. *complete* False: only the oldest *accounts* accounts were looked at."""

    accounts: int = 0
    complete: bool = True
    seconds: float = 0.0
    table: Counter[tuple[str, int, int]] = field(default_factory=Counter)
    sites: list[SiteEffect] = field(default_factory=list)
    sites_unchanged: int = 0

    @property
    def moves(self) -> list[Move]:
        """The moves from one level to another, falls first, the greatest first."""
        changed = (
            Move(kind, before, after, count)
            for (kind, before, after), count in self.table.items()
            if before != after
        )
        return sorted(
            changed, key=lambda move: (move.after > move.before, -move.accounts, move.kind, move.before)
        )

    @property
    def lowered(self) -> int:
        """How many accounts would fall."""
        return sum(move.accounts for move in self.moves if move.after < move.before)

    @property
    def raised(self) -> int:
        """How many accounts would rise."""
        return sum(move.accounts for move in self.moves if move.after > move.before)

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "accounts": self.accounts,
            "complete": self.complete,
            "seconds": round(self.seconds, 3),
            "lowered": self.lowered,
            "raised": self.raised,
            "moves": [vars(move) for move in self.moves],
            "relying_parties": [vars(site) for site in self.sites],
            "relying_parties_unchanged": self.sites_unchanged,
        }


def simulate(
    new: Policy,
    *,
    old: Policy | None = None,
    progress: Callable[[int], None] | None = None,
    most: int | None = None,
) -> Simulation:
    """Return what *new* would move against *old* (None: what holds now). Only accounts in use count.

    *progress* is told after each batch how many were looked at; *most* ends the scan there. Ends the caller's
    transaction (what is in it is committed) and begins others.
    """
    started = time.monotonic()
    old = old or current.get()
    now = clock.now()
    result = Simulation()
    commit()
    for rows in _batches():
        methods = enrolled.between(rows.after, rows.last)
        commit()
        for account_id, kind, standing in rows.accounts:
            _count(result.table, old, new, _Facts(kind, standing, methods.get(account_id, frozenset())), now)
        result.accounts += len(rows.accounts)
        if progress is not None:
            progress(result.accounts)
        if most is not None and result.accounts >= most:
            result.complete = False
            break
    for site in _sites():
        effect = _effect(site, old, new, result.table)
        if effect.needs_before == effect.needs_after and not (effect.lost or effect.gained):
            result.sites_unchanged += 1
        else:
            result.sites.append(effect)
    result.sites.sort(key=lambda site: (-site.lost, -site.gained, site.client_id))
    result.seconds = time.monotonic() - started
    return result


@dataclass(frozen=True)
class _Batch:
    after: UUID
    last: UUID
    accounts: Sequence[tuple[UUID, str, list[dict[str, Any]]]]


@dataclass(frozen=True)
class _Facts:
    kind: str
    standing: list[dict[str, Any]]
    methods: frozenset[str]


def _batches() -> Iterator[_Batch]:
    after = FIRST
    while True:
        wanted = select(Account.id, Account.kind, Account.standing, Account.status)
        rows = db.session.execute(wanted.where(Account.id > after).order_by(Account.id).limit(BATCH)).all()
        if not rows:
            return
        last = rows[-1][0]
        in_use = [(row[0], row[1], row[2] or []) for row in rows if row[3] == ACTIVE]
        yield _Batch(after, last, in_use)
        after = last


def _count(
    table: Counter[tuple[str, int, int]], old: Policy, new: Policy, facts: _Facts, now: datetime
) -> None:
    table[facts.kind, _level(old, facts, now), _level(new, facts, now)] += 1


def _level(policy: Policy, facts: _Facts, now: datetime) -> int:
    """Return the highest level that the account can reach by logging in with all it has."""
    proofing = proofing_level.of(policy, facts.kind, evidence.from_standing(facts.standing), now)
    if facts.kind == ENTERPRISE:
        # Nobody logs in as an enterprise: who acts for it brings the authenticators.
        return proofing
    return session_level.of(policy, proofing, authenticator_level.best(policy, facts.methods, facts.kind))


def _sites() -> Iterator[RelyingParty]:
    after = ""
    while rows := relying_party_row.page(after=after, limit=BATCH):
        commit()
        for row in rows:
            if row.status != relying_party_row.ACTIVE:
                continue
            try:
                yield metadata.parse(row.given, sandbox=SETTINGS.get().sandbox).relying_party
            except metadata.InvalidMetadata:
                continue  # it cannot ask for a login as it is (`relying_parties.cache` tells the log)
        after = rows[-1].client_id
    commit()


def _needs(policy: Policy, site: RelyingParty) -> int:
    """Return the level that a login needs which asks for everything that *site* registered."""
    floor = max(
        site.minimum_acr,
        policy.floors.of_scopes(site.scope),
        policy.floors.of_items([item.name for item in site.items]),
        max((item.minimum_acr for item in site.items), default=0),
    )
    levels = [level for level in map(acr.find, site.default_acr_values) if level is not None]
    return max(floor, min(levels, default=0))


def _effect(site: RelyingParty, old: Policy, new: Policy, table: Counter[tuple[str, int, int]]) -> SiteEffect:
    needs_before, needs_after = _needs(old, site), _needs(new, site)
    kinds = {ACTORS[one] for one in site.acting_as}
    before = after = lost = gained = 0
    for kind in KINDS:
        if kind not in kinds:
            continue
        for had in LEVELS:
            for has in LEVELS:
                count = table[kind, had, has]
                reached, reaches = had >= needs_before, has >= needs_after
                before += count * reached
                after += count * reaches
                lost += count * (reached and not reaches)
                gained += count * (reaches and not reached)
    return SiteEffect(
        client_id=site.client_id,
        name=site.client_name.default,
        needs_before=needs_before,
        needs_after=needs_after,
        reach_before=before,
        reach_after=after,
        lost=lost,
        gained=gained,
    )
