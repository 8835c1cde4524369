"""Which level a journey needs, and whether this session has it: the published rule, applied to what is known.

The ways of signing in that an account has cost a query, so they are looked up only when the session alone does not
do. Floors of the relying party, of its scopes and items, and of the mandate add up to one.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from idp import claims
from idp.accounts.account import Account
from idp.assurance import authenticator_level, proofing_level, requested_level, session_level
from idp.assurance.policy import Policy
from idp.assurance.requested_level import Asked, Decision, Outcome, Standing
from idp.authenticators import mfa
from idp.journey.authorization_request import AuthorizationRequest
from idp.relying_parties.relying_party import RelyingParty
from idp.sessions import standing
from idp.sessions.session import Session

# Factors that can be added to a session on the page of the second factor, and what the session then has more.
ADDED: Mapping[str, frozenset[str]] = {
    "otp": frozenset({"otp"}),
    "sms": frozenset({"sms"}),
    "recovery_code": frozenset({"recovery_code"}),
    "hwk": frozenset({"hwk", "user"}),
    "swk": frozenset({"swk", "user"}),
}
# Factors that prove the possession of a key or a seed (domain §2: officials need one).
CRYPTOGRAPHIC = frozenset({"otp", "hwk", "swk", "sc"})


@dataclass(frozen=True)
class Requirement:
    """What is decided, and from what. ``second_factor_serves``: one factor more in this session is enough."""

    decision: Decision
    floor: int
    proofing: int
    authenticator: int
    second_factor_serves: bool = False


@dataclass(frozen=True)
class Wanted:
    """What the journey asks for, whoever asks."""

    asked: Asked
    max_proof_age: int | None = None
    cryptographic: bool = False


@dataclass(frozen=True)
class Holder:
    """Whose session it is. A login from *since* on is fresh; *capped*: no more than this level under a mandate.

    *asks_elsewhere*: a login at another province's provider can be raised there, before anything is proven here.
    """

    account: Account
    session: Session
    since: datetime
    capped: int | None = None
    assisted: bool = False
    asks_elsewhere: bool = False


def of_request(
    policy: Policy,
    request: AuthorizationRequest,
    rp: RelyingParty,
    items: Collection[str],
    mandate_level: int,
) -> Wanted:
    """Return what a relying party's request asks for; *mandate_level* is 0 for somebody acting for themselves."""
    floor = max(
        rp.minimum_acr,
        # A claim asked for by name is no cheaper than its scope.
        policy.floors.of_scopes({*request.scope, *claims.scopes_of(items)}),
        policy.floors.of_items(items),
        max((item.minimum_acr for item in rp.items if item.name in items), default=0),
        mandate_level,
    )
    return Wanted(Asked(request.acr_values, request.essential_acr or None, floor), request.max_proof_age)


def of_page(level: int, *, cryptographic: bool) -> Wanted:
    """Return what one of our own pages asks for."""
    return Wanted(Asked(floor=level), cryptographic=cryptographic)


def decide(
    policy: Policy, wanted: Wanted, holder: Holder, enrolled: Callable[[], Collection[str]], now: datetime
) -> Requirement:
    """Apply the rule; *enrolled* looks up which ways of signing in the account has."""
    account, session, capped = holder.account, holder.session, holder.capped
    ever = standing.proofing(policy, account, now)
    limited = wanted.max_proof_age is not None
    fresh = standing.proofing(policy, account, now, wanted.max_proof_age) if limited else ever
    proofing = fresh if capped is None else min(fresh, capped)
    held = standing.authenticator(policy, account, session, now)
    asked = replace(wanted.asked, fresh_proof=fresh == ever)
    known = Standing(
        proofing=proofing,
        authenticator=held,
        enrolled=held,
        provable=proofing_level.highest(policy, account.kind) if capped is None else capped,
        just_authenticated=session.auth_time >= holder.since,
        assisted=holder.assisted,
        most=standing.most(session),
    )
    # What this session says of the person's proof: no more than another province said of this login.
    said = min(proofing, known.most)
    decision = requested_level.decide(policy, asked, known)
    lacks_key = wanted.cryptographic and not CRYPTOGRAPHIC & set(session.methods)
    if decision.outcome is Outcome.SATISFIED and not lacks_key:
        return Requirement(decision, asked.floor, said, held)
    owned = frozenset(enrolled())
    best = authenticator_level.best(policy, owned, account.kind)
    decision = requested_level.decide(policy, asked, replace(known, enrolled=max(best, held)))
    if decision.outcome is Outcome.SATISFIED:
        decision = replace(decision, outcome=Outcome.AUTHENTICATE if CRYPTOGRAPHIC & owned else Outcome.RAISE)
    if decision.outcome is Outcome.RAISE and holder.asks_elsewhere and session.level_cap is not None:
        decision = replace(decision, outcome=Outcome.AUTHENTICATE)
    serves = decision.outcome is Outcome.AUTHENTICATE and _serves(
        policy, wanted, decision.wanted, holder, owned, now
    )
    return Requirement(decision, asked.floor, said, held, serves)


def _serves(
    policy: Policy, wanted: Wanted, level: int, holder: Holder, owned: Collection[str], now: datetime
) -> bool:
    session = holder.session
    if session.level_cap is not None:
        # What came from another province is raised there, or by a login of one's own.
        return False
    if level >= policy.fresh_from or not session.is_strong(now):
        return False
    needed = session_level.authenticator_for(policy, level)
    return any(
        authenticator_level.of(policy, mfa.joined(session.methods, ADDED[method]), holder.account.kind)
        >= needed
        for method in ADDED
        if method in owned and method not in session.methods
        if not wanted.cryptographic or method in CRYPTOGRAPHIC
    )
