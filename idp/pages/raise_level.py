"""The account is not proven enough for what is asked: what is missing, and the ways there (domain §2).

Proofing can take days. The journey is kept as long as it lives; who comes back later starts at the site again.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template
from flask_babel import get_locale
from werkzeug.wrappers import Response as BaseResponse

from idp import clock
from idp.assurance import authenticator_level, evidence, proofing_level, session_level
from idp.assurance.policy import Policy
from idp.authenticators import enrolled
from idp.journey import journey as journeys
from idp.journey.next_step import Step
from idp.journey.requirement import Requirement
from idp.journey.situation import Situation
from idp.level_policy import current
from idp.pages import signing_in
from idp.sessions import standing

blueprint = Blueprint("raise_level", __name__)

MOST_WAYS = 3


@blueprint.get("/raise-level")
def raise_level() -> BaseResponse | str:
    """Show what is missing."""
    known = signing_in.known(Step.RAISE_LEVEL)
    if known is None or known.requirement is None:
        return signing_in.back(signing_in.current_journey())
    journeys.save(known.journey)
    return render_template(
        "raise_level.html",
        rp=signing_in.site_of(known.journey),
        back_url=signing_in.cancel_url(known.journey),
        again_url=f"/authorize/{known.journey.id}",
        **_missing(current.get(), known, known.requirement),
    )


def _missing(policy: Policy, known: Situation, needed: Requirement) -> dict[str, Any]:
    person, session = known.person, known.session
    if person is None or session is None:
        raise ValueError("nobody is signed in")
    now = clock.now()
    wanted = needed.decision.wanted
    pieces = evidence.from_standing(person.standing)
    owned = enrolled.of(person.id)
    factor = session_level.authenticator_for(policy, wanted)
    held = session_level.of(policy, needed.proofing, needed.authenticator)
    there = urlencode({"journey": known.journey.id})
    return {
        "level": wanted,
        "level_name": _text(policy.levels[wanted].name),
        "held": held,
        "held_name": _text(policy.levels[held].name),
        "proof_wanted": needed.proofing < wanted,
        "stale": standing.proofing(policy, person, now) > needed.proofing,
        "ways": _named(proofing_level.missing(policy, person.kind, pieces, now, wanted), policy.evidence),
        "factor_wanted": authenticator_level.best(policy, owned, person.kind) < factor,
        "methods": _named(
            authenticator_level.missing(policy, owned, factor, person.kind), policy.authenticators
        ),
        "proofing_url": f"/account/proofing?{there}",
        "methods_url": "/account/sign-in-methods",
    }


def _named(ways: Iterable[frozenset[str]], kinds: Mapping[str, Any]) -> list[list[str]]:
    return [[_text(kinds[code].name) for code in sorted(way)] for way in list(ways)[:MOST_WAYS]]


def _text(text: Any) -> str:
    return str(text.en if str(get_locale()) == "en" else text.zh)
