"""What follows when the standing of an account falls: within seconds, in every token (domain §2, CAEP)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp import clock
from idp.accounts import account as accounts
from idp.assurance import acr
from idp.background import HANDLERS
from idp.db import commit, db
from idp.outbox.message import OutboxMessage
from idp.proofing import evidence
from idp.tokens import narrowing
from idp.tokens.levels import Levels
from tests.journey.levels import L1, L2, P2, P3
from tests.person import Person
from tests.provider import Provider
from tests.site import decoded

LISTS = st.lists(st.sampled_from([acr.of(level) for level in range(5)]), max_size=4).map(tuple)


@given(LISTS, st.integers(0, 4), st.integers(0, 4))
def test_nothing_is_lowered_below_what_was_asked(asked: tuple[str, ...], floor: int, possible: int) -> None:
    left = narrowing.narrowed(Levels(asked=asked, floor=floor), possible)
    if left is None:
        assert possible < floor or (asked and all((acr.find(one) or 0) > possible for one in asked))
    else:
        assert floor <= possible
        assert left.level <= possible
        assert left.acr in asked if asked else left.level == possible


def lower(provider: Provider, person: Person, *codes: str) -> None:
    """End pieces of evidence, and do what the worker does about it."""
    with provider.context():
        evidence.revoke(accounts.get(person.id), codes, "test")
        commit()
        deliver(person)


def deliver(person: Person) -> None:
    query = db.session.query(OutboxMessage).filter_by(
        kind=evidence.STANDING_CHANGED, account_id=person.id, delivered_at=None
    )
    for message in query.all():
        HANDLERS[message.kind](message)
        message.delivered_at = clock.now()
        commit()


def test_the_site_sees_the_lower_level_at_its_next_refresh(either: Provider) -> None:
    site, person = either.site(), either.person(evidence=P2)
    tokens = site.tokens(person)
    assert site.introspect(str(tokens["access_token"]))["acr"] == L2
    lower(either, person, "register")
    assert site.introspect(str(tokens["access_token"])) == {"active": False}
    with clock.shifted(timedelta(seconds=2)):
        refreshed = site.refresh(str(tokens["refresh_token"]))
        assert refreshed.status == 200, refreshed.body
        assert site.introspect(str(refreshed["access_token"]))["acr"] == L1
        claims = decoded(refreshed.body["id_token"])[1]
        assert (claims["acr"], claims["ial"]) == (L1, 1)


@pytest.mark.parametrize("asks", [{"acr_values": L2}, {}], ids=["asked", "floor"])
def test_what_the_site_needs_is_revoked_rather_than_lowered(either: Provider, asks: dict[str, str]) -> None:
    site = either.site() if asks else either.site(minimum_acr=L2)
    person = either.person(evidence=P2)
    tokens = site.tokens(person, **asks)
    lower(either, person, "register")
    assert site.introspect(str(tokens["access_token"])) == {"active": False}
    assert site.refresh(str(tokens["refresh_token"])).error == "invalid_grant"


def test_a_change_that_costs_no_level_costs_no_token(either: Provider) -> None:
    site, person = either.site(), either.person(evidence=(*P3, "face"))
    tokens = site.tokens(person, acr_values=L2)
    lower(either, person, "bank4")
    assert site.introspect(str(tokens["access_token"]))["active"]


def test_a_frozen_account_loses_everything(either: Provider) -> None:
    site, person = either.site(), either.person(evidence=P2)
    tokens = site.tokens(person, scope="openid offline_access")
    with either.context():
        accounts.get(person.id).status = accounts.FROZEN
        commit()
    lower(either, person, "register")
    assert site.introspect(str(tokens["access_token"])) == {"active": False}
    assert site.refresh(str(tokens["refresh_token"])).error == "invalid_grant"


def test_once_more_changes_nothing(either: Provider) -> None:
    """Messages are delivered at least once."""
    site, person = either.site(), either.person(evidence=P2)
    site.tokens(person)
    lower(either, person, "register")
    with either.context():
        message = OutboxMessage(kind=evidence.STANDING_CHANGED, payload={"account_id": str(person.id)})
        HANDLERS[evidence.STANDING_CHANGED](message)
        db.session.rollback()
