"""The claim ``legacy_id``: of the relying party that asks, while the link lasts, with consent, and of nobody else's."""

import pytest

from idp.accounts import account as accounts
from idp.claims import legacy_id
from idp.claims.about import oneself
from idp.db import commit
from idp.linking import linked_account
from tests.linking import older_system
from tests.person import Person
from tests.provider import Provider, counted
from tests.site import Site

SCOPE = "openid profile legacy_id"


@pytest.fixture
def site(either: Provider) -> Site:
    return older_system.site(either)


def link(provider: Provider, person: Person, site: Site, text: str) -> None:
    with provider.context():
        linked_account.link(accounts.get(person.id), site.id, text, linked_account.CHECKED)
        commit()


def test_each_site_is_told_its_own(either: Provider, site: Site) -> None:
    person, other = either.person(), older_system.site(either)
    link(either, person, site, "MINE-1")
    link(either, person, other, "THEIRS-2")
    assert site.claims(site.tokens(person, scope=SCOPE)["access_token"])["legacy_id"] == "MINE-1"
    assert other.claims(other.tokens(person, scope=SCOPE)["access_token"])["legacy_id"] == "THEIRS-2"


def test_whoever_has_linked_nothing_is_told_nothing(either: Provider, site: Site) -> None:
    person = either.person()
    link(either, person, older_system.site(either), "THEIRS")
    token = site.tokens(person, scope=SCOPE)["access_token"]
    assert "legacy_id" not in site.claims(token)
    link(either, person, site, "NOW")
    assert site.claims(token)["legacy_id"] == "NOW", "from the moment of the link"
    with either.context():
        linked_account.unlink(accounts.get(person.id), site.id)
        commit()
    assert "legacy_id" not in site.claims(token), "until that of its end"


def test_without_consent_it_is_not_told(either: Provider, site: Site) -> None:
    person = either.person()
    link(either, person, site, "MINE")
    visitor = site.visitor()
    visitor.go(site.authorize_url(scope=SCOPE))
    visitor.log_in(person)
    visitor.send("consent-allow", values={"item": ["name"]})
    code = visitor.location.split("code=")[1].split("&")[0]
    claims = site.claims(site.redeem(code)["access_token"])
    assert claims.keys() >= {"sub", "name"}
    assert "legacy_id" not in claims


def test_who_does_not_ask_for_the_scope_is_not_told(either: Provider, site: Site) -> None:
    person = either.person()
    link(either, person, site, "MINE")
    assert "legacy_id" not in site.claims(site.tokens(person, scope="openid profile")["access_token"])


def test_it_costs_one_query_and_only_where_it_is_asked(either: Provider, site: Site) -> None:
    person = either.person()
    link(either, person, site, "MINE")
    either.settle()
    with either.context():
        account = accounts.get(person.id)
        with counted(either.app) as counts:
            assert legacy_id.values(oneself(account), {}) == {}
        assert not counts.statements
        with counted(either.app) as counts:
            assert legacy_id.values(oneself(account, site.id), {}) == {"legacy_id": "MINE"}
        assert len(counts.statements) == 1
