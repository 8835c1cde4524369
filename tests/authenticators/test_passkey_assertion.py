"""Showing a passkey (WebAuthn §7.2), honestly and otherwise."""

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask

from idp import clock
from idp.authenticators import enrolled, passkey, passkey_assertion, passkey_registration
from idp.authenticators.passkey_assertion import SIGN_IN, Copied, Shown
from idp.db import commit, db
from idp.errors import IdpError
from tests.authenticators.soft_passkey import SoftPasskey

BROWSER = "browser-0123456789abcdef"


def add(account_id: UUID, key: SoftPasskey) -> SoftPasskey:
    session = uuid4()
    options = passkey_registration.options(account_id, session, browser=BROWSER, label="x", name="x")
    text = key.create(options, form="none" if key.synced else "packed")
    passkey_registration.register(account_id, session, text, browser=BROWSER, name="钥匙")
    commit()
    return key


@pytest.fixture
def key(context: Flask, account_id: UUID) -> SoftPasskey:
    return add(account_id, SoftPasskey())


def options(account_id: UUID | None = None, purpose: str = SIGN_IN) -> str:
    return passkey_assertion.options(purpose, browser=BROWSER, account_id=account_id)


def show(text: str, account_id: UUID | None = None, **more: str) -> Shown:
    shown = passkey_assertion.check(
        more.get("purpose", SIGN_IN), text, browser=more.get("browser", BROWSER), account_id=account_id
    )
    commit()
    return shown


def refused(text: str, account_id: UUID | None = None, **more: str) -> str:
    with pytest.raises(IdpError) as caught:
        show(text, account_id, **more)
    commit()
    return caught.value.code


def test_the_device_knows_who_it_is(context: Flask, account_id: UUID, key: SoftPasskey) -> None:
    shown = show(key.get(options()))
    assert shown.passkey.account_id == account_id
    assert shown.methods == ["swk", "user"]
    found = passkey.find(key.id)
    assert found is not None
    assert (found.sign_count, found.last_used_at is not None) == (2, True)
    assert json.loads(options())["allowCredentials"] == [], "nothing is told before the person is known"


def test_without_a_check_of_its_owner_it_is_no_way_in_but_a_second_factor(
    context: Flask, account_id: UUID
) -> None:
    key = add(account_id, SoftPasskey(verifies_user=False))
    assert "user" not in enrolled.of(account_id)
    assert refused(key.get(options())) == "passkey_refused"
    assert show(key.get(options(account_id, "2"), user_handle=None), account_id, purpose="2").methods == [
        "swk"
    ]
    key.verifies_user = True
    assert show(key.get(options(account_id, "2")), account_id, purpose="2").methods == ["swk", "user"]
    assert "user" in enrolled.of(account_id)


def test_only_ones_own_passkeys_confirm(context: Flask, account_id: UUID, key: SoftPasskey) -> None:
    somebody = uuid4()
    assert refused(key.get(options(somebody, "2")), somebody, purpose="2") == "passkey_refused"


@pytest.mark.parametrize(
    "change",
    [
        {"signer": ec.generate_private_key(ec.SECP256R1())},
        {"user_handle": b"somebody else"},
        {"user_handle": None},
        {"client_data": {"origin": "https://evil.example"}},
        {"client_data": {"type": "webauthn.create"}},
        {"client_data": {"crossOrigin": True}},
    ],
    ids=["signature", "other person", "nobody", "origin", "type", "framed"],
)
def test_a_wrong_answer_is_refused_and_stops_no_passkey(
    context: Flask, key: SoftPasskey, change: dict[str, Any]
) -> None:
    assert refused(key.get(options(), **change)) == "passkey_refused"
    assert show(key.get(options())).methods == ["swk", "user"]


def test_a_forged_old_counter_stops_no_passkey(context: Flask, key: SoftPasskey) -> None:
    """Whoever cannot sign cannot take somebody's key away either."""
    key.counter = 1
    assert refused(key.get(options(), signer=ec.generate_private_key(ec.SECP256R1()))) == "passkey_refused"
    found = passkey.find(key.id)
    assert found is not None
    assert found.suspended_at is None


def test_an_answer_works_once_in_one_browser_for_one_purpose(context: Flask, key: SoftPasskey) -> None:
    text = key.get(options())
    assert refused(text, browser="another-browser-01234567") == "challenge_expired"
    assert refused(text, purpose="second_factor:x") == "challenge_expired"
    show(text)
    assert refused(text) == "challenge_expired"
    late = key.get(options())
    with clock.shifted(timedelta(seconds=601)):
        assert refused(late) == "challenge_expired"


@pytest.mark.parametrize("text", ["", "{}", "[" * 30_000, "\0", '{"rawId": "AA", "response": {}}'], ids=repr)
def test_rubbish_is_refused(context: Flask, text: str) -> None:
    assert refused(text) == "passkey_refused"


def test_a_copied_key_is_stopped(context: Flask, account_id: UUID, key: SoftPasskey) -> None:
    """WebAuthn §6.1.1: the counter went back, so there are two of them."""
    show(key.get(options()))
    show(key.get(options()))
    key.counter = 2
    with clock.shifted(timedelta(seconds=5)):
        with pytest.raises(Copied) as caught:
            show(key.get(options()))
        commit()
        assert caught.value.newly
        assert enrolled.of(account_id).isdisjoint({"swk", "user"})
        key.counter = 50
        with pytest.raises(Copied) as again:
            show(key.get(options()))
        assert not again.value.newly, "its owner is told once"
    assert json.loads(options(account_id, "2"))["allowCredentials"] == []


def test_an_answer_overtaken_by_a_later_one_is_no_copy(context: Flask, key: SoftPasskey) -> None:
    first_page, second_page = options(), options()
    first, second = key.get(first_page), key.get(second_page)
    show(second)
    assert refused(first) == "passkey_refused"
    assert show(key.get(options())).methods == ["swk", "user"]


def test_a_key_without_a_counter_is_no_copy(context: Flask, account_id: UUID) -> None:
    key = add(account_id, SoftPasskey(counter=0, synced=True))
    assert [show(key.get(options())).methods for _ in range(2)] == [["swk", "user"]] * 2
    found = passkey.find(key.id)
    assert found is not None
    assert found.sign_count == 0


def test_a_removed_passkey_opens_nothing(context: Flask, account_id: UUID, key: SoftPasskey) -> None:
    (kept,) = passkey.of_account(account_id)
    assert passkey.remove(account_id, kept.id)
    assert not passkey.remove(account_id, kept.id)
    commit()
    assert refused(key.get(options())) == "passkey_refused"


def test_of_many_who_send_one_answer_one_gets_in(rooms: Flask, account_id: UUID) -> None:
    with rooms.app_context():
        key = add(account_id, SoftPasskey())
        text = key.get(options())
    results: list[str] = []
    barrier = threading.Barrier(6)

    def send() -> None:
        with rooms.app_context():
            barrier.wait()
            try:
                show(text)
                results.append("in")
            except IdpError as error:
                db.session.rollback()
                results.append(error.code)

    run(send, 6)
    assert sorted(results) == ["challenge_expired"] * 5 + ["in"]


def run(work: Callable[[], None], count: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
