"""Adding a passkey (WebAuthn §7.1)."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from idp import clock
from idp.authenticators import attestation, enrolled, passkey, passkey_registration
from idp.db import db
from idp.errors import Conflict, Expired, IdpError, InvalidInput
from tests.authenticators.soft_passkey import SoftPasskey

SESSION = uuid4()
BROWSER = "browser-0123456789abcdef"
Add = Callable[..., passkey.Passkey]


def options(account_id: UUID, session: UUID = SESSION, browser: str = BROWSER) -> str:
    return passkey_registration.options(account_id, session, browser=browser, label="zhangwei", name="张伟")


def register(account_id: UUID, text: str, browser: str = BROWSER, name: str = "我的手机") -> passkey.Passkey:
    return passkey_registration.register(account_id, SESSION, text, browser=browser, name=name)


def refused(account_id: UUID, text: str, **more: str) -> str:
    with pytest.raises(IdpError) as caught:
        register(account_id, text, **more)
    db.session.rollback()
    return caught.value.code


def test_a_new_passkey_is_kept_with_its_name(context: Flask, account_id: UUID) -> None:
    key = SoftPasskey()
    made = register(account_id, key.create(options(account_id)), name="  我的 \n 手机 ")
    assert (made.account_id, made.credential_id, made.name) == (account_id, key.id, "我的 手机")
    assert (made.amr, made.device_bound, made.verifies_user, made.sign_count) == ("swk", True, True, 1)
    assert made.transports == ["hybrid", "usb"]
    assert passkey.find(key.id) is made
    assert passkey.of_account(account_id) == [made]


def test_the_options_name_nobody(context: Flask, account_id: UUID) -> None:
    """WebAuthn §14.6.1: the user handle holds no personal information, and is no identifier of ours."""
    asked = json.loads(options(account_id))
    assert asked["rp"]["id"] == "localhost"
    assert asked["attestation"] == "direct"
    handle = asked["user"]["id"]
    assert handle == json.loads(options(account_id))["user"]["id"]
    assert handle != json.loads(options(uuid4()))["user"]["id"]
    raw = str(asked)
    assert str(account_id) not in raw
    assert account_id.hex not in raw


def test_a_device_is_asked_once(context: Flask, account_id: UUID) -> None:
    key = SoftPasskey()
    register(account_id, key.create(options(account_id)))
    assert len(json.loads(options(account_id))["excludeCredentials"]) == 1
    assert refused(account_id, key.create(options(account_id))) == "passkey_taken"
    assert refused(uuid4(), key.create(options(account_id))) == "challenge_expired"


def test_many_passkeys_have_an_end(context: Flask, account_id: UUID) -> None:
    for _ in range(passkey.MOST):
        register(account_id, SoftPasskey().create(options(account_id)))
    with pytest.raises(Conflict, match="too_many_passkeys"):
        register(account_id, SoftPasskey().create(options(account_id)))


def test_an_answer_is_for_one_browser_session_and_use(context: Flask, account_id: UUID) -> None:
    answer = SoftPasskey().create(options(account_id))
    assert refused(account_id, answer, browser="another-browser-0123456") == "challenge_expired"
    assert refused(account_id, SoftPasskey().create(options(account_id, uuid4()))) == "challenge_expired"
    register(account_id, answer)
    passkey.remove(account_id, passkey.of_account(account_id)[0].id)
    assert refused(account_id, answer) == "challenge_expired"
    late = SoftPasskey().create(options(account_id))
    with clock.shifted(timedelta(seconds=601)), pytest.raises(Expired):
        register(account_id, late)


@pytest.mark.parametrize(
    "changed",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:8001"},
        {"rp_id": "evil.example"},
        {"origin": "https://localhost:8000"},
    ],
    ids=str,
)
def test_a_passkey_made_elsewhere_is_refused(
    context: Flask, account_id: UUID, changed: dict[str, str]
) -> None:
    assert refused(account_id, SoftPasskey(**changed).create(options(account_id))) == "passkey_refused"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "client_data",
    [
        {"type": "webauthn.get"},
        {"challenge": "AAAA"},
        {"crossOrigin": True},
        {"challenge": 7},
        {"origin": None},
    ],
    ids=str,
)
def test_an_answer_to_something_else_is_refused(
    context: Flask, account_id: UUID, client_data: dict[str, Any]
) -> None:
    text = SoftPasskey().create(options(account_id), client_data=client_data)
    assert refused(account_id, text) in {"passkey_refused", "challenge_expired"}


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", "7", '"x"', "{" * 5000, '{"response": 7}', "\0", "x" * 40_000, "[" * 30_000],
    ids=lambda text: text[:12],
)
def test_rubbish_is_refused(context: Flask, account_id: UUID, text: str) -> None:
    assert refused(account_id, text) == "passkey_refused"


@pytest.mark.parametrize("place", ["attestationObject", "clientDataJSON"])
def test_a_damaged_answer_is_refused(context: Flask, account_id: UUID, place: str) -> None:
    for cut in (0, 1, 40, 90, 150):
        answer = json.loads(SoftPasskey().create(options(account_id)))
        text = answer["response"][place]
        answer["response"][place] = text[:cut] + ("B" if text[cut] == "A" else "A") + text[cut + 1 :]
        assert refused(account_id, json.dumps(answer)) in {"passkey_refused", "challenge_expired"}


def test_a_name_is_needed(context: Flask, account_id: UUID) -> None:
    text = SoftPasskey().create(options(account_id))
    for name in ("", "  ", "x" * 41, "a\0b", "a\u202eb"):
        with pytest.raises(InvalidInput) as caught:
            register(account_id, text, name=name)
        assert caught.value.field == "name"
    # A wrong name costs nothing: the same answer still works.
    assert register(account_id, text).name == "我的手机"


def test_a_synchronized_passkey_without_attestation_is_welcome(context: Flask, account_id: UUID) -> None:
    made = register(account_id, SoftPasskey(synced=True, counter=0).create(options(account_id), form="none"))
    assert (made.amr, made.device_bound, made.attestation_format) == ("swk", False, "none")
    assert enrolled.of(account_id) >= {"swk", "user"}


def test_the_sandbox_rule_counts_for_nothing_unless_it_is_set(context: Flask, account_id: UUID) -> None:
    made = register(
        account_id, SoftPasskey(aaguid=attestation.VIRTUAL_AUTHENTICATOR).create(options(account_id))
    )
    assert made.amr == "swk"
