from tests.provider import Provider, SignIn


def test_ways_to_log_in_are_shown_as_they_are(either: Provider, sign_in: SignIn) -> None:
    visitor = sign_in(either.person())
    visitor.go("/account/sign-in-methods")
    body = visitor.response.get_data(as_text=True)
    assert "totp-remove" not in body
    assert 'href="/account/totp"' in body
    assert 'href="/account/password"' in body
    visitor = sign_in(either.person(totp=True))
    visitor.go("/account/sign-in-methods")
    body = visitor.response.get_data(as_text=True)
    assert "totp-remove" in body
    assert 'href="/account/recovery-codes"' in body
