"""Whom a grant is about, and whether it still holds: looked at anew each time tokens or claims are given.

A mandate's dates, birthdays and revocation count from their very moment (domain §4: effective with the next token),
whether or not the worker has written them down. For people who act for themselves this costs no query.
"""

from uuid import UUID

from idp import clock
from idp.accounts import account as accounts
from idp.accounts.account import ACTIVE, Account
from idp.claims.about import About, oneself
from idp.mandates import assisted, choosing
from idp.mandates import mandate as mandates
from idp.mandates.decision import Permit
from idp.tokens.acting import Acting
from idp.tokens.grant import Grant


def find_about(grant: Grant, person: Account) -> About | None:
    """Return whom *grant*, held by *person*, is about; None when they may not act for them any more."""
    acting = grant.acting
    if acting is None:
        return oneself(person, grant.client_id)
    if not _may_act(grant, acting):
        return None
    principal = accounts.find(acting.principal)
    if principal is None or principal.status != ACTIVE:
        return None
    mandate = mandates.find(grant.mandate_id) if grant.mandate_id else None
    return About(principal, person, mandate, grant.client_id)


def holds(grant: Grant) -> bool:
    """Whether the person may still act as this grant says; always for themselves."""
    acting = grant.acting
    return acting is None or _may_act(grant, acting)


def _may_act(grant: Grant, acting: Acting) -> bool:
    if acting.assisted_case_id is not None:
        case = assisted.find_running(grant.session_id)
        return case is not None and case.id == UUID(acting.assisted_case_id)
    if grant.mandate_id is None:
        return False
    answer = choosing.check(grant.account_id, grant.mandate_id, (), (), clock.now(), continuing=True)
    # From 14 on a child consents alone (PIPL art. 31): what its guardian was given before is asked for anew.
    return isinstance(answer, Permit) and (answer.may_consent or not acting.may_consent)
