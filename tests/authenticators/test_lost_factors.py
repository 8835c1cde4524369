"""Removing what was lost: everything but the password."""

from uuid import UUID

from flask import Flask

from idp.authenticators import enrolled, lost_factors, otp, pwd, recovery_code
from idp.db import commit
from tests.person import TOTP_SECRET


def test_only_the_password_and_the_phone_stay(context: Flask, account_id: UUID) -> None:
    pwd.set_password(account_id, "the password of always")
    otp.enrol(account_id, TOTP_SECRET)
    recovery_code.create(account_id)
    commit()
    assert enrolled.of(account_id) > {"pwd", "otp"}
    lost_factors.remove(account_id)
    commit()
    assert enrolled.of(account_id) == {"pwd", "sms"}
    lost_factors.remove(account_id)
