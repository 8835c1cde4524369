"""Prove my name 实名认证: where I am on the way from L0 to L4, what each way adds, my open and closed cases."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint

from idp import clock, signed_in
from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.assurance import evidence as pieces
from idp.assurance import proofing_level
from idp.assurance.policy import Policy, Route
from idp.authenticators import sc
from idp.level_policy import current
from idp.pages import enterprise, mandating, proving
from idp.proofing import case as cases
from idp.proofing import case_row, verifiers
from idp.proofing.verifiers import certificate, enterprise_certificate
from idp.sessions import standing

blueprint = Blueprint("proofing", __name__)
blueprint.before_request(signed_in.require)
blueprint.url_value_preprocessor(proving.take_enterprise)

# The order of steps within one way: what others need comes first.
ORDER = tuple(one.CODE for one in verifiers.ALL)
CERTIFICATES = frozenset({certificate.CODE, enterprise_certificate.CODE})


@blueprint.get(proving.OVERVIEW)
@blueprint.get(proving.OF_ENTERPRISE)
def proofing() -> str:
    """Show it."""
    account, now, policy = proving.account(), clock.now(), current.get()
    evidence = pieces.from_standing(account.standing)
    held = pieces.valid(policy, account.kind, evidence, now)
    level = proofing_level.of(policy, account.kind, evidence, now)
    mine = cases.of_account(account.id)
    is_own = account.kind == accounts.CITIZEN
    own = [case for case in mine if not is_own or case.person_id == account.id]
    waiting = {case.verifier: proving.case_url(case) for case in own if case.state == case_row.WAITING}
    return signed_in.page(
        "account/proofing.html",
        level=level,
        level_name=proving.level_name(level),
        ladder=[
            {"number": one.number, "name": proving.text(one.name), "reached": one.number <= level}
            for one in policy.levels
        ],
        # What a login counts as is its person's.
        session_level=standing.level(policy, account, signed_in.current().session, now) if is_own else level,
        enterprise=None if is_own else enterprise.shown(account),
        known=proving.known(proving.about(account)),
        held=_held(policy, account, held),
        aims=aims(policy, account, level, held, waiting),
        open_cases=[proving.shown(case) for case in own if case.is_open],
        closed_cases=[proving.shown(case) for case in own if not case.is_open],
        return_url=proving.return_to(),
        vouching_url=proving.OVERVIEW + "/vouching" if is_own and level > _vouched(policy) - 1 else None,
        back_url=None if is_own else f"{mandating.ENTERPRISES}/{account.id}",
    )


def _vouched(policy: Policy) -> int:
    return policy.evidence["vouch"].ceiling if "vouch" in policy.evidence else len(policy.levels)


def _held(policy: Policy, account: Account, held: Mapping[str, datetime]) -> list[dict[str, Any]]:
    ends = {one.code: pieces.end_of(policy, one) for one in pieces.from_standing(account.standing)}
    return [
        {"name": proving.name_of(code), "since": since, "until": ends.get(code)}
        for code, since in sorted(held.items(), key=lambda one: one[1])
    ]


def aims(
    policy: Policy, account: Account, level: int, held: Mapping[str, datetime], waiting: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return the levels above *level* with the ways to each, the easiest first."""
    found = []
    for aim in policy.levels[level + 1 :]:
        # A way that starts with what another one is made of alone is shown once, where it first helps.
        routes = [route for route in policy.proofing[account.kind] if route.level == aim.number]
        ways = [_way(policy, route, held, waiting) for route in routes if route.needs <= {*_offered(), *held}]
        if ways:
            ways.sort(key=lambda one: (one["effort"], ORDER.index(one["steps"][-1]["code"])))
            found.append({"number": aim.number, "name": proving.text(aim.name), "ways": ways})
    return found


def _offered() -> list[str]:
    return [code for code in ORDER if code not in CERTIFICATES or sc.is_offered()]


def _way(
    policy: Policy, route: Route, held: Mapping[str, datetime], waiting: Mapping[str, str]
) -> dict[str, Any]:
    codes = sorted(route.needs, key=lambda code: ORDER.index(code) if code in ORDER else -1)
    steps: list[dict[str, Any]] = []
    for code in codes:
        ready = code in ORDER and held.keys() >= verifiers.get(code).NEEDS
        state = "done" if code in held else "waiting" if code in waiting else "open" if ready else "later"
        steps.append(
            {
                "code": code,
                "name": proving.name_of(code),
                "state": state,
                "url": waiting.get(code) or proving.way_url(code),
                "biometric": policy.evidence[code].biometric,
            }
        )
    missing = [code for code in codes if code not in held]
    return {
        "steps": steps,
        "effort": sum(policy.evidence[code].effort for code in missing),
        "is_begun": len(missing) < len(codes) or any(step["state"] == "waiting" for step in steps),
        "biometric": any(policy.evidence[code].biometric for code in codes),
    }
