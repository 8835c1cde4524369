"""Whether a grant to act for another still holds: the mandate is looked at anew each time tokens or claims are given."""

from idp import clock
from idp.mandates import choosing
from idp.mandates.decision import Permit
from idp.tokens.grant import Grant


def holds(grant: Grant) -> bool:
    """Whether the person may still act as this grant says; always for themselves. No query for those.

    The mandate's dates, birthdays and revocation count from their very moment (domain §4: effective with the next
    token), whether or not the worker has written them down.
    """
    if grant.mandate_id is None:
        return grant.acting is None
    answer = choosing.check(grant.account_id, grant.mandate_id, (), (), clock.now(), continuing=True)
    return isinstance(answer, Permit)
