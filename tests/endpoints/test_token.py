from tests.provider import Provider


def test_a_person_logs_in_and_the_site_gets_tokens(either: Provider) -> None:
    site = either.site()
    person = either.person(totp=True)
    tokens = site.tokens(person)
    assert tokens["token_type"] == "Bearer"
    assert site.claims(tokens["access_token"])["name"] == person.name
