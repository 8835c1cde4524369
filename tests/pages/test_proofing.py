"""The overview: where I am, what each way adds, what is under way, what was decided."""

from collections.abc import Callable

from idp.accounts import account as accounts
from idp.db import commit
from idp.proofing import evidence
from tests.person import Person, Visitor
from tests.provider import Provider

Enter = Callable[[Person], Visitor]


def plant(provider: Provider, person: Person, *codes: str) -> None:
    with provider.context():
        for code in codes:
            evidence.add(accounts.get(person.id), code, source="test")
        commit()


def text(visitor: Visitor) -> str:
    return visitor.response.get_data(as_text=True)


def test_a_newcomer_sees_the_first_steps_and_nothing_decided(proving_pages: Provider, enter: Enter) -> None:
    visitor = enter(proving_pages.person())
    visitor.go("/account/proofing")
    page = text(visitor)
    assert 'aria-current="step"' in page
    assert page.count('data-state="open"') >= 5
    assert "Nothing yet." in page
    assert "No case has been decided yet." in page
    assert "Somebody asked you to answer" not in page
    # No authorities are configured here.
    assert 'data-step="certificate"' not in page


def test_what_is_proven_is_ticked_and_the_rest_leads_on(proving_pages: Provider, enter: Enter) -> None:
    person = proving_pages.person()
    plant(proving_pages, person, "register", "operator3")
    visitor = enter(person)
    visitor.go("/account/proofing")
    page = text(visitor)
    assert 'data-step="operator3" data-state="done"' in page
    assert '<a href="/account/proofing/bank4">' in page
    assert "To level 3" in page
    assert "To level 2" not in page
    assert "/account/proofing/vouching" in page


def test_a_login_that_is_weaker_than_the_proof_is_told(proving_pages: Provider, enter: Enter) -> None:
    person = proving_pages.person()
    plant(proving_pages, person, "chip")
    visitor = enter(person)
    visitor.go("/account/proofing")
    assert "This login counts as level 2" in text(visitor)


def test_at_the_top_there_is_nothing_left_to_do(proving_pages: Provider, enter: Enter) -> None:
    person = proving_pages.person()
    plant(proving_pages, person, "counter")
    visitor = enter(person)
    visitor.go("/account/proofing")
    assert "You have reached the highest level." in text(visitor)


def test_the_journey_that_asked_is_carried_along(proving_pages: Provider, enter: Enter) -> None:
    visitor = enter(proving_pages.person())
    journey = "J" * 32
    visitor.go(f"/account/proofing?journey={journey}")
    page = text(visitor)
    assert f'href="/authorize/{journey}"' in page
    assert f'href="/account/proofing/register?journey={journey}"' in page
    for forged in ("//evil.example", "x" * 31, "../../login", '"><script>'):
        visitor.open("/account/proofing", query_string={"journey": forged})
        assert "/authorize/" not in text(visitor)
        assert "<script>" not in text(visitor).replace("<script src", "")


def test_who_is_not_logged_in_goes_there_first(proving_pages: Provider) -> None:
    visitor = Visitor(proving_pages.app, proving_pages.settings.issuer)
    for path in ("/account/proofing", "/account/proofing/register", "/account/proofing/vouching"):
        visitor.open(path)
        assert visitor.response.status_code == 303
        assert visitor.location.startswith("/login?next=")
