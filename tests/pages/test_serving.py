"""For whom else a person sees services and receipts, and how strongly they must have logged in for it."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import represented
from idp.accounts.account import CITIZEN
from idp.consent import consent_record, record
from idp.consent.decision import Asked
from idp.db import commit
from idp.mandates import age, ending, guardianship, mandate, offering
from idp.mandates.guardianship import Kinship
from idp.mandates.terms import Terms
from tests.pages import acting
from tests.pages.acting import Actor
from tests.person import Visitor
from tests.provider import Provider
from tests.site import Site

SERVICES, RECEIPTS = "/account/services", "/account/receipts"
ASKED = Asked(required=frozenset({"name"}), optional=frozenset(), purpose="x", legal_basis="consent")


def child_of(provider: Provider, guardian: Actor, years: int, *, items: tuple[str, ...] = ()) -> UUID:
    """Make a child of that age, in the care of *guardian*, in these matters."""
    with provider.context():
        yesterday = age.today(clock.now() - timedelta(days=1))
        born = date(yesterday.year - years, yesterday.month, min(yesterday.day, 28))
        child = represented.create(CITIZEN, "刘小宝")
        accounts.set_birth(child, born.isoformat(), "male")
        made = guardianship.establish(accounts.get(guardian.id), child, Kinship(born, "father", "ab" * 32))
        if items:
            guardianship.name_items(made, child.id, items)
        commit()
        return child.id


def agree(provider: Provider, account_id: UUID, site: Site) -> None:
    with provider.context():
        record.save(accounts.get(account_id), site.rp, ASKED, frozenset({"name"}))
        commit()


def is_shown(visitor: Visitor, path: str) -> bool:
    return visitor.open(path).status_code == 200


def test_a_guardian_sees_what_a_small_child_shares_and_not_what_one_does_who_consents_alone(
    either: Provider,
) -> None:
    guardian, site = acting.proven(either, "刘洋"), either.site()
    for years, expected in ((7, True), (13, True), (14, False), (15, False)):
        child = child_of(either, guardian, years)
        agree(either, child, site)
        visitor = guardian.browser
        for path in (SERVICES, f"{SERVICES}/{site.id}", RECEIPTS):
            assert is_shown(visitor, f"{path}?for={child}") is expected, (years, path)
        visitor.go(SERVICES)
        assert (f"for={child}" in visitor.response.get_data(as_text=True)) is expected


def test_who_acts_in_some_matters_only_sees_nothing_of_the_others(either: Provider) -> None:
    guardian, ward, site = acting.proven(either, "刘洋"), acting.proven(either, "刘奶奶"), either.site()
    agree(either, ward.id, site)
    official = either.person()
    for items, expected in ((("310-01",), False), ((), True)):
        with either.context():
            wished = Terms("ward_guardian", items=items)
            made = guardianship.ask_for_ward(
                accounts.get(guardian.id), accounts.get(ward.id), f"2026-1-{len(items)}", wished
            )
            offering.activate(made, official.id)
            commit()
            made_id = made.id
        assert is_shown(guardian.browser, f"{SERVICES}?for={ward.id}") is expected
        with either.context():
            ending.end(mandate.get(made_id), "revoked", by=guardian.id)
            commit()
        assert not is_shown(guardian.browser, f"{SERVICES}?for={ward.id}")


@pytest.fixture
def of_enterprise(either: Provider) -> Callable[[], tuple[Actor, UUID, Site]]:
    """A function that makes who represents an enterprise that shares something."""

    def make() -> tuple[Actor, UUID, Site]:
        actor, site = acting.proven(either, "王芳"), either.site()
        enterprise = acting.enterprise_of(either, actor)
        agree(either, enterprise, site)
        return actor, enterprise, site

    return make


def test_a_login_too_weak_for_the_mandate_steps_up_first(
    either: Provider, of_enterprise: Callable[[], tuple[Actor, UUID, Site]]
) -> None:
    actor, enterprise, site = of_enterprise()
    visitor = actor.browser
    visitor.go(f"{SERVICES}/{site.id}?for={enterprise}")
    form = visitor.page.forms[0]
    with clock.shifted(timedelta(minutes=70)):
        # More than one factor counts for less than that when nobody uses it.
        for path in (SERVICES, f"{SERVICES}/{site.id}", RECEIPTS):
            assert visitor.open(f"{path}?for={enterprise}").status_code == 303
            assert visitor.location.startswith("/step-up?")
        answer = visitor.client.post(
            form.action, base_url=either.settings.issuer, data={"csrf_token": dict(form.values)["csrf_token"]}
        )
        assert answer.headers["Location"].startswith("/step-up?")
        # One's own needs no more than before.
        assert is_shown(visitor, SERVICES)
    with either.context():
        row = consent_record.find_row(enterprise, site.id)
        assert row is not None
        assert row.state(clock.now()) == consent_record.HELD


def test_somebody_elses_is_not_found_however_strong_the_login(
    either: Provider, of_enterprise: Callable[[], tuple[Actor, UUID, Site]]
) -> None:
    _actor, enterprise, _site = of_enterprise()
    stranger = acting.proven(either, "陌生人")
    for named in (enterprise, "x", "\x00", "9" * 5000):
        assert stranger.browser.open(f"{SERVICES}?for={named}").status_code in (404, 414)
