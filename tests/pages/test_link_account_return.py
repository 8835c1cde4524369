"""Back from the older system: who began it sees the account and says yes, nobody else."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from idp.accounts import account as accounts
from idp.db import commit
from idp.linking import linked_account
from tests.linking import older_system
from tests.person import Visitor
from tests.provider import Provider, SignIn
from tests.site import Site


@pytest.fixture
def site(either: Provider) -> Site:
    return older_system.site(either)


def go_there(visitor: Visitor, site: Site) -> str:
    """Begin; return the value that the older system gets."""
    visitor.go(f"/account/linked/new?client_id={site.id}")
    visitor.send("link-log-in", number=0)
    return parse_qs(urlsplit(visitor.location).query)["link_request"][0]


def back(value: str) -> str:
    """Return the address that everybody who knows the request can make up."""
    return f"/account/linked/return?link_request={value}"


def answered(site: Site, value: str, legacy_id: str) -> str:
    """Let the older system answer; return where it sends the browser that logged in there."""
    response = site.post("/account_link", link_request=value, legacy_id=legacy_id)
    parts = urlsplit(json.loads(response.data)["return_uri"])
    return f"{parts.path}?{parts.query}"


def legacy_id(provider: Provider, account_id: object, site: Site) -> str | None:
    with provider.context():
        found = linked_account.find(account_id, site.id)  # type: ignore[arg-type]
        return linked_account.legacy_id_of(found) if found else None


def test_there_and_back_links_the_account_once(either: Provider, sign_in: SignIn, site: Site) -> None:
    person = either.person()
    visitor = sign_in(person)
    value = go_there(visitor, site)
    there = answered(site, value, "CARD-0007")
    visitor.go(there)
    assert "******07" in visitor.response.get_data(as_text=True)
    assert legacy_id(either, person.id, site) is None, "nothing is linked before the person says so"
    visitor.send("link-confirm")
    assert visitor.is_at("/account/linked")
    assert legacy_id(either, person.id, site) == "CARD-0007"
    visitor.go(there)
    assert visitor.response.status_code == 410


def test_who_said_no_there_is_back_at_the_list(either: Provider, sign_in: SignIn, site: Site) -> None:
    visitor = sign_in(either.person())
    visitor.go(back(go_there(visitor, site)))
    assert visitor.is_at("/account/linked")


def test_a_link_that_somebody_sends_around_brings_them_nothing(
    either: Provider, sign_in: SignIn, site: Site
) -> None:
    """The sender begins, the victim logs in at the older system: neither of them can finish it."""
    sender, victim = either.person(), either.person()
    sending, browsing = sign_in(sender), sign_in(victim)
    value = go_there(sending, site)
    there = answered(site, value, "VICTIMS")
    browsing.go(there)
    assert browsing.response.status_code == 410
    other_browser = sign_in(sender)
    other_browser.go(there)
    assert other_browser.response.status_code == 410
    # In the browser that began, whoever did not log in there lacks what came back with that login.
    for made_up in ("", "&proof=", "&proof=x", "&proof=张"):
        sending.go(f"{back(value)}{made_up}")
        assert sending.response.status_code == 410
        assert "TIMS" not in sending.response.get_data(as_text=True)
    sending.go(answered(site, go_there(sending, site), "OWN-1"))
    sending.send("link-confirm", values={"link_request": value})
    assert sending.response.status_code == 410
    for person in (sender, victim):
        assert legacy_id(either, person.id, site) is None


def test_the_account_of_another_person_stays_theirs(either: Provider, sign_in: SignIn, site: Site) -> None:
    holder, person = either.person(), either.person()
    with either.context():
        linked_account.link(accounts.get(holder.id), site.id, "TAKEN", linked_account.CHECKED)
        commit()
    visitor = sign_in(person)
    value = go_there(visitor, site)
    visitor.go(answered(site, value, "TAKEN"))
    visitor.send("link-confirm")
    assert visitor.response.status_code == 409
    assert "belongs to another person" in "".join(visitor.page.texts)
    assert legacy_id(either, person.id, site) is None
