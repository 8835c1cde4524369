"""What follows when the standing of an account falls: within seconds, in every token (domain §2, CAEP)."""

from datetime import timedelta
from typing import Any

import pytest

from idp import clock
from idp.accounts import account as accounts
from idp.audit.log import AuditEvent
from idp.background import HANDLERS
from idp.db import commit, db
from idp.outbox.message import OutboxMessage
from idp.proofing import evidence
from idp.sessions import revocation
from idp.tokens import grant as grants
from idp.tokens.grant import Grant
from tests.journey.levels import L1, L2, P2, P3
from tests.person import Person
from tests.provider import Provider
from tests.site import decoded


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
def test_what_the_site_needs_is_revoked_rather_than_lowered(either: Provider, asks: dict[str, Any]) -> None:
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

    def narrowed() -> int:
        events = db.session.query(AuditEvent).filter_by(account_id=person.id, name="grant.narrowed")
        return events.count()

    with either.context():
        once = narrowed()
        message = OutboxMessage(kind=evidence.STANDING_CHANGED, payload={"account_id": str(person.id)})
        HANDLERS[evidence.STANDING_CHANGED](message)
        commit()
        assert (once, narrowed()) == (1, 1)


def test_an_essential_acr_is_what_was_asked(either: Provider) -> None:
    """OIDC Core §5.5.1.1: beside it, acr_values count nothing."""
    site, person = either.site(), either.person(evidence=P2)
    essential = {"id_token": {"acr": {"essential": True, "values": [L2]}}}
    tokens = site.tokens(person, acr_values=L1, claims=essential)
    lower(either, person, "register")
    assert site.refresh(str(tokens["refresh_token"])).error == "invalid_grant"


def test_only_what_is_above_the_new_level_is_lowered(either: Provider) -> None:
    site, person = either.site(minimum_acr=L2), either.person(evidence=P3)
    tokens = site.tokens(person, acr_values=L1)
    lower(either, person, "bank4")
    with clock.shifted(timedelta(seconds=2)):
        refreshed = site.refresh(str(tokens["refresh_token"]))
        claims = decoded(refreshed.body["id_token"])[1]
    assert (claims["acr"], claims["ial"]) == (L1, 2)


def test_what_was_revoked_meanwhile_stays_so_for_any_clock(either: Provider) -> None:
    """A token of a machine whose clock runs ahead is not brought back by the mark of a narrowing."""
    site, person = either.site(), either.person(evidence=P2)
    with clock.shifted(timedelta(seconds=20)):
        access = str(site.tokens(person)["access_token"])
    with either.context():
        held = db.session.query(Grant).filter_by(account_id=person.id).one()
        grants.revoke(held.id, "test")
        commit()
        grants.forget(held)
        revocation.revoke(held.family, str(held.id), issued_until=clock.timestamp())
    assert site.introspect(access) == {"active": False}
