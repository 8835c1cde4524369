from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import update

from idp import clock
from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.authenticators import client_certificate, enrolled, otp, passkey, pwd, recovery_code, ways_in
from idp.db import commit, db
from idp.errors import Conflict
from idp.settings import SETTINGS
from tests.person import TOTP_SECRET
from tests.provider import counted


def certificate(account_id: UUID, *, days: int = 30, digest: bytes = b"1" * 32) -> UUID:
    until = clock.now() + timedelta(days=days)
    made = client_certificate.add(
        account_id, digest=digest, serial="1", issuer="CA", subject="CN=x", name="UKey", not_after=until
    )
    return made.id


def key(account_id: UUID, **facts: object) -> passkey.Passkey:
    given = {
        "credential_id": uuid4().bytes,
        "public_key": b"x",
        "sign_count": 0,
        "aaguid": uuid4(),
        "attestation_format": "none",
        "vouched_by": None,
        "device_bound": True,
        "verifies_user": True,
        "transports": [],
        "name": "钥匙",
    }
    return passkey.add(account_id, **given | facts)


def test_everything_that_is_there_is_found_in_one_statement(rooms: Flask, account_id: UUID) -> None:
    with rooms.app_context():
        pwd.set_password(account_id, "whatever it is 7")
        otp.enrol(account_id, TOTP_SECRET)
        recovery_code.create(account_id)
        key(account_id)
        key(account_id)
        certificate(account_id)
        commit()
        with counted(rooms) as counts:
            found = enrolled.of(account_id)
        assert found == {"pwd", "otp", "recovery_code", "sms", "swk", "user", "sc", "pin"}
        assert len(counts.statements) == 1


def test_nobody_has_nothing(context: Flask) -> None:
    assert enrolled.of(uuid4()) == frozenset()


def test_what_can_be_shown_no_longer_is_left_out(context: Flask, account_id: UUID) -> None:
    otp.enrol(account_id, TOTP_SECRET)
    codes = recovery_code.create(account_id)
    stopped = key(account_id)
    tied = certificate(account_id)
    certificate(account_id, days=-1, digest=b"2" * 32)
    assert enrolled.of(account_id) == {"otp", "recovery_code", "sms", "swk", "user", "sc", "pin"}
    for code in codes:
        recovery_code.check(account_id, code, device="d" * 30)
    passkey.suspend(stopped)
    client_certificate.distrust(client_certificate.get(account_id, tied), "revoked")
    otp.remove(account_id)
    assert enrolled.of(account_id) == {"sms"}


def test_a_passkey_that_checks_nobody_is_possession_only(context: Flask, account_id: UUID) -> None:
    key(account_id, verifies_user=False)
    assert enrolled.of(account_id) == {"sms", "swk"}
    assert not enrolled.begins_a_login(enrolled.of(account_id))


def test_a_passkey_of_a_model_that_is_refused_is_no_way_in(
    context: Flask, account_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    unsafe = key(account_id)
    passkeys = SETTINGS.get().passkeys.model_copy(update={"refused_models": (str(unsafe.aaguid),)})
    refusing = SETTINGS.get().model_copy(update={"passkeys": passkeys})
    monkeypatch.setattr(SETTINGS, "get", lambda: refusing)
    assert enrolled.of(account_id) == {"sms"}
    with pytest.raises(Conflict):
        ways_in.settle(account_id)


def test_officials_have_no_codes_by_message(context: Flask, account_id: UUID) -> None:
    db.session.execute(update(Account).where(Account.id == account_id).values(kind=accounts.OFFICIAL))
    assert enrolled.of(account_id) == frozenset()


def test_what_begins_a_login() -> None:
    begins: Callable[[frozenset[str]], bool] = enrolled.begins_a_login
    assert begins(frozenset({"pwd"}))
    assert begins(frozenset({"sc", "pin"}))
    assert begins(frozenset({"swk", "user"}))
    assert not begins(frozenset({"otp", "recovery_code", "sms"}))
