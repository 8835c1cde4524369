"""People, an enterprise with its representative, and what they need for a mandate, on both databases."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count

import pytest
from flask import Flask

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import represented
from idp.accounts.account import ENTERPRISE, Account
from idp.db import commit
from idp.mandates import representation
from idp.proofing import evidence
from tests.accounts.conftest import context, gateway, gateway_service, rooms, rooms_on_servers

__all__ = ["context", "gateway", "gateway_service", "rooms", "rooms_on_servers"]

MakePerson = Callable[..., Account]
P3 = ("chip",)

_numbers = count(1)


@pytest.fixture
def person(context: Flask) -> MakePerson:
    """Make a citizen, proven to level 3 unless said otherwise."""

    def make(name: str = "王芳", proven: tuple[str, ...] = P3, **facts: str) -> Account:
        number = next(_numbers)
        values = {"phone": f"+86137{number:08}"} | facts
        account = accounts.create(accounts.Person(username=f"mandates{number}", name=name, **values))
        for code in proven:
            evidence.add(account, code, source="test")
        commit()
        return account

    return make


@pytest.fixture
def wangfang(person: MakePerson) -> Account:
    """The legal representative."""
    return person("王芳")


@pytest.fixture
def enterprise(context: Flask, wangfang: Account) -> Account:
    """王芳's enterprise."""
    return make_enterprise("杭州示例科技有限公司", wangfang)


def make_enterprise(name: str, representative: Account) -> Account:
    """Make an enterprise that *representative* runs."""
    account = represented.create(ENTERPRISE, name)
    evidence.add(account, "enterprise_register", source="test")
    evidence.add(account, "representative", source="test")
    representation.install(account, representative)
    commit()
    return account


@pytest.fixture
def later() -> Iterator[Callable[[timedelta], None]]:
    """Let time pass, for the rest of the test."""
    shifts = []

    def move(by: timedelta) -> None:
        shift = clock.shifted(by)
        shift.__enter__()
        shifts.append(shift)

    yield move
    for shift in reversed(shifts):
        shift.__exit__(None, None, None)
