"""Birth date, sex, age and number are told while it is proven whose they are, by item of consent."""

from typing import Any

import pytest

from idp import claims
from idp.accounts import account as accounts
from idp.accounts import identity, represented
from idp.accounts.account import CITIZEN, Account
from idp.claims import release
from idp.claims.about import About, oneself
from idp.db import db
from idp.mandates import rules
from idp.mandates.mandate import Mandate
from idp.proofing import evidence
from tests.claims import proven
from tests.provider import Provider

FACTS = frozenset(
    {
        *("identity_type", "identity_number", "identity_number_masked"),
        *("birthdate", "gender", "age_over_18", "age_band"),
    }
)


def told(about: About) -> dict[str, Any]:
    asked: dict[str, dict[str, Any]] = {name: {} for name in FACTS}
    answer = release.for_userinfo(about, ["openid"], asked, list(claims.ITEMS))
    assert release.for_id_token(about, asked, list(claims.ITEMS)) == answer
    return answer


def test_nothing_is_told_once_the_proof_fell(provider: Provider) -> None:
    with provider.context():
        person = proven.citizen(provider)
        assert told(oneself(person)).keys() == FACTS
        evidence.revoke(person, {piece["code"] for piece in person.standing}, "identity_changed")
        db.session.commit()
        assert told(oneself(person)) == {}


def test_what_somebody_typed_is_told_as_no_fact(provider: Provider) -> None:
    with provider.context():
        person = accounts.get(provider.person().id)
        accounts.set_birth(person, "1990-01-02", "female")
        assert told(oneself(person)) == {}


def child_of(guardian: Account, role: str) -> About:
    child = represented.create(CITIZEN, "刘小宝")
    identity.bind(child, identity.parse("citizen_id", proven.citizen_number()), name="刘小宝")
    return About(child, guardian, Mandate(role=role, principal_id=child.id, holder_id=guardian.id))


def test_a_childs_facts_come_from_the_kinship_register(provider: Provider) -> None:
    """The register confirmed name and number when the guardian was established; a child proves nothing itself."""
    with provider.context():
        assert told(child_of(proven.citizen(provider), rules.GUARDIAN)).keys() == FACTS


@pytest.mark.parametrize("role", [rules.RELATIVE, rules.WARD_GUARDIAN])
def test_other_mandates_prove_nothing(provider: Provider, role: str) -> None:
    with provider.context():
        assert told(child_of(proven.citizen(provider), role)) == {}
