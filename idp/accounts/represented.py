"""Accounts that nobody logs in to: an enterprise, or a child for whom a guardian acts (domain §1, §4)."""

from uuid import uuid4

from idp import clock
from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.audit import log
from idp.audit.event import EventName
from idp.db import db
from idp.uuid7 import uuid7


def create(kind: str, name: str, *, actor: str | None = None) -> Account:
    """Make an account without a user name, a phone or any way to sign in; its identity is bound afterwards."""
    now = clock.now()
    account_id = uuid7()
    account = Account(
        id=account_id,
        kind=kind,
        name_sealed="",
        locale="zh_Hans",
        status=accounts.ACTIVE,
        subject_id=uuid4(),
        standing=[],
        created_at=now,
        updated_at=now,
    )
    accounts.set_name(account, name)
    db.session.add(account)
    db.session.flush()
    log.record(EventName.ACCOUNT_CREATED, account_id=account_id, actor=actor)
    return account
