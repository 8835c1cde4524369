"""The sandbox's officials have their posts, a code app, and the level their work needs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from idp import clock
from idp.accounts import account as accounts
from idp.accounts.account import OFFICIAL
from idp.authenticators import otp
from idp.db import commit
from idp.operators import post as posts
from idp.operators import rights
from idp.operators.rights import ADMINISTRATORS, GUARDED
from idp.proofing import evidence
from idp.sandbox import posts as planted
from tests.person import TOTP_SECRET
from tests.provider import Template

HOMES = {
    "wujie": ("330106", {"agency_clerk"}),
    "sunli": ("330106", {"proofing_clerk"}),
    "hegang": ("330106", {"proofing_approver"}),
    "chenjing": ("330000", {"system_administrator"}),
    "gaoyuan": ("330000", {"security_administrator"}),
    "tangmin": ("330000", {"security_administrator"}),
    "linmo": ("330000", {"audit_administrator"}),
    "zhoubin": ("330000", {"supervisor"}),
}


@pytest.fixture
def app(template: Template, tmp_path: Path) -> Iterator[Flask]:
    made = template.on_sqlite(tmp_path)
    with made.context() as context:
        for username in HOMES:
            accounts.create(accounts.Person(username=username, name="官员"), kind=OFFICIAL)
        commit()
        yield context
    made.close()


def test_each_has_the_post_of_the_contract(app: Flask) -> None:
    assert planted.plant(TOTP_SECRET) == list(HOMES)
    commit()
    for username, (home, roles) in HOMES.items():
        account = accounts.find_by_identifier(username)
        assert account is not None
        post = posts.find_active(account.id)
        assert post is not None
        assert (post.division_code, set(post.roles)) == (home, roles)
        assert otp.is_enrolled(account.id)
        assert evidence.level(account, clock.now()) == (4 if GUARDED & roles else 3)
        assert rights.acts([post.posting])
        assert len(ADMINISTRATORS & roles) <= 1


def test_planting_twice_changes_nothing(app: Flask) -> None:
    planted.plant(TOTP_SECRET)
    commit()
    assert planted.plant(TOTP_SECRET) == []


def test_who_is_not_there_gets_no_post(template: Template, tmp_path: Path) -> None:
    made = template.on_sqlite(tmp_path)
    with made.context():
        assert planted.plant(TOTP_SECRET) == []
    made.close()
