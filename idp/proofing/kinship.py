"""Asking the kinship register who is whose guardian (domain §4): of a child by number and name, by a proven citizen."""

from datetime import date

from idp import rate_limit
from idp.accounts import account as accounts
from idp.accounts import identity as identities
from idp.accounts import person as person_rules
from idp.accounts import represented
from idp.accounts.account import CITIZEN, Account
from idp.accounts.identity import Identity
from idp.db import commit, db
from idp.errors import Conflict, Forbidden, InvalidInput, Upstream
from idp.identifiers import document
from idp.mandates import guardianship
from idp.mandates.guardianship import Kinship
from idp.mandates.mandate import Mandate
from idp.proofing import registers
from idp.uuid7 import uuid7

TRIES = 10
DAY = 86_400


def claim(guardian: Account, number: str, name: str) -> Mandate:
    """Make *guardian* the guardian of the child with that number and name, if the register says so. Commits.

    The child gets an account without a way to log in, unless it has one. Raises InvalidInput (``kinship_mismatch``
    for everything the register does not confirm), Forbidden, Conflict, TooMany, Unavailable or Upstream.
    """
    own = identities.of(guardian)
    if own is None or own.document() is None:
        raise Forbidden("proofing_too_low", "Prove your name first: this role needs it")
    found = document.find(number)
    if found is None:
        raise InvalidInput(
            "number_malformed", "This is no valid number. Compare it with the card", field="number"
        )
    child = Identity(found.type, found.number, found.country)
    child_name = person_rules.get_name(name)
    rate_limit.check(f"kinship:{guardian.id}", TRIES, DAY)
    # No transaction waits for the register.
    commit()
    kinship = _ask(own, child, child_name)
    if found.birth_date not in (None, kinship.birthdate):
        # The age decides what a guardian may do: not on a word that contradicts the number.
        raise Upstream("register_statement_invalid", detail="kinship: birth date")
    mandate = guardianship.establish(guardian, _account(child, child_name), kinship)
    commit()
    return mandate


def _ask(guardian: Identity, child: Identity, name: str) -> Kinship:
    question = {"guardian_number": guardian.number, "child_number": child.number, "child_name": name}
    answer = registers.ask(registers.KINSHIP, question, str(uuid7()))
    if answer.result != registers.MATCH:
        raise InvalidInput(
            "kinship_mismatch", "The register does not name you as guardian of this child", field="number"
        )
    try:
        birthdate = date.fromisoformat(str(answer.details.get("child_birthdate", "")))
    except ValueError:
        raise Upstream("register_statement_invalid", detail="kinship: birth date") from None
    return Kinship(birthdate, str(answer.details.get("relation", ""))[:40], answer.digest)


def _account(child: Identity, name: str) -> Account:
    found = identities.find_account(child)
    if found is not None:
        return found
    made = represented.create(CITIZEN, name)
    try:
        identities.bind(made, child, name=name)
    except Conflict:
        # The other parent was a moment faster.
        db.session.rollback()
        found = identities.find_account(child)
        if found is None:
            raise
        return found
    if accounts.birthdate_of(made) is None:
        raise InvalidInput("number_malformed", "This number says no birth date", field="number")
    return made
