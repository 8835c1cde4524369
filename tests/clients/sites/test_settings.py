from pathlib import Path
from typing import Any

import pytest

from clients.sites import settings
from clients.sites.city.definition import CITY
from clients.sites.county.definition import COUNTY
from clients.sites.definition import Definition
from clients.sites.housing.definition import HOUSING
from clients.sites.province.definition import PROVINCE
from tongxing_client import errors


def read(definition: Definition, keys: Path, **changes: str) -> settings.SiteSettings:
    named = {f"TONGXING_{name}": value for name, value in changes.items()}
    return settings.read(definition, {"TONGXING_KEYS": str(keys), **named})


def test_nothing_has_to_be_set_in_the_sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = settings.read(PROVINCE, {})
    assert found.issuer == "http://localhost:8000"
    assert (found.site_url, found.address, found.port) == ("http://localhost:8001", "127.0.0.1", 8001)
    assert found.authority_hints == ("http://localhost:8000/authorities/330000",)
    assert found.other_sites == {
        "city": "http://localhost:8002",
        "county": "http://localhost:8003",
        "housing": "http://localhost:8004",
    }
    made = sorted(file.name for file in (tmp_path / "var/sandbox/sites/province-portal").iterdir())
    assert made == ["federation.pem", "protocol.pem"]


def test_everything_can_be_set(tmp_path: Path) -> None:
    found = read(
        CITY,
        tmp_path,
        ISSUER="https://id.example.cn/zj/",
        SITE_URL="https://fund.example.cn/",
        PORT="9000",
        BIND="127.0.0.2",
        PROVINCE_URL="https://portal.example.cn",
        AUTHORITY_HINTS="https://hz.example.cn https://mohurd.example.cn/zj",
    )
    assert (found.issuer, found.site_url) == ("https://id.example.cn/zj/", "https://fund.example.cn")
    assert (found.address, found.port) == ("127.0.0.2", 9000)
    assert found.other_sites["province"] == "https://portal.example.cn"
    assert found.authority_hints == ("https://hz.example.cn", "https://mohurd.example.cn/zj")


def test_its_keys_stay_what_they_are(tmp_path: Path) -> None:
    first, again = read(COUNTY, tmp_path), read(COUNTY, tmp_path)
    assert first.federation_key.thumbprint == again.federation_key.thumbprint
    assert first.protocol_key.thumbprint == again.protocol_key.thumbprint
    assert first.federation_key.thumbprint != first.protocol_key.thumbprint
    assert read(CITY, tmp_path).federation_key.thumbprint != first.federation_key.thumbprint


def test_a_site_may_have_two_superiors(tmp_path: Path) -> None:
    names = [hint.rpartition("/")[2] for hint in read(HOUSING, tmp_path).authority_hints]
    assert names == ["330100", "mohurd-330000"]


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    changes = {
        "PORT": "70000",
        "ISSUER": "http://id.example.cn",
        "SITE_URL": "nonsense",
        "COUNTY_URL": "",
        "AUTHORITY_HINTS": "330000",
    }
    with pytest.raises(errors.WrongSettings) as raised:
        read(PROVINCE, tmp_path, **changes)
    for name in changes:
        assert f"TONGXING_{name}" in str(raised.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("port", ["", "0", "-1", "eight", "８００１", "1e3"])
def test_a_port_is_a_number_of_a_port(tmp_path: Path, port: str) -> None:
    with pytest.raises(errors.WrongSettings, match="TONGXING_PORT"):
        read(PROVINCE, tmp_path, PORT=port)


@pytest.mark.parametrize("folder", ["/dev/null", "a\0b"])
def test_keys_that_cannot_be_made_are_told(folder: Any) -> None:
    with pytest.raises(errors.WrongSettings, match=r"federation\.pem cannot be read or made"):
        read(COUNTY, folder)


def test_keys_that_cannot_work_are_told_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "county-registry" / "protocol.pem"
    file.parent.mkdir()
    file.write_text("garbage")
    with pytest.raises(errors.WrongSettings, match=r"protocol\.pem: the private key"):
        read(COUNTY, tmp_path)
    assert file.read_text() == "garbage"
