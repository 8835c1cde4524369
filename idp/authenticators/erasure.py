"""Erasing every way of signing in, when an account is closed for good (PIPL art. 47)."""

from uuid import UUID

from sqlalchemy import delete

from idp.authenticators.client_certificate import ClientCertificate
from idp.authenticators.known_device import KnownDevice
from idp.authenticators.otp import TotpDevice
from idp.authenticators.passkey import Passkey
from idp.authenticators.password_history import FormerPassword
from idp.authenticators.pwd import Password
from idp.authenticators.recovery_code import RecoveryCode
from idp.db import db

EVERYTHING = (ClientCertificate, FormerPassword, KnownDevice, Passkey, Password, RecoveryCode, TotpDevice)


def erase(account_id: UUID) -> None:
    """Delete what the account could show of itself; a recovery that waits runs out by itself and opens nothing."""
    for model in EVERYTHING:
        db.session.execute(delete(model).where(model.account_id == account_id))
