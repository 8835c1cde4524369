"""By whom and at which level something is said about an account's data, for its consent record (domain §5)."""

from idp.consent import acting_party
from idp.consent.acting_party import ONESELF, ActingParty
from idp.consent.document import Scene
from idp.journey.identity import Options
from idp.journey.requirement import Requirement
from idp.mandates import rules

GUARDIANS = frozenset({rules.GUARDIAN, rules.WARD_GUARDIAN})


def of(options: Options, requirement: Requirement, locale: str, reason: str = "first") -> Scene:
    """Return the scene of a page, or of an answer, in that language."""
    return Scene(acting(options), locale, requirement.decision.acr, reason)


def acting(options: Options) -> ActingParty:
    """Return who is there: the person, a guardian, an agent, or a clerk with the person beside them."""
    if options.assisted is not None:
        return ActingParty(acting_party.ASSISTED, options.person.id)
    if options.choice is None:
        return ONESELF
    kind = acting_party.GUARDIAN if options.choice.role in GUARDIANS else acting_party.AGENT
    return ActingParty(kind, options.person.id, options.choice.mandate_id)
