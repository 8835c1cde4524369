"""The list of older accounts, and unlinking."""

from idp.accounts import account as accounts
from idp.db import commit
from idp.linking import linked_account
from tests.linking import older_system
from tests.person import Person, Visitor
from tests.provider import Provider, SignIn
from tests.site import Site

HERE = "/account/linked"


def link(provider: Provider, person: Person, site: Site, text: str) -> None:
    with provider.context():
        linked_account.link(accounts.get(person.id), site.id, text, linked_account.CHECKED)
        commit()


def test_what_is_linked_is_shown_by_its_end_and_unlinked_in_one_press(
    either: Provider, sign_in: SignIn
) -> None:
    person, site = either.person(), older_system.site(either)
    link(either, person, site, "CARD-0007")
    visitor = sign_in(person)
    visitor.go(HERE)
    body = visitor.response.get_data(as_text=True)
    assert "******07" in body
    assert "CARD" not in body
    assert "Site" in body
    visitor.send("unlink-1")
    assert "linked no more" in "".join(visitor.page.texts)
    with either.context():
        assert linked_account.find(person.id, site.id) is None


def test_nobody_unlinks_what_is_another_persons(either: Provider, sign_in: SignIn) -> None:
    one, other, site = either.person(), either.person(), older_system.site(either)
    link(either, one, site, "A")
    link(either, other, older_system.site(either), "B")
    visitor = sign_in(other)
    visitor.go(HERE)
    for client_id in (site.id, "", "x" * 5000, "\u202e", "no-such"):
        visitor.send("unlink-1", values={"client_id": client_id})
        assert visitor.is_at(HERE)
    with either.context():
        assert linked_account.find(one.id, site.id) is not None


def test_services_that_take_links_are_offered_in_pages(either: Provider, sign_in: SignIn) -> None:
    offered, silent = older_system.site(either), either.site()
    visitor = sign_in(either.person())
    seen = _all_pages(visitor)
    assert f'data-service="{offered.id}"' in seen
    assert f'data-service="{silent.id}"' not in seen


def test_whoever_is_not_logged_in_is_asked_to(either: Provider) -> None:
    visitor = Visitor(either.app, either.settings.issuer)
    for path in (HERE, f"{HERE}/code", f"{HERE}/new?client_id=x", f"{HERE}/return?link_request=x"):
        visitor.go(path)
        assert visitor.is_at("/login")


def _all_pages(visitor: Visitor) -> str:
    seen, url = "", HERE
    for _ in range(20):
        visitor.go(url)
        body = visitor.response.get_data(as_text=True)
        seen += body
        if 'id="more-services" href="' not in body:
            return seen
        url = body.split('id="more-services" href="')[1].split('"')[0].replace("&amp;", "&")
    raise AssertionError("the pages never end")
