"""An approver who saw the decision makes somebody the guardian of an adult; nobody else does, nor for themselves."""

from uuid import UUID

import pytest

from idp.accounts import account as accounts
from idp.db import commit
from idp.mandates import guardianship, mandate
from idp.mandates.terms import Terms
from idp.operators.rights import Role
from idp.proofing import evidence
from tests.console.conftest import MakeOfficial, post_directly, text, with_a_form
from tests.person import Person
from tests.provider import Provider

NUMBER = "（2026）浙0106民特12号"


def asked(provider: Provider, guardian: Person, ward: Person) -> UUID:
    with provider.context():
        evidence.add(accounts.get(guardian.id), "chip", source="test")
        account, held = accounts.get(guardian.id), accounts.get(ward.id)
        made = guardianship.ask_for_ward(account, held, NUMBER, Terms("ward_guardian"))
        commit()
        return made.id


def status(provider: Provider, mandate_id: UUID) -> str:
    with provider.context():
        return mandate.get(mandate_id).status


@pytest.mark.parametrize(("button", "expected"), [("confirm", "active"), ("refuse", "ended")])
def test_an_approver_decides(either: Provider, official: MakeOfficial, button: str, expected: str) -> None:
    guardian, ward = either.person(name="陈立"), either.person(name="被监护人")
    mandate_id = asked(either, guardian, ward)
    browser = official(Role.PROOFING_APPROVER).browser
    browser.go("/console")
    browser.go("/console/guardians")
    browser.send("guardians-submit", number=-1, values={"ward": "nobody-there"})
    assert browser.response.status_code == 404
    browser.send("guardians-submit", number=-1, values={"ward": ward.username})
    assert NUMBER in text(browser)
    browser.send(f"guardian-{button}-{mandate_id}")
    assert browser.response.status_code == 400
    assert status(either, mandate_id) == "proposed"
    browser.send(f"guardian-{button}-{mandate_id}", values={"reason": "原件与身份证一致"})
    assert status(either, mandate_id) == expected
    path = f"/console/guardians/{mandate_id}"
    assert post_directly(with_a_form(browser), path, decision="confirm", reason="再来一次") == 303
    assert status(either, mandate_id) == expected


@pytest.mark.parametrize("role", [Role.AGENCY_CLERK, Role.PROOFING_CLERK, Role.SUPERVISOR])
def test_no_other_official_decides(either: Provider, official: MakeOfficial, role: Role) -> None:
    mandate_id = asked(either, either.person(), either.person())
    browser = official(role).browser
    assert browser.go("/console/guardians").status_code == 403
    path = f"/console/guardians/{mandate_id}"
    assert post_directly(with_a_form(browser), path, decision="confirm", reason="看过原件") == 403
    assert status(either, mandate_id) == "proposed"


def test_nobody_decides_about_themselves_or_about_another_kind(
    either: Provider, official: MakeOfficial
) -> None:
    guardian = either.person(name="陈立")
    mandate_id = asked(either, guardian, either.person())
    browser = official(Role.PROOFING_APPROVER, human=guardian).browser
    path = f"/console/guardians/{mandate_id}"
    assert post_directly(with_a_form(browser), path, decision="confirm", reason="看过原件") == 403
    assert post_directly(with_a_form(browser), "/console/guardians/no-id", decision="confirm") == 404
    assert status(either, mandate_id) == "proposed"
