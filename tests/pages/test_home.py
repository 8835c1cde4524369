from tests.person import Visitor
from tests.provider import Provider, SignIn


def test_the_start_page_is_for_everybody(either: Provider) -> None:
    visitor = Visitor(either.app, either.settings.issuer, language="en")
    assert visitor.open("/").status_code == 200
    body = visitor.response.get_data(as_text=True)
    assert 'href="/login"' in body
    assert 'href="/sign-up"' in body


def test_somebody_who_is_logged_in_is_greeted(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    visitor = sign_in(person)
    visitor.go("/")
    assert person.name in "".join(visitor.page.texts)
    assert 'href="/login"' not in visitor.response.get_data(as_text=True)
