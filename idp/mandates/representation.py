"""The legal representative 法定代表人: a mandate that follows the register alone, one for each enterprise."""

from sqlalchemy import select

from idp import clock
from idp.accounts.account import Account
from idp.db import db
from idp.mandates import ending, limits, offering, rules_file, terms
from idp.mandates.decision import ACTIVE
from idp.mandates.mandate import IS_OPEN, Mandate
from idp.mandates.rules import REPRESENTATIVE
from idp.mandates.terms import Terms


def install(enterprise: Account, person: Account) -> Mandate:
    """Make *person*, whom the register names, the representative; what a former one gave ends with them.

    The caller has seen the register's answer in this transaction or a case. Again for the same person changes
    nothing. Raises Forbidden ``proofing_too_low``, Conflict when two are installed at once.
    """
    limits.lock(enterprise.id, person.id)
    present = db.session.scalars(
        select(Mandate).where(Mandate.principal_id == enterprise.id, Mandate.role == REPRESENTATIVE, IS_OPEN)
    ).one_or_none()
    if present is not None and present.holder_id == person.id and present.status == ACTIVE:
        return present
    limits.check_proofing(person, REPRESENTATIVE)
    # The whole tree: whom the former representative trusted is not therefore trusted by the new one.
    ending.void_for(enterprise.id, ending.NEW_REPRESENTATIVE)
    settled = terms.settle(Terms(REPRESENTATIVE), rules_file.get(), clock.now())
    return offering.offer(
        enterprise, person, settled, proposed_by=person.id, granted_by=person.id, confirmed_by=person.id
    )
