"""Who may act for whom in the sandbox: 王芳 for her enterprise, 赵强 for it in two items, 刘洋 for the child.

Idempotent: what holds, or was ended by somebody, stays as it is; only what has run out is given anew.
"""

from datetime import date, timedelta

from sqlalchemy import select

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import identity
from idp.accounts.account import Account
from idp.db import db
from idp.identifiers import citizen_id, uscc
from idp.mandates import age, ending, guardianship, offering, representation, rules_file, terms
from idp.mandates.guardianship import Kinship
from idp.mandates.mandate import Mandate
from idp.mandates.rules import GUARDIAN, HANDLER, REPRESENTATIVE
from idp.mandates.terms import Terms
from idp.sandbox import cast
from idp.sandbox.cast import Child, Company

HANDLER_NAME = "zhaoqiang"
HANDLER_ITEMS = ("estate-query", "estate-transfer")
HANDLER_LIFE = timedelta(days=365)
RUN_OUT = frozenset({ending.EXPIRED, ending.OF_AGE})


def plant(child: Child) -> int:
    """Plant the mandates that are not there; return how many are new. The caller commits.

    People, enterprises and the child are there already (`data.plant`).
    """
    companies = [company for company in cast.companies() if company.representative]
    return sum(_plant_company(company) for company in companies) + _plant_guardian(child)


def _plant_company(company: Company) -> int:
    enterprise = identity.find_account(identity.parse(uscc.TYPE, company.uscc))
    representative = accounts.find_by_identifier(company.representative)
    handler = accounts.find_by_identifier(HANDLER_NAME)
    if enterprise is None or representative is None or handler is None:
        return 0
    planted = 0
    if _is_wanted(enterprise, representative, REPRESENTATIVE):
        representation.install(enterprise, representative)
        planted += 1
    if _is_wanted(enterprise, handler, HANDLER):
        now = clock.now()
        wished = Terms(HANDLER, HANDLER_ITEMS, expires_at=now + HANDLER_LIFE)
        offering.offer(
            enterprise,
            handler,
            terms.settle(wished, rules_file.get(), now),
            proposed_by=representative.id,
            granted_by=representative.id,
            confirmed_by=handler.id,
        )
        planted += 1
    return planted


def _plant_guardian(child: Child) -> int:
    account = identity.find_account(identity.parse(citizen_id.TYPE, child.number))
    guardian = accounts.find_by_identifier(child.guardian.username)
    if account is None or guardian is None or not _is_wanted(account, guardian, GUARDIAN):
        return 0
    born = date.fromisoformat(child.birthdate)
    if age.years(born, clock.now()) >= rules_file.get().of_age:
        return 0
    guardianship.establish(guardian, account, Kinship(born, "father", ""))
    return 1


def _is_wanted(principal: Account, holder: Account, role: str) -> bool:
    """Whether there was never such a mandate, or the last one has run out."""
    query = select(Mandate).where(
        Mandate.principal_id == principal.id, Mandate.holder_id == holder.id, Mandate.role == role
    )
    last = db.session.scalars(query.order_by(Mandate.id.desc()).limit(1)).one_or_none()
    return last is None or last.end_reason in RUN_OUT
