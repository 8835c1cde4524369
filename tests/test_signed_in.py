from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

import pytest

from idp import clock
from idp.accounts import account as accounts
from idp.db import commit
from idp.sessions import session as sessions
from tests.person import PASSWORD, Visitor
from tests.provider import ISSUER, Provider, SignIn, counted

PAGES = (
    "/account",
    "/account/sessions",
    "/account/sign-in-methods",
    "/account/password",
    "/account/totp",
    "/account/totp/qr.svg",
    "/account/recovery-codes",
    "/account/reauthenticate",
    "/account/passkeys",
    "/account/passkeys/019ab3c4-5f60-7d21-8a43-2f1e0d9c8b7a",
    "/account/certificates/019ab3c4-5f60-7d21-8a43-2f1e0d9c8b7a/remove",
    "/account/totp/remove",
    "/account/password/remove",
)
# Pages about a second factor, for somebody who has none.
ON_SOMETHING_ENROLLED = ("/account/recovery-codes", "/account/totp/remove")
FORMS = (
    "/account/sessions/end",
    "/account/sessions/end-others",
    "/account/password",
    "/account/totp",
    "/account/totp/remove",
    "/account/recovery-codes",
    "/account/reauthenticate",
    "/account/reauthenticate/passkey",
    "/account/passkeys",
    "/account/passkeys/019ab3c4-5f60-7d21-8a43-2f1e0d9c8b7a",
    "/account/passkeys/019ab3c4-5f60-7d21-8a43-2f1e0d9c8b7a/remove",
    "/account/password/remove",
)
FRESH = (
    "/account/totp",
    "/account/totp/qr.svg",
    "/account/totp/remove",
    "/account/recovery-codes",
    "/account/passkeys",
    "/account/passkeys/019ab3c4-5f60-7d21-8a43-2f1e0d9c8b7a",
    "/account/certificates/019ab3c4-5f60-7d21-8a43-2f1e0d9c8b7a/remove",
    "/account/password/remove",
)


@pytest.mark.parametrize("path", PAGES)
def test_who_is_not_logged_in_logs_in_first_and_comes_back(either: Provider, path: str) -> None:
    visitor = Visitor(either.app, ISSUER)
    visitor.open(path)
    assert visitor.response.status_code == 303
    visitor.follow()
    assert visitor.is_at("/login")
    if "qr" not in path:
        visitor.log_in(either.person())
        assert visitor.path == ("/account/sign-in-methods" if path in ON_SOMETHING_ENROLLED else path)


def test_the_way_back_keeps_what_the_address_asked(either: Provider) -> None:
    place = "/account/proofing/counter/place?division=330000"
    visitor = Visitor(either.app, ISSUER)
    visitor.go(place)
    visitor.log_in(either.person())
    assert visitor.path == place


def test_the_way_back_through_a_fresh_login_keeps_it_too(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    visitor = sign_in(person)
    with clock.shifted(timedelta(seconds=301)):
        visitor.go("/account/passkeys?from=%E5%AE%9E")
        assert visitor.is_at("/account/reauthenticate")
        visitor.send("reauthenticate-submit", values={"password": PASSWORD})
        assert visitor.path == "/account/passkeys?from=%E5%AE%9E"


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/account/sessions/end", "/account/sessions"),
        (f"/assisted/{UUID(int=1)}/extend", f"/assisted/{UUID(int=1)}"),
    ],
)
def test_from_an_address_that_takes_forms_only_the_way_leads_to_its_page(
    provider: Provider, address: str, page: str
) -> None:
    visitor = Visitor(provider.app, ISSUER)
    visitor.go("/login")
    token = dict(visitor.page.forms[0].values)["csrf_token"]
    response = visitor.client.post(address, base_url=ISSUER, data={"csrf_token": token})
    assert response.location == f"/login?{urlencode({'next': page})}"


@pytest.mark.parametrize("query", ["x=" + "a" * 600, "x=\x7f", "\u00e9"])
def test_of_an_address_that_cannot_be_kept_the_page_stays(either: Provider, query: str) -> None:
    visitor = Visitor(either.app, ISSUER)
    assert visitor.open(f"/account/sessions?{query}").location == "/login?next=%2Faccount%2Fsessions"


@pytest.mark.parametrize("cookie", ["", "x", "x" * 64, "张伟", "\x00", "' OR 1=1 --", "x" * 5000])
def test_no_cookie_but_the_right_one_lets_in(provider: Provider, cookie: str) -> None:
    visitor = Visitor(provider.app, ISSUER)
    visitor.open("/account", headers={"Cookie": f"tongxing_session={cookie}".encode().decode("latin-1")})
    assert visitor.response.status_code in {303, 400}


@pytest.mark.parametrize("path", FORMS)
def test_no_form_works_without_its_token(either: Provider, sign_in: SignIn, path: str) -> None:
    visitor = sign_in(either.person())
    response = visitor.client.post(path, base_url=ISSUER, data={"session": "x", "code": "1"})
    assert response.status_code == 400
    assert 'data-error="csrf_failed"' in response.get_data(as_text=True)


@pytest.mark.parametrize("path", FRESH)
def test_an_old_login_is_proven_again_before_ways_of_signing_in_change(
    either: Provider, sign_in: SignIn, path: str
) -> None:
    visitor = sign_in(either.person())
    with clock.shifted(timedelta(seconds=299)):
        assert visitor.open(path).location != f"/account/reauthenticate?next={path}"
    with clock.shifted(timedelta(seconds=301)):
        visitor.open(path)
        assert visitor.location.startswith("/account/reauthenticate?next=%2Faccount%2F")


def test_a_form_that_was_open_for_long_asks_first(either: Provider, sign_in: SignIn) -> None:
    visitor = sign_in(either.person(totp=True))
    visitor.go("/account/totp/remove")
    with clock.shifted(timedelta(seconds=301)):
        visitor.send("remove-confirm")
        assert visitor.is_at("/account/reauthenticate")
        assert "next=%2Faccount%2Ftotp%2Fremove" in visitor.page.forms[0].action


def test_a_locked_account_gets_no_page(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    visitor = sign_in(person)
    with either.context():
        accounts.get(person.id).status = accounts.FROZEN
        commit()
    visitor.open("/account")
    assert visitor.response.status_code == 403
    assert visitor.page.error == "account_frozen"
    assert "locked" in "".join(visitor.page.texts)


def test_pages_are_kept_by_no_cache(either: Provider, sign_in: SignIn) -> None:
    visitor = sign_in(either.person())
    for path in ("/account", "/account/totp", "/account/totp/qr.svg"):
        assert visitor.open(path).headers["Cache-Control"] == "no-store"


def test_looking_at_ones_account_counts_as_use(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    visitor = sign_in(person)
    with either.context():
        (session,) = sessions.live_sessions(person.id)
        seen = session.last_seen_at
    with clock.shifted(timedelta(hours=2)):
        assert visitor.open("/account").status_code == 200
    with either.context():
        (session,) = sessions.live_sessions(person.id)
        assert session.last_seen_at - seen >= timedelta(hours=1)


def test_a_page_with_a_floor_looks_the_person_up_once(either: Provider, sign_in: SignIn) -> None:
    """Design §4: nothing is looked up twice in a request."""
    visitor = sign_in(either.person(totp=True))
    with counted(either.app) as counts:
        assert visitor.open("/account/sign-in-methods").status_code == 200
        held = sum("FROM sessions" in one for one in counts.statements)
        assert visitor.open("/account/passkeys").status_code == 200
    assert sum("FROM sessions" in one for one in counts.statements) == 2 * held
