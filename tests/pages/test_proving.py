"""Proving an enterprise that the person runs, on the same pages as one's own name (domain §2, L4 of enterprises)."""

from uuid import UUID

import pytest

from idp import clock
from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.proofing import case as cases
from idp.proofing import case_row, evidence
from tests.pages.acting import Actor, citizen, proven, said, send_directly
from tests.person import Visitor
from tests.proofing.conftest import number
from tests.proofing.register_server import RegisterServer
from tests.provider import Provider

FORM = {"uscc": "91330106MA28FAKE9N", "enterprise_name": "杭州示例科技有限公司"}


def representative(provider: Provider, sequence: int = 601) -> tuple[Actor, str]:
    """A citizen who runs an enterprise, and the address of its proof."""
    actor = citizen(provider, "王芳", number(sequence))
    actor.browser.go("/account/enterprises/claim")
    actor.browser.send("claim-submit", values=FORM)
    return actor, f"{actor.browser.path}/proofing"


def html(visitor: Visitor) -> str:
    return visitor.response.get_data(as_text=True)


def enterprise(address: str) -> Account:
    return accounts.get(UUID(address.split("/")[3]))


def test_the_licence_of_its_app_proves_it_to_the_highest_level(proving: Provider) -> None:
    actor, address = representative(proving)
    browser = actor.browser
    browser.go(address)
    assert "business-licence" in html(browser)
    browser.go(f"{address}/business-licence")
    browser.send("proofing-submit", values={"licence": ""})
    assert browser.response.status_code == 400
    browser.send("proofing-submit", values={"licence": "a.genuine.one"})
    assert 'data-state="approved"' in html(browser)
    with proving.context():
        found = enterprise(address)
        assert evidence.level(found, clock.now()) == 4
        assert evidence.level(accounts.get(actor.id), clock.now()) < 4


def test_a_licence_of_another_enterprise_proves_nothing(proving: Provider, server: RegisterServer) -> None:
    actor, address = representative(proving)
    server.respond = lambda question: server.signed(question, "refused", {})
    actor.browser.go(f"{address}/business-licence")
    actor.browser.send("proofing-submit", values={"licence": "one.of.somebody"})
    assert 'data-reason="presentation_not_valid"' in html(actor.browser)
    with proving.context():
        assert "business_licence" not in evidence.valid_codes(enterprise(address), clock.now())


def test_a_counter_case_is_prepared_with_its_place(proving: Provider) -> None:
    actor, address = representative(proving)
    browser = actor.browser
    browser.go(f"{address}/enterprise-counter")
    assert browser.is_at(f"{address}/enterprise-counter/place")
    browser.go(f"{address}/enterprise-counter?division=330106")
    browser.send("proofing-submit")
    assert 'data-state="waiting"' in html(browser)
    assert FORM["enterprise_name"] in said(browser)
    with proving.context():
        (case,) = cases.all_open(enterprise(address).id)
        assert (case.verifier, case.division_code) == ("enterprise_counter", "330106")
        assert case_row.given(case)["uscc"] == FORM["uscc"]


@pytest.mark.parametrize(
    "rest", ["", "/business-licence", "/enterprise-counter/place", "/enterprise-counter?division=330106"]
)
def test_others_do_not_find_it(proving: Provider, rest: str) -> None:
    _actor, address = representative(proving)
    stranger = proven(proving, "赵强")
    assert stranger.browser.go(f"{address}{rest}").status_code == 404
    assert send_directly(stranger.browser, f"{address}/business-licence", licence="x") == 404


def test_ways_belong_to_their_kind_of_account(proving: Provider) -> None:
    actor, address = representative(proving)
    assert actor.browser.go(f"{address}/register").status_code == 404
    assert actor.browser.go("/account/proofing/business-licence").status_code == 404
    assert actor.browser.go("/account/enterprises/no-id/proofing").status_code == 404
