"""What the levels of a grant are worth now: worked out from the account and the policy each time something is given.

Evidence that ran out and a policy that came into force count from their very moment (domain §2), whether or not
anybody was told. A grant never rises: who has proven more logs in again.
"""

from idp import clock
from idp.accounts.account import Account
from idp.assurance import acr, session_level
from idp.level_policy import current
from idp.sessions import standing
from idp.tokens.grant import Grant
from idp.tokens.levels import Levels


def find(grant: Grant, account: Account) -> Levels | None:
    """Return what *grant*, held by *account*, says now; None when the site must not go on with that. No query."""
    levels = grant.levels
    if acr.find(levels.acr) is None:
        return levels  # an assisted session is comparable with no level
    proofing = min(levels.ial, standing.proofing(current.get(), account, clock.now()))
    left = narrowed(levels, session_level.of(current.get(), proofing, levels.aal))
    if left is None:
        return None
    return (left if left.level < levels.level else levels).with_ial(proofing)


def of_session(levels: Levels) -> int:
    """Return the level of the session behind *levels*: at least the one that ``acr`` names."""
    return session_level.of(current.get(), levels.ial, levels.aal)


def narrowed(levels: Levels, possible: int) -> Levels | None:
    """Return *levels* for a session that is worth *possible* now; None when the site must not go on with that. Pure.

    Never silently lowered: what was asked for has to be met still, by the published rule (docs/levels.md).
    """
    if possible < levels.floor:
        return None
    if not levels.asked:
        return levels.lowered(acr.of(possible))
    known = ((name, acr.find(name)) for name in levels.asked)
    met = next((name for name, level in known if level is not None and level <= possible), None)
    return None if met is None else levels.lowered(met)
