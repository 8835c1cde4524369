"""What a relying party gets for the levels it asks for: the one published rule (docs/levels.md). Pure.

``acr_values`` (OIDC Core §3.1.2.1) lists acceptable levels in order of preference; an essential ``acr`` in
``claims`` (§5.5.1.1) does the same and goes before it. Nothing is ever lowered silently: what cannot be met is
UNMET (``unmet_authentication_requirements``, OpenID Connect Core Error Code 1.0).
"""

from dataclasses import dataclass
from enum import StrEnum

from idp.assurance import acr, session_level
from idp.assurance.policy import HIGHEST, Policy


class Outcome(StrEnum):
    """What happens next."""

    SATISFIED = "satisfied"  # answer now
    AUTHENTICATE = "authenticate"  # the account can reach it by logging in with more
    RAISE = "raise"  # proofing, or a new authenticator, is needed first
    UNMET = "unmet"  # refuse


@dataclass(frozen=True, slots=True)
class Asked:
    """What the relying party asks: values in order of preference, and the floor that holds beside them.

    *essential* goes before *acr_values*; None when no essential ``acr`` was asked. *floor* is the highest of the
    relying party's, its scopes' and its items'. *fresh_proof* False: ``max_proof_age`` was asked, and what the
    account rests on is older; then proofing that is left must at least be of level 1.
    """

    acr_values: tuple[str, ...] = ()
    essential: tuple[str, ...] | None = None
    floor: int = 0
    fresh_proof: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    """What account and session have.

    *proofing*: P, narrowed to what is fresh enough. *authenticator*: A of the session (0: nobody is logged in).
    *enrolled*: the best A that the account can show. *provable*: the highest P that its kind may reach.
    *most*: the session has no more, whatever its parts are worth: as much as another province said of it.
    """

    proofing: int
    authenticator: int
    enrolled: int
    provable: int
    just_authenticated: bool
    assisted: bool
    most: int = HIGHEST


@dataclass(frozen=True, slots=True)
class Decision:
    """What happens, the ``acr`` that the answer has (or will have), the level that is wanted."""

    outcome: Outcome
    acr: str
    wanted: int


def decide(policy: Policy, asked: Asked, standing: Standing) -> Decision:
    """Return what the relying party gets."""
    listed = asked.acr_values if asked.essential is None else asked.essential
    if standing.assisted:
        return _decide_assisted(policy, asked, standing, listed)
    levels = [level for level in map(acr.find, listed) if level is not None]
    if listed and not levels:
        # Nothing we know, or only the assisted session that this one is not.
        return Decision(Outcome.UNMET, "", asked.floor)
    own = held(policy, standing)
    if own >= asked.floor:
        satisfied = next((level for level in levels if own >= level), None)
        if satisfied is not None:
            return Decision(Outcome.SATISFIED, acr.of(satisfied), satisfied)
        if not levels and (asked.fresh_proof or standing.proofing > 0):
            return Decision(Outcome.SATISFIED, acr.of(own), own)
    # Nothing asked but a floor or a fresh proof: that is what is wanted.
    levels = levels or [asked.floor if asked.fresh_proof else max(asked.floor, 1)]
    return _reach(policy, asked.floor, levels, standing)


def held(policy: Policy, standing: Standing) -> int:
    """Return the level that the session has now: the highest ones only straight after an authentication."""
    own = min(session_level.of(policy, standing.proofing, standing.authenticator), standing.most)
    return own if standing.just_authenticated else min(own, policy.fresh_from - 1)


def _reach(policy: Policy, floor: int, levels: list[int], standing: Standing) -> Decision:
    # `enrolled`, not the session's own: what was removed meanwhile cannot be shown again.
    by_login = session_level.of(policy, standing.proofing, standing.enrolled)
    by_proofing = min(standing.provable, max(policy.caps))
    for outcome, reachable in ((Outcome.AUTHENTICATE, by_login), (Outcome.RAISE, by_proofing)):
        for level in levels:
            wanted = max(level, floor)
            if wanted <= reachable:
                return Decision(outcome, acr.of(level), wanted)
    return Decision(Outcome.UNMET, "", max(levels[0], floor))


def _decide_assisted(policy: Policy, asked: Asked, standing: Standing, listed: tuple[str, ...]) -> Decision:
    """An assisted session is comparable with no level: it answers only who named it, and cannot be stepped up."""
    own = session_level.of(policy, standing.proofing, standing.authenticator)
    if acr.ASSISTED in listed and own >= asked.floor:
        return Decision(Outcome.SATISFIED, acr.ASSISTED, own)
    return Decision(Outcome.UNMET, "", asked.floor)
