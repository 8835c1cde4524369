from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from clients.sites import settings
from clients.sites.city.definition import CITY
from clients.sites.county.definition import COUNTY
from clients.sites.province.definition import PROVINCE
from tongxing_client import errors


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = tmp_path / "county.pem"
    file.write_bytes(pem)
    return file


def test_a_secret_is_enough_for_the_sandbox() -> None:
    found = settings.read(PROVINCE, {"TONGXING_CLIENT_SECRET": "s"})
    assert (found.issuer, found.client_id) == ("http://localhost:8000", "province-portal")
    assert (found.site_url, found.address, found.port) == ("http://localhost:8001", "127.0.0.1", 8001)
    assert found.other_sites == {"city": "http://localhost:8002", "county": "http://localhost:8003"}
    assert found.client_authentication.method == "client_secret_basic"


def test_everything_can_be_set() -> None:
    found = settings.read(
        CITY,
        {
            "TONGXING_CLIENT_SECRET": "s",
            "TONGXING_CLIENT_ID": "other",
            "TONGXING_ISSUER": "https://id.example.cn/zj/",
            "TONGXING_SITE_URL": "https://fund.example.cn/",
            "TONGXING_PORT": "9000",
            "TONGXING_BIND": "127.0.0.2",
            "TONGXING_PROVINCE_URL": "https://portal.example.cn",
        },
    )
    assert (found.issuer, found.client_id) == ("https://id.example.cn/zj/", "other")
    assert (found.site_url, found.address, found.port) == ("https://fund.example.cn", "127.0.0.2", 9000)
    assert found.other_sites["province"] == "https://portal.example.cn"
    assert found.client_authentication.method == "client_secret_post"


def test_a_key_in_place_of_a_secret(key_file: Path) -> None:
    found = settings.read(COUNTY, {"TONGXING_PRIVATE_KEY_FILE": str(key_file)})
    assert found.client_authentication.method == "private_key_jwt"


def test_every_mistake_is_told_at_once() -> None:
    environment = {
        "TONGXING_PORT": "70000",
        "TONGXING_ISSUER": "http://id.example.cn",
        "TONGXING_SITE_URL": "nonsense",
        "TONGXING_COUNTY_URL": "",
    }
    with pytest.raises(errors.WrongSettings) as raised:
        settings.read(PROVINCE, environment)
    for name in (*environment, "TONGXING_CLIENT_SECRET"):
        assert name in str(raised.value)


@pytest.mark.parametrize("port", ["", "0", "-1", "eight", "８００１", "1e3"])
def test_a_port_is_a_number_of_a_port(port: str) -> None:
    with pytest.raises(errors.WrongSettings, match="TONGXING_PORT"):
        settings.read(PROVINCE, {"TONGXING_PORT": port, "TONGXING_CLIENT_SECRET": "s"})


@pytest.mark.parametrize("name", ["", "/nowhere/key.pem", "a\0b"])
def test_a_key_that_cannot_be_read_is_told(name: str) -> None:
    with pytest.raises(errors.WrongSettings, match="TONGXING_PRIVATE_KEY_FILE"):
        settings.read(COUNTY, {"TONGXING_PRIVATE_KEY_FILE": name})


def test_a_key_that_cannot_work_is_told(key_file: Path) -> None:
    key_file.write_text("garbage")
    with pytest.raises(errors.WrongSettings, match="TONGXING_PRIVATE_KEY_FILE: the private key"):
        settings.read(COUNTY, {"TONGXING_PRIVATE_KEY_FILE": str(key_file)})
