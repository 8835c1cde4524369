"""Whom a case is about, gathered from their accounts as verifiers want to know it."""

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import identity as identities
from idp.accounts.account import Account
from idp.proofing import evidence
from idp.proofing.case_row import ProofingCase
from idp.proofing.verifier import Subject


def of(case: ProofingCase) -> Subject:
    """Return the case's account and person with what is proven of them."""
    return _gather(accounts.get(case.account_id), accounts.get(case.person_id))


def of_person(person: Account) -> Subject:
    """Return what is proven of a person, before there is a case."""
    return _gather(person, person)


def of_account(account: Account, person: Account) -> Subject:
    """Return what is proven of an account that *person* proves, before there is a case."""
    return _gather(account, person)


def _gather(account: Account, person: Account) -> Subject:
    return Subject(
        account=account,
        name=accounts.name_of(account),
        identity=identities.of(account),
        person=person,
        person_name=accounts.name_of(person),
        person_identity=identities.of(person),
        person_level=evidence.level(person, clock.now()),
    )
