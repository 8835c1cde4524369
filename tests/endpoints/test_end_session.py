"""The end_session endpoint only checks and passes on; what happens then is tests/pages/test_logout.py."""

from tests.provider import Provider


def test_nobody_signed_in_and_nowhere_to_go_is_told_so(provider: Provider) -> None:
    visitor = provider.site().visitor()
    visitor.go("/end_session")
    assert visitor.is_at("/logout")
    assert visitor.page.error is None


def test_parameters_are_read_strictly(provider: Provider) -> None:
    visitor = provider.site().visitor()
    for query in ("client_id=a&client_id=b", "state=%FF", "state=a%00"):
        visitor.open(f"/end_session?{query}")
        assert (visitor.response.status_code, visitor.page.error) == (400, "invalid_request")


def test_what_is_carried_on_is_checked_again_by_the_page(provider: Provider) -> None:
    site, person = provider.site(), provider.person()
    visitor = site.visitor()
    site.code(person, visitor)
    visitor.open(f"/end_session?client_id={site.id}&state=1&unknown=2")
    assert visitor.location == f"/logout?client_id={site.id}&state=1"
