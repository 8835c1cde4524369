"""The login page (OWASP ASVS 5 §6; OIDC Core §3.1.2.3)."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import notice
from idp.audit import search
from idp.audit.batch import BATCH
from idp.audit.log import AuditEvent
from idp.authenticators import imported_hash, pwd
from idp.authenticators.hash_gate import HashGate
from idp.authenticators.hasher import Hasher
from idp.db import commit, db
from idp.recognition import tables
from idp.setting_sections import Limits, Passwords
from tests.asking import person, site
from tests.person import PASSWORD, Person, Visitor
from tests.provider import MANY, NewProvider, Provider
from tests.site import Site, answered

__all__ = ["person", "site"]


@contextmanager
def database_away(provider: Provider) -> Iterator[None]:
    """Every statement fails, as it does when the server is gone."""

    def refuse(*_anything: object) -> None:
        raise OperationalError("SELECT", {}, ConnectionRefusedError())

    with provider.context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", refuse)


def test_the_page_stands_while_the_database_is_away(either: Provider) -> None:
    """Also in a process that has not looked for other provinces yet, or has just heard of a change among them."""
    site = either.site()
    visitor = at_login(site)
    with either.context():
        tables.TABLES.get().forget()
    with database_away(either):
        visitor.go(visitor.path)
        assert visitor.is_at("/login")
        assert "login-submit" in visitor.response.get_data(as_text=True)
    fill(visitor, either.person().username, PASSWORD)
    assert visitor.is_at("/consent")


def at_login(site: Site, **options: str) -> Visitor:
    visitor = site.visitor(language="en", **options)
    visitor.go(site.authorize_url())
    assert visitor.is_at("/login")
    return visitor


def fill(visitor: Visitor, identifier: str, password: str) -> None:
    visitor.send("login-submit", values={"identifier": identifier, "password": password})


def test_the_page_names_the_site_and_its_organisation(site: Site) -> None:
    text = at_login(site).response.get_data(as_text=True)
    assert site.rp.client_name.text("en") in text
    assert site.rp.organization_name.default in text


def test_fields_are_named_for_password_managers(site: Site) -> None:
    """WCAG 2.2 §1.3.5; the design's stable ids."""
    text = at_login(site).response.get_data(as_text=True)
    for part in ('id="identifier"', 'id="password"', 'id="login-submit"'):
        assert part in text
    for part in ('autocomplete="username"', 'autocomplete="current-password"'):
        assert part in text


@pytest.mark.parametrize("form", ["{}", " {} ", "upper"])
def test_a_user_name_in_any_form_is_known(site: Site, person: Person, form: str) -> None:
    visitor = at_login(site)
    fill(visitor, person.username.upper() if form == "upper" else form.format(person.username), PASSWORD)
    assert not visitor.is_at("/login")


def test_a_phone_number_is_a_name_too(site: Site, person: Person) -> None:
    assert person.phone is not None
    visitor = at_login(site)
    fill(visitor, person.phone.removeprefix("+86"), PASSWORD)
    assert not visitor.is_at("/login")


def test_unknown_and_known_names_answer_alike(
    site: Site, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ASVS 5 §6.3.8: nobody learns who has an account."""
    # A page says until when it stays: all are to be of one minute.
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    pages = []
    for identifier in (
        person.username,
        "nobody-has-this-name",
        "13900009999",
        "\0",
        "x" * 5000,
        "' OR 1=1 --",
        "张",
    ):
        visitor = at_login(site)
        fill(visitor, identifier, "wrong password")
        assert visitor.response.status_code == 400
        assert identifier[:20] in visitor.page.forms[0].values[1][1] or identifier == "\0"
        pages.append([text.strip() for text in visitor.page.texts if text.strip()])
    assert all(page == pages[0] for page in pages)
    assert "The user name or the password is not right" in " ".join(pages[0])


def test_nothing_typed_is_told_field_by_field_and_kept(site: Site) -> None:
    visitor = at_login(site)
    fill(visitor, "", "")
    text = visitor.response.get_data(as_text=True)
    assert visitor.response.status_code == 400
    assert 'href="#identifier"' in text
    assert 'href="#password"' in text
    fill(visitor, "somebody", "")
    assert dict(visitor.page.forms[0].values)["identifier"] == "somebody"
    assert 'href="#password"' in visitor.response.get_data(as_text=True)


def test_a_password_is_never_sent_back(site: Site, person: Person) -> None:
    visitor = at_login(site)
    fill(visitor, person.username, "my-wrong-password")
    assert "my-wrong-password" not in visitor.response.get_data(as_text=True)


def test_a_frozen_account_is_told_only_to_who_knows_the_password(provider: Provider, site: Site) -> None:
    person = provider.person()
    with provider.context():
        accounts.get(person.id).status = accounts.FROZEN
        commit()
    visitor = at_login(site)
    fill(visitor, person.username, "wrong")
    assert "locked" not in visitor.response.get_data(as_text=True)
    fill(visitor, person.username, PASSWORD)
    assert visitor.response.status_code == 400
    assert "Your account is locked" in visitor.response.get_data(as_text=True)


def test_failures_are_on_the_record_without_a_name(provider: Provider, site: Site) -> None:
    with provider.context():
        before = db.session.query(AuditEvent).filter_by(name="login.failed").count()
    fill(at_login(site), "somebody-unknown", "wrong")
    with provider.context():
        events = db.session.query(AuditEvent).filter_by(name="login.failed").order_by(AuditEvent.id).all()
        assert len(events) == before + 1
        assert events[-1].data.keys() == {"reason", "address_digest", "network"}


def test_a_form_without_its_token_is_refused(site: Site, person: Person) -> None:
    """CSRF, login CSRF too."""
    visitor = at_login(site)
    response = visitor.client.post(
        visitor.path, base_url=site.issuer, data={"identifier": person.username, "password": PASSWORD}
    )
    assert response.status_code == 400
    assert 'data-error="csrf_failed"' in response.get_data(as_text=True)


def test_a_stranger_who_guesses_locks_out_nobody_but_strangers(new_provider: NewProvider) -> None:
    """Design, Limits: a known device is counted apart."""
    provider = new_provider(limits=Limits(login_failures_per_account=3, login_attempts_per_address=MANY))
    site, person = provider.site(), provider.person()
    home = site.visitor(language="en")
    site.code(person, home)
    stranger = at_login(site)
    for _ in range(3):
        fill(stranger, person.username, "guess")
        assert stranger.response.status_code == 400
    fill(stranger, person.username, PASSWORD)
    assert stranger.response.status_code == 429
    assert "Too many tries" in stranger.response.get_data(as_text=True)
    home.go(site.authorize_url(prompt="login"))
    home.log_in(person)
    assert "code" in answered(home.location)


def test_an_address_that_floods_waits(new_provider: NewProvider) -> None:
    provider = new_provider(limits=Limits(login_attempts_per_address=2))
    site = provider.site()
    visitor = at_login(site)
    for _ in range(2):
        fill(visitor, "nobody", "guess")
        assert visitor.response.status_code == 400
    fill(visitor, "nobody", "guess")
    assert visitor.response.status_code == 429


def test_a_rush_of_logins_is_told_to_come_back(
    new_provider: NewProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Design: 503 with Retry-After rather than a growing queue."""
    provider = new_provider()
    site, person = provider.site(), provider.person()
    visitor = at_login(site)
    busy = Hasher(Passwords(memory_kib=8192, iterations=1), HashGate(1, 0, 0.01))
    monkeypatch.setattr(pwd, "HASHER", type("Slot", (), {"get": staticmethod(lambda: busy)}))
    with busy._gate.passed():
        fill(visitor, person.username, PASSWORD)
    assert visitor.response.status_code == 503
    assert visitor.response.headers["Retry-After"] == "2"


def test_an_outdated_hash_is_renewed_at_the_next_login(provider: Provider, site: Site) -> None:
    person = provider.person()
    old = Hasher(Passwords(memory_kib=9000, iterations=1), HashGate(1, 1))
    with provider.context():
        pwd.store(person.id, old.hash(PASSWORD))
        commit()
    site.code(person)
    with provider.context():
        stored = pwd.find_hash(person.id)
        assert stored is not None
        assert "m=8192" in stored
    site.code(person)


def test_who_was_imported_logs_in_with_the_old_password_and_is_hashed_anew(
    provider: Provider, site: Site
) -> None:
    person = provider.person()
    digest = hashlib.sha256(b"salt" + PASSWORD.encode()).hexdigest()
    with provider.context():
        imported = imported_hash.read(f"sha256$salt${digest}")
        pwd.store(person.id, pwd.hash_imported(imported), imported_work=imported.recipe.work)
        commit()
    site.code(person)
    with provider.context():
        stored = pwd.find_hash(person.id)
        assert stored is not None
        assert stored.startswith("$argon2id$")
    site.code(person)


def test_by_oneself_one_comes_to_ones_account_or_the_page_asked_for(
    provider: Provider, person: Person
) -> None:
    visitor = provider.site().visitor()
    visitor.open("/login")
    fill_in = {"identifier": person.username, "password": PASSWORD}
    visitor.send("login-submit", values=fill_in, follow=False)
    visitor.open(visitor.location)
    assert visitor.location == "/account"


@pytest.mark.parametrize(
    ("wanted", "destination"),
    [
        ("/account/security?x=1", "/account/security?x=1"),
        ("https://evil.example/", "/account"),
        ("//evil.example/", "/account"),
        ("/\\evil.example", "/account"),
        ("javascript:alert(1)", "/account"),
        ("/a\r\nSet-Cookie: x=1", "/account"),
        ("/" + "x" * 600, "/account"),
        ("", "/account"),
    ],
)
def test_a_login_never_ends_at_another_host(
    provider: Provider, person: Person, wanted: str, destination: str
) -> None:
    """Open redirects (RFC 9700 §4.11)."""
    visitor = provider.site().visitor()
    visitor.open("/login", query_string={"next": wanted})
    visitor.send("login-submit", values={"identifier": person.username, "password": PASSWORD}, follow=False)
    visitor.open(visitor.location)
    assert visitor.location == destination


def test_who_is_asked_again_is_told_why(site: Site, person: Person) -> None:
    visitor = site.visitor(language="en")
    site.code(person, visitor)
    visitor.go(site.authorize_url(prompt="login"))
    assert "Log in again" in visitor.response.get_data(as_text=True)


def test_a_failed_login_is_on_record_for_its_account_without_what_was_typed(provider: Provider) -> None:
    stranger, person = at_login(provider.site()), provider.person()
    fill(stranger, person.username, "not the password")
    with provider.context():
        event = search.find(name="login.failed", account_id=person.id)[0]
        assert event.data["reason"] == "credentials_wrong"
        assert len(event.data["address_digest"]) == 32
        assert "127.0.0.1" not in str(event.data)


def test_a_blocked_login_is_on_record(new_provider: NewProvider) -> None:
    provider = new_provider(limits=Limits(login_attempts_per_address=1))
    visitor = at_login(provider.site())
    for status in (400, 429):
        fill(visitor, "nobody", "x")
        assert visitor.response.status_code == status
    with provider.context():
        assert BATCH.get().flush()
        assert search.find(name="login.blocked")[0].data["limit"] == "login-attempts"


def test_a_login_on_a_second_device_is_told(either: Provider) -> None:
    site, person = either.site(), either.person()
    for _ in range(2):
        fill(at_login(site), person.username, PASSWORD)
    with either.context():
        (told,) = notice.recent(person.id)
        assert told.name == "new_device"
        assert notice.values_of(told)["device"]
