import json
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pyotp
import pytest
from flask import Flask
from joserfc import jwt
from joserfc.jwk import ECKey

from idp import clock, deployment_fact
from idp.accounts import account as accounts
from idp.accounts import identity
from idp.authenticators import otp, pwd
from idp.db import commit, db
from idp.errors import Forbidden, IdpError
from idp.proofing import evidence
from idp.relying_parties import cache
from idp.relying_parties.cache import CACHE
from idp.relying_parties.relying_party import RelyingParty
from idp.sandbox import cast, data
from idp.sandbox.registers import folder
from idp.settings import SETTINGS
from tests.provider import Template

PEOPLE = [one.username for one in cast.people()]
OFFICIALS = {one.username for one in cast.people() if one.kind == "official"}
WITH_TOTP = {"zhangwei", "wangfang", "zhaoqiang", "liuyang"} | OFFICIALS
LEVELS = {"zhangwei": 3, "lina": 1, "wangfang": 3, "zhaoqiang": 3, "liuyang": 3, "suli": 4}
SITES = ["province-portal", "city-fund", "county-registry"]


@pytest.fixture
def app(template: Template, tmp_path: Path) -> Iterator[Flask]:
    made = template.on_sqlite(tmp_path, registers={"keys_file": str(tmp_path / "jwks.json")})
    with made.context() as context:
        yield context
    made.close()


@pytest.fixture
def sites(app: Flask, tmp_path: Path) -> Path:
    planted = tmp_path / "sandbox" / "sites"
    assert data.plant(planted, planted.parent / "registers") == (PEOPLE, SITES)
    commit()
    return planted


def test_the_database_says_for_ever_what_it_is(sites: Path) -> None:
    assert deployment_fact.SANDBOX_DATA in deployment_fact.read(SETTINGS.get().database_url)


def environment(sites: Path, client_id: str) -> dict[str, str]:
    lines = (sites / f"{client_id}.env").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines)


def registered(client_id: str) -> RelyingParty:
    found = cache.find(client_id)
    assert found is not None
    return found


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


def test_the_sites_start_with_what_they_were_given(sites: Path) -> None:
    for client_id, port, method in (
        ("province-portal", "8001", "client_secret_basic"),
        ("city-fund", "8002", "client_secret_post"),
    ):
        given = environment(sites, client_id)
        rp = registered(client_id)
        assert given["TONGXING_CLIENT_ID"] == client_id
        assert given["TONGXING_ISSUER"] == "http://localhost:8000"
        assert (given["TONGXING_PORT"], given["TONGXING_SITE_URL"]) == (port, f"http://localhost:{port}")
        assert rp.token_endpoint_auth_method == method
        assert rp.check_client_secret(given["TONGXING_CLIENT_SECRET"])
        assert rp.check_redirect_uri(f"http://localhost:{port}/callback")


def test_the_county_signs_with_a_key_that_is_registered(sites: Path) -> None:
    key_file = Path(environment(sites, "county-registry")["TONGXING_PRIVATE_KEY_FILE"])
    key = ECKey.import_key(key_file.read_text(encoding="ascii"))
    rp = registered("county-registry")
    assert rp.jwks is not None
    token = jwt.encode({"alg": "ES256"}, {"iss": "county-registry"}, key)
    assert jwt.decode(token, rp.jwks).claims == {"iss": "county-registry"}


def test_sites_cannot_compare_people(sites: Path) -> None:
    assert len({registered(client_id).sector for client_id in SITES}) == len(SITES)


def test_the_province_asks_and_the_others_are_under_a_statutory_duty(sites: Path) -> None:
    assert [registered(client_id).needs_consent for client_id in SITES] == [True, False, False]
    phone = registered("province-portal").find_item("phone_number")
    assert phone is not None
    assert not phone.required


def test_credentials_are_for_their_owner_only(sites: Path) -> None:
    files = list(sites.iterdir())
    assert sorted(file.name for file in files) == [
        "city-fund.env", "county-registry.env", "county-registry.pem", "province-portal.env",
    ]  # fmt: skip
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(sites.stat().st_mode) == 0o700


def test_planting_again_keeps_people_passwords_and_credentials(sites: Path) -> None:
    before = {file.name: file.read_bytes() for file in sites.iterdir()}
    pwd.set_password(account_id("lina"), "another-password-1")
    version = registered("city-fund").version
    assert data.plant(sites, sites.parent / "registers") == ([], [])
    commit()
    assert {file.name: file.read_bytes() for file in sites.iterdir()} == before
    assert pwd.verify(account_id("lina"), "another-password-1")
    CACHE.get().forget("*")
    assert registered("city-fund").version == version


def test_lost_files_mean_new_credentials_that_work(sites: Path) -> None:
    for file in sites.iterdir():
        file.unlink()
    old = registered("city-fund")
    assert data.plant(sites, sites.parent / "registers") == ([], [])
    commit()
    secret = environment(sites, "city-fund")["TONGXING_CLIENT_SECRET"]
    assert registered("city-fund").check_client_secret(secret)
    assert not old.check_client_secret(secret)


def test_a_changed_registration_is_brought_up_to_date(
    sites: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name in ("people", "enterprises"):
        shutil.copy(cast.SOURCE / f"{name}.json", source)
    rows = json.loads((cast.SOURCE / "relying_parties.json").read_text(encoding="utf-8"))
    rows[1]["scope"] = "openid"
    (source / "relying_parties.json").write_text(json.dumps(rows), encoding="utf-8")
    monkeypatch.setattr(cast, "SOURCE", source)
    assert data.plant(sites, sites.parent / "registers") == ([], [])
    commit()
    assert registered("city-fund").scope == ("openid",)


def test_production_refuses(app: Flask, tmp_path: Path) -> None:
    app.extensions["tongxing.settings"] = SETTINGS.get().model_copy(update={"sandbox": False})
    with pytest.raises(Forbidden):
        data.plant(tmp_path / "sites", tmp_path / "registers")
    assert not (tmp_path / "sites").exists()
    assert db.session.query(accounts.Account).count() == 0
