"""The same wired rooms as for accounts, and an account to sign in with."""

from uuid import UUID

import pytest
from flask import Flask

from idp.accounts import account as accounts
from idp.accounts.account import Person
from idp.db import commit
from tests.accounts.conftest import context, gateway, gateway_service, rooms, rooms_on_servers

__all__ = ["account_id", "context", "gateway", "gateway_service", "rooms", "rooms_on_servers"]


@pytest.fixture
def account_id(rooms: Flask) -> UUID:
    """张伟, known by user name and phone."""
    with rooms.app_context():
        account = accounts.create(Person("zhangwei", "张伟", phone="13800138000"))
        commit()
        return account.id
