from tests.provider import Provider, SignIn, counted


def test_a_person_sees_who_they_are_here(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    assert person.phone is not None
    visitor = sign_in(person)
    text = "".join(visitor.page.texts)
    assert person.name in text
    assert person.username in text
    assert f"{person.phone[3:6]}****{person.phone[-4:]}" in text
    assert person.phone[3:] not in visitor.response.get_data(as_text=True)


def test_the_sites_of_this_login_are_listed(either: Provider, sign_in: SignIn) -> None:
    person, site = either.person(), either.site()
    visitor = sign_in(person)
    assert site.rp.client_name.text("en") not in "".join(visitor.page.texts)
    visitor.arrive(site.authorize_url(), person)
    assert visitor.location.startswith(site.rp.redirect_uris[0])
    visitor.go("/account")
    assert site.rp.client_name.text("en") in "".join(visitor.page.texts)


def test_what_would_make_the_account_safer_is_offered(either: Provider, sign_in: SignIn) -> None:
    visitor = sign_in(either.person())
    assert "/account/totp" in visitor.response.get_data(as_text=True)
    visitor = sign_in(either.person(totp=True))
    body = visitor.response.get_data(as_text=True)
    assert "/account/recovery-codes" in body  # none left yet


def test_a_person_without_a_phone_has_a_page_too(either: Provider, sign_in: SignIn) -> None:
    visitor = sign_in(either.person(phone=False))
    assert visitor.is_at("/account")
    assert visitor.go("/account/sign-in-methods").status_code == 200


def test_the_page_costs_few_queries(either: Provider, sign_in: SignIn) -> None:
    visitor = sign_in(either.person())
    visitor.open("/account")
    with counted(either.app) as counts:
        visitor.open("/account")
    assert len(counts.statements) <= 8
    assert counts.transactions <= 2
