"""A generated population: accounts with the evidence and the ways of signing in that a country would have, by seed.

Rows are written in bulk, with what nobody here reads (names, hashes) the same for all; 100,000 accounts take seconds.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from idp import clock
from idp.accounts.account import ACTIVE, FROZEN, Account
from idp.authenticators.client_certificate import ClientCertificate
from idp.authenticators.otp import TotpDevice
from idp.authenticators.passkey import Passkey
from idp.authenticators.pwd import Password
from idp.db import Model, commit, db
from idp.uuid7 import uuid7

BATCH = 2000
SEED = 716
# How many of a thousand citizens have proven themselves this way.
CITIZENS: tuple[tuple[int, tuple[str, ...]], ...] = (
    (120, ()),
    (240, ("phone",)),
    (160, ("phone", "operator3")),
    (90, ("phone", "register")),
    (40, ("phone", "bank4")),
    (150, ("phone", "register", "face")),
    (80, ("phone", "register", "operator3", "bank4")),
    (60, ("phone", "network_id")),
    (25, ("phone", "chip")),
    (15, ("point",)),
    (12, ("counter",)),
    (3, ("phone", "certificate")),
    (5, ("vouch",)),
)
ENTERPRISES: tuple[tuple[int, tuple[str, ...]], ...] = (
    (20, ("enterprise_typed",)),
    (30, ("enterprise_register",)),
    (40, ("enterprise_register", "representative")),
    (10, ("business_licence",)),
)
OFFICIALS: tuple[tuple[int, tuple[str, ...]], ...] = (
    (70, ("appointment",)),
    (20, ("appointment", "counter")),
    (10, ("appointment", "certificate")),
)
EVIDENCE = {"citizen": CITIZENS, "enterprise": ENTERPRISES, "official": OFFICIALS}
OLDEST_DAYS = 1400


def plant(accounts: int, seed: int = SEED) -> None:
    """Write so many accounts into the database of the current application."""
    chance = random.Random(seed)
    now = clock.now()
    for rows in _batches(chance, accounts, now):
        for model, values in rows.items():
            if values:
                db.session.execute(insert(model), values)
        commit()


def _batches(
    chance: random.Random, accounts: int, now: datetime
) -> Iterator[dict[type[Model], list[dict[str, Any]]]]:
    for start in range(0, accounts, BATCH):
        rows: dict[type[Model], list[dict[str, Any]]] = {
            Account: [],
            Password: [],
            TotpDevice: [],
            Passkey: [],
            ClientCertificate: [],
        }
        for _ in range(min(BATCH, accounts - start)):
            _one(chance, now, rows)
        yield rows


def _one(chance: random.Random, now: datetime, rows: dict[type[Model], list[dict[str, Any]]]) -> None:
    kind = chance.choices(("citizen", "enterprise", "official"), (96, 3, 1))[0]
    account_id = uuid7()
    weights, sets = zip(*EVIDENCE[kind], strict=True)
    codes = chance.choices(sets, weights)[0]
    has_phone = kind == "citizen" and chance.random() < 0.95
    rows[Account].append(
        {
            "id": account_id,
            "kind": kind,
            "phone_sealed": "generated" if has_phone else None,
            "phone_index": chance.randbytes(32) if has_phone else None,
            "name_sealed": "generated",
            "locale": "zh_Hans",
            "status": ACTIVE if chance.random() < 0.99 else FROZEN,
            "subject_id": UUID(bytes=chance.randbytes(16), version=4),
            "standing": [_piece(chance, code, now) for code in codes],
            "created_at": now,
            "updated_at": now,
        }
    )
    if kind != "enterprise":
        _authenticators(chance, account_id, kind, now, rows)


def _piece(chance: random.Random, code: str, now: datetime) -> dict[str, Any]:
    at = now - timedelta(days=chance.randint(0, OLDEST_DAYS))
    return {"code": code, "at": int(at.timestamp()), "until": None}


def _authenticators(
    chance: random.Random,
    account_id: UUID,
    kind: str,
    now: datetime,
    rows: dict[type[Model], list[dict[str, Any]]],
) -> None:
    official = kind == "official"
    rows[Password].append({"account_id": account_id, "hash": "generated", "changed_at": now})
    if chance.random() < (0.5 if official else 0.12):
        rows[TotpDevice].append(
            {"account_id": account_id, "secret_sealed": "generated", "last_step": 0, "enrolled_at": now}
        )
    if chance.random() < 0.06:
        rows[Passkey].append(
            {
                "account_id": account_id,
                "id": uuid7(),
                "credential_digest": chance.randbytes(32),
                "credential_id": chance.randbytes(32),
                "public_key": b"generated",
                "sign_count": 0,
                "aaguid": UUID(int=0),
                "attestation_format": "none",
                "device_bound": False,
                "verifies_user": True,
                "transports": ["internal"],
                "name": "phone",
                "created_at": now,
            }
        )
    if chance.random() < (0.6 if official else 0.01):
        rows[ClientCertificate].append(
            {
                "account_id": account_id,
                "id": uuid7(),
                "digest": chance.randbytes(32),
                "serial": str(chance.randint(1, 10**18)),
                "issuer": "Generated CA",
                "subject_sealed": "generated",
                "name": "UKey",
                "not_after": now + timedelta(days=chance.randint(-100, 1500)),
                "created_at": now,
            }
        )
