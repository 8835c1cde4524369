"""What an account can show of itself: the ``amr`` values of everything enrolled, in one statement.

Levels are worked out from it (what the account could reach), and so is what to offer as a second factor. What can be
shown no longer is left out: used-up recovery codes, copied passkeys, refused models of them, expired certificates.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Select, cast, literal, null, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from idp import clock
from idp.accounts.account import OFFICIAL, Account
from idp.authenticators import attestation, hwk, otp, passkey, pin, pwd, recovery_code, sc, sms, swk, user
from idp.authenticators.client_certificate import ClientCertificate
from idp.authenticators.otp import TotpDevice
from idp.authenticators.passkey import Passkey
from idp.authenticators.pwd import Password
from idp.authenticators.recovery_code import RecoveryCode
from idp.db import db

_KEY = "passkey"
Column = InstrumentedAttribute[UUID]
Which = Callable[[Column], ColumnElement[bool]]
# Each of these alone begins a login; codes on paper or by message stand in for them, they do not replace them.
FIRST = frozenset({pwd.AMR, sc.AMR})
# An account that has one of these changes nothing about itself by a password alone; recovery codes stand in for them.
SECOND_FACTORS = frozenset({otp.AMR, hwk.AMR, swk.AMR, sc.AMR})


def of(account_id: UUID) -> frozenset[str]:
    """Return the ``amr`` values of all ways of signing in that the account can use now."""
    return _gather(lambda column: column == account_id).get(account_id, frozenset())


def between(after: UUID, last: UUID) -> dict[UUID, frozenset[str]]:
    """Return the same for all accounts behind *after* up to *last* that have any (scans by key), in one statement."""
    return _gather(lambda column: (column > after) & (column <= last))


def begins_a_login(methods: frozenset[str]) -> bool:
    """Whether somebody with these can begin a login at all."""
    return bool(methods & FIRST) or user.AMR in methods


def _gather(which: Which) -> dict[UUID, frozenset[str]]:
    found: dict[UUID, set[str]] = {}
    for account_id, method, vouched_by, aaguid, device_bound, verifies_user in db.session.execute(
        _everything(which)
    ):
        if method == _KEY and attestation.is_refused(aaguid):
            continue
        methods = found.setdefault(account_id, set())
        if method != _KEY:
            methods.add(method)
            continue
        methods.add(passkey.amr_of(vouched_by, aaguid, device_bound=device_bound))
        if verifies_user:
            methods.add(user.AMR)
    return {
        account_id: frozenset(methods | {pin.AMR} if sc.AMR in methods else methods)
        for account_id, methods in found.items()
    }


def _everything(which: Which) -> CompoundSelect[Any]:
    now = clock.now()
    return union_all(
        _method(pwd.AMR, Password.account_id).where(which(Password.account_id)),
        _method(otp.AMR, TotpDevice.account_id).where(which(TotpDevice.account_id)),
        _method(recovery_code.AMR, RecoveryCode.account_id)
        .where(which(RecoveryCode.account_id), RecoveryCode.used_at.is_(None))
        .distinct(),
        # A code by message is no way in for officials (domain §2).
        _method(sms.AMR, Account.id).where(
            which(Account.id), Account.phone_index.is_not(None), Account.kind != OFFICIAL
        ),
        select(
            Passkey.account_id,
            literal(_KEY),
            Passkey.vouched_by,
            Passkey.aaguid,
            Passkey.device_bound,
            Passkey.verifies_user,
        ).where(which(Passkey.account_id), Passkey.suspended_at.is_(None)),
        _method(sc.AMR, ClientCertificate.account_id).where(
            which(ClientCertificate.account_id),
            ClientCertificate.distrusted_at.is_(None),
            ClientCertificate.not_after > now,
        ),
    )


def _method(amr: str, account_id: Column) -> Select[Any]:
    # Columns that only passkeys have; the first select of a union gives all their types.
    return select(
        account_id,
        literal(amr),
        cast(null(), Passkey.vouched_by.type),
        cast(null(), Passkey.aaguid.type),
        cast(null(), Passkey.device_bound.type),
        cast(null(), Passkey.verifies_user.type),
    )
