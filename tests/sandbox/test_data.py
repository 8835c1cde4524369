from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pyotp
import pytest
from flask import Flask

from idp import clock, deployment_fact
from idp.accounts import account as accounts
from idp.accounts import identity
from idp.authenticators import otp, pwd
from idp.db import commit, db
from idp.errors import Forbidden, IdpError
from idp.proofing import evidence
from idp.relying_parties import registration, relying_party_row
from idp.sandbox import cast, data
from idp.sandbox.registers import folder
from idp.settings import SETTINGS
from tests.provider import Template
from tests.site import Site

PEOPLE = [one.username for one in cast.people()]
OFFICIALS = {one.username for one in cast.people() if one.kind == "official"}
WITH_TOTP = {"zhangwei", "wangfang", "zhaoqiang", "liuyang"} | OFFICIALS
LEVELS = {"zhangwei": 3, "lina": 1, "wangfang": 3, "zhaoqiang": 3, "liuyang": 3, "suli": 4}


@pytest.fixture
def app(template: Template, tmp_path: Path) -> Iterator[Flask]:
    made = template.on_sqlite(tmp_path, registers={"keys_file": str(tmp_path / "jwks.json")})
    with made.context() as context:
        yield context
    made.close()


@pytest.fixture
def sites(app: Flask, tmp_path: Path) -> Path:
    planted = tmp_path / "sandbox" / "sites"
    assert data.plant(planted, planted.parent / "registers") == (PEOPLE, [])
    commit()
    return planted


def test_the_database_says_for_ever_what_it_is(sites: Path) -> None:
    assert deployment_fact.SANDBOX_DATA in deployment_fact.read(SETTINGS.get().database_url)


def account_id(username: str) -> UUID:
    account = accounts.find_by_identifier(username)
    assert account is not None
    return account.id


def test_the_people_of_the_contract_can_log_in(sites: Path) -> None:
    for username in ("zhangwei", "lina", "wujie"):
        assert pwd.verify(account_id(username), data.PASSWORD)
    assert {username for username in PEOPLE if otp.is_enrolled(account_id(username))} == WITH_TOTP
    otp.check(account_id("zhangwei"), pyotp.TOTP(data.TOTP_SECRET).now(), device="browser")
    with pytest.raises(IdpError):
        otp.check(account_id("zhangwei"), pyotp.TOTP(data.TOTP_SECRET).now(), device="browser")


def test_the_people_of_the_contract_are_proven_as_it_says(sites: Path) -> None:
    for username, level in LEVELS.items():
        account = accounts.get(account_id(username))
        assert evidence.level(account, clock.now()) == level, username
        held = identity.of(account)
        assert (held is not None) == (level > 1), username


def test_the_enterprise_and_the_child_have_accounts_that_nobody_logs_in_to(sites: Path) -> None:
    year = folder.prepare(sites.parent / "registers").year
    child = identity.find_account(identity.parse("citizen_id", cast.child(year).number))
    enterprise = identity.find_account(identity.parse("uscc", "91330106MA28FAKE9N"))
    assert child is not None
    assert accounts.birthdate_of(child) == f"{year - 8}-12-31"
    assert enterprise is not None
    assert accounts.name_of(enterprise) == "杭州示例科技有限公司"
    assert evidence.level(enterprise, clock.now()) == 3
    for account in (child, enterprise):
        assert account.username is None
        assert not pwd.verify(account.id, data.PASSWORD)


def test_planting_again_keeps_people_and_passwords(sites: Path) -> None:
    pwd.set_password(account_id("lina"), "another-password-1")
    assert data.plant(sites, sites.parent / "registers") == ([], [])
    commit()
    assert pwd.verify(account_id("lina"), "another-password-1")


def test_sites_that_were_registered_once_are_no_longer(sites: Path) -> None:
    document = Site.metadata(0) | {"client_id": "city-fund"}
    registration.create(document)
    commit()
    data.plant(sites, sites.parent / "registers")
    commit()
    assert relying_party_row.find("city-fund") is None


def test_production_refuses(app: Flask, tmp_path: Path) -> None:
    app.extensions["tongxing.settings"] = SETTINGS.get().model_copy(update={"sandbox": False})
    with pytest.raises(Forbidden):
        data.plant(tmp_path / "sites", tmp_path / "registers")
    assert not (tmp_path / "sites").exists()
    assert db.session.query(accounts.Account).count() == 0
