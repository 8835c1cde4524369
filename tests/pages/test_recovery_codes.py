from idp.authenticators import recovery_code
from tests.pages.test_totp import codes_on
from tests.provider import Provider, SignIn


def test_a_new_sheet_is_shown_once(either: Provider, sign_in: SignIn) -> None:
    person = either.person(totp=True)
    visitor = sign_in(person)
    visitor.go("/account/recovery-codes")
    assert codes_on(visitor) == []
    visitor.send("recovery-codes-make")
    first = codes_on(visitor)
    assert len(first) == recovery_code.COUNT
    visitor.go("/account/recovery-codes")
    assert codes_on(visitor) == []
    visitor.send("recovery-codes-make")
    second = codes_on(visitor)
    assert not set(first) & set(second)
    with either.context():
        assert recovery_code.count_left(person.id) == recovery_code.COUNT


def test_without_an_app_there_is_nothing_to_stand_in_for(either: Provider, sign_in: SignIn) -> None:
    visitor = sign_in(either.person())
    visitor.go("/account/recovery-codes")
    assert visitor.is_at("/account/sign-in-methods")
