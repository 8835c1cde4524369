"""What stands for a person between provinces is for other provinces' providers alone."""

import json
from pathlib import Path
from typing import Any

import pytest

from idp.accounts import account as accounts
from idp.accounts import identity
from idp.claims import recognition
from idp.claims.about import About, oneself
from idp.db import commit
from idp.federation import trust_anchor
from idp.proofing import evidence
from idp.recognition import recognised_identity
from idp.sandbox import network
from idp.sandbox import recognition as planted
from tests.person import Visitor
from tests.provider import NewProvider, Provider
from tests.site import decoded

NUMBER = "320106198603159139"


@pytest.fixture
def made(new_provider: NewProvider, tmp_path: Path) -> Provider:
    """A provider that hosts the anchor and stands in its table."""
    provider = new_provider()
    with provider.context():
        (tmp_path / "sites").mkdir()
        network.plant(tmp_path / "sites", tmp_path / "network")
        planted.plant(network.authority_id("national"), tmp_path / "network")
        commit()
    return provider


def proven(provider: Provider) -> Any:
    person = provider.person(totp=True)
    with provider.context():
        account = accounts.get(person.id)
        identity.bind(account, identity.parse("citizen_id", NUMBER), name=person.name)
        evidence.add(account, "register", source="test")
        commit()
    return person


def test_a_proven_number_gives_a_digest_for_each_epoch_and_no_number(made: Provider) -> None:
    person = proven(made)
    with made.context():
        said = recognition.values(oneself(accounts.get(person.id)), {})
        assert [one["epoch"] for one in said["identity_join_keys"]] == ["2026-1"]
        assert NUMBER not in json.dumps(said)


def test_nothing_is_said_of_who_proved_none_or_no_longer_or_of_another(made: Provider) -> None:
    plain, person = made.person(), proven(made)
    with made.context():
        account = accounts.get(person.id)
        assert recognition.values(oneself(accounts.get(plain.id)), {}) == {}
        assert recognition.values(About(account, accounts.get(plain.id)), {}) == {}
        evidence.revoke(account, {"register"}, "test")
        assert recognition.values(oneself(account), {}) == {}


def test_nobody_is_told_where_no_anchor_lists_us(made: Provider) -> None:
    person = proven(made)
    with made.context():
        trust_anchor.remove(network.authority_id("national"))
        commit()
        assert recognised_identity.values_of(accounts.get(person.id)) == ()


def test_an_ordinary_site_gets_none_however_it_asks(made: Provider) -> None:
    person = proven(made)
    # Even one that somehow registered for it.
    items = [{"name": "name", "required": True}, {"name": "identity_join_keys", "required": True}]
    site = made.site(items=items, scope="openid profile")
    asked = {
        "userinfo": {"identity_join_keys": {"essential": True}},
        "id_token": {"identity_join_keys": None},
    }
    visitor = Visitor(made.app, made.settings.issuer, language="en")
    tokens = site.tokens(person, visitor, scope="openid profile", claims=asked)
    assert "identity_join_keys" not in site.claims(tokens["access_token"])
    assert "identity_join_keys" not in decoded(tokens["id_token"])[1]
    with made.context():
        assert recognition.within(site.id, {"identity_join_keys", "name"}) == {"name"}


def test_we_are_no_other_province_to_ourselves(made: Provider) -> None:
    with made.context():
        assert recognition.within(made.settings.issuer, {"identity_join_keys"}) == frozenset()
