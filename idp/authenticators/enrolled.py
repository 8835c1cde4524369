"""What an account can show of itself: the ``amr`` values of everything enrolled, in one statement.

Levels are worked out from it (what the account could reach), and so is what to offer as a second factor. What can be
shown no longer is left out: used-up recovery codes, copied passkeys, expired certificates, models that lost our trust.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import CompoundSelect, Select, cast, literal, null, select, union_all

from idp import clock
from idp.accounts.account import OFFICIAL, Account
from idp.authenticators import otp, passkey, pin, pwd, recovery_code, sc, sms, user
from idp.authenticators.client_certificate import ClientCertificate
from idp.authenticators.otp import TotpDevice
from idp.authenticators.passkey import Passkey
from idp.authenticators.pwd import Password
from idp.authenticators.recovery_code import RecoveryCode
from idp.db import db

_KEY = "passkey"
# Each of these alone begins a login; codes on paper or by message stand in for them, they do not replace them.
FIRST = frozenset({pwd.AMR, sc.AMR})


def of(account_id: UUID) -> frozenset[str]:
    """Return the ``amr`` values of all ways of signing in that the account can use now."""
    found: set[str] = set()
    for method, vouched_by, aaguid, device_bound, verifies_user in db.session.execute(
        _everything(account_id)
    ):
        if method != _KEY:
            found.add(method)
            continue
        found.add(passkey.amr_of(vouched_by, aaguid, device_bound=device_bound))
        if verifies_user:
            found.add(user.AMR)
    return frozenset(found | {pin.AMR} if sc.AMR in found else found)


def begins_a_login(methods: frozenset[str]) -> bool:
    """Whether somebody with these can begin a login at all."""
    return bool(methods & FIRST) or user.AMR in methods


def _everything(account_id: UUID) -> CompoundSelect[Any]:
    now = clock.now()
    return union_all(
        _method(pwd.AMR).where(Password.account_id == account_id),
        _method(otp.AMR).where(TotpDevice.account_id == account_id),
        _method(recovery_code.AMR)
        .where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
        .distinct(),
        # A code by message is no way in for officials (domain §2).
        _method(sms.AMR).where(
            Account.id == account_id, Account.phone_index.is_not(None), Account.kind != OFFICIAL
        ),
        select(
            literal(_KEY), Passkey.vouched_by, Passkey.aaguid, Passkey.device_bound, Passkey.verifies_user
        ).where(Passkey.account_id == account_id, Passkey.suspended_at.is_(None)),
        _method(sc.AMR).where(
            ClientCertificate.account_id == account_id,
            ClientCertificate.distrusted_at.is_(None),
            ClientCertificate.not_after > now,
        ),
    )


def _method(amr: str) -> Select[Any]:
    # Columns that only passkeys have; the first select of a union gives all their types.
    return select(
        literal(amr),
        cast(null(), Passkey.vouched_by.type),
        cast(null(), Passkey.aaguid.type),
        cast(null(), Passkey.device_bound.type),
        cast(null(), Passkey.verifies_user.type),
    )
