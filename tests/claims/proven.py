"""People and organisations whose names were proven, as claims see them."""

import datetime as dt
from typing import Any

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import identity
from idp.accounts.account import Account, Person
from idp.db import db
from idp.proofing import evidence
from tests.identifiers import numbers
from tests.provider import Provider

ROUTE_TO_P3 = ("register", "operator3", "bank4")
BORN = dt.date(1990, 1, 2)
_numbers = iter(range(1, 1000))


def citizen_number(born: dt.date = BORN) -> str:
    """A number of 西湖区 that no other test uses; even: a woman's."""
    return numbers.with_check(f"330106{born:%Y%m%d}{2 * next(_numbers) % 1000:03}")


def citizen(
    provider: Provider, *codes: str, number: str | None = None, residence: str = "330106", **facts: Any
) -> Account:
    """A citizen with pieces of evidence, by default those of P3 without a face. Needs an application context."""
    account = accounts.get(provider.person(**facts).id)
    identity.bind(account, identity.parse("citizen_id", number or citizen_number()))
    accounts.set_residence(account, residence)
    for code in codes or ROUTE_TO_P3:
        evidence.add(account, code, source=code)
    db.session.commit()
    return account


def uscc() -> str:
    """A code of 西湖区 that no other test uses."""
    return numbers.uscc("91", "330106", f"MA{next(_numbers):06}")


def enterprise(provider: Provider, code: str, name: str = "杭州示例科技有限公司") -> Account:
    """An enterprise at P3."""
    account = accounts.create(Person(f"e{clock.timestamp()}{next(_numbers)}", name), kind=accounts.ENTERPRISE)
    identity.bind(account, identity.parse("uscc", code), name=name)
    for piece in ("enterprise_register", "representative"):
        evidence.add(account, piece, source="enterprise")
    db.session.commit()
    return account
