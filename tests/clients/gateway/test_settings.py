from collections.abc import Callable
from pathlib import Path

import pytest

from clients.gateway import settings
from tests.clients.gateway.conftest import RULES
from tongxing_client import errors
from tongxing_client.signing_key import SigningKey

EXAMPLE = Path(settings.__file__).with_name("gateway.example.toml")
GOOD = """
issuer = "https://id.example.gov.cn"
client_id = "records-gateway"
private_key_file = "keys/gateway.pem"
url = "https://records.example.gov.cn/.tongxing/"
[[rules]]
path = "/"
level = 2
"""


@pytest.fixture
def write(tmp_path: Path, new_key: Callable[[str], SigningKey]) -> Callable[[str], Path]:
    """A function that writes a settings file beside a key."""
    new_key("gateway")

    def made(text: str) -> Path:
        file = tmp_path / "gateway.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return made


def test_the_example_is_right(write: Callable[[str], Path]) -> None:
    text = EXAMPLE.read_text(encoding="utf-8").replace('"gateway.pem"', '"keys/gateway.pem"')
    found = settings.read(write(text))
    assert [(rule.path, rule.is_public, rule.level) for rule in found.rules] == [
        ("/", False, 2),
        ("/public/", True, 0),
        ("/withdraw/", False, 3),
    ]
    assert found.services[0].attributes == ("name",)


def test_what_is_left_out_has_its_default(write: Callable[[str], Path]) -> None:
    found = settings.read(write(GOOD))
    assert (found.bind, found.port, found.scope, found.services) == ("127.0.0.1", 8030, "openid profile", ())
    assert found.url == "https://records.example.gov.cn/.tongxing"
    assert found.rules == RULES[:1]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (('issuer = "https://', 'issuer = "http://'), "issuer: not an https URL"),
        (('client_id = "records-gateway"', ""), "client_id: is missing"),
        (('client_id = "records-gateway"', "client_id = 7"), "client_id: must be a text"),
        (("keys/gateway.pem", "keys/none.pem"), "private_key_file: No such file"),
        (("keys/gateway.pem", "gateway.toml"), "private_key_file: the private key is not"),
        (("level = 2", "level = 5"), "rules[0].level: must be a level from 0 to 4"),
        (("level = 2", "level = true"), "rules[0].level"),
        (("level = 2", ""), "rules[0].level: is missing"),
        (("level = 2", "level = 2\npublic = true"), "rules[0]: what is public asks for nothing"),
        (("level = 2", 'level = 2\npublic = "no"'), "rules[0].public"),
        (("level = 2", "level = 2\nmax_age = -1"), "rules[0].max_age"),
        (("level = 2", "level = 2\nlevle = 3"), "rules[0].levle: unknown setting"),
        (('path = "/"', 'path = "records"'), "rules[0].path"),
        (('[[rules]]\npath = "/"\nlevel = 2', ""), "nothing is guarded"),
        (('[[rules]]\npath = "/"\nlevel = 2', 'rules = "all"'), "rules: must be tables"),
        (("[[rules]]", "port = 0\n[[rules]]"), "port: not a port"),
        (("[[rules]]", "colour = 1\n[[rules]]"), "colour: unknown setting"),
        (("[[rules]]", '[[services]]\nname = "x"\n[[rules]]'), "url: is missing"),
        (
            ("[[rules]]", '[[services]]\nname = "x"\nurl = "https://X.example/?a"\n[[rules]]'),
            "services[0].url: must be an https address",
        ),
        (
            (
                "[[rules]]",
                '[[services]]\nname = "x"\nurl = "https://x.example/"\nattributes = ["a b"]\n[[rules]]',
            ),
            "services[0]: attributes and user must be names of claims",
        ),
        (("[[rules]]", "[[rules"), "gateway.toml"),
    ],
)
def test_what_is_wrong_is_named(write: Callable[[str], Path], change: tuple[str, str], problem: str) -> None:
    with pytest.raises(errors.WrongSettings) as refused:
        settings.read(write(GOOD.replace(*change)))
    assert problem in str(refused.value)


def test_every_mistake_is_told_at_once(write: Callable[[str], Path]) -> None:
    with pytest.raises(errors.WrongSettings) as refused:
        settings.read(write('issuer = "ftp://x"\nport = 99999\nrules = 3'))
    told = str(refused.value)
    assert all(name in told for name in ("issuer", "port", "rules", "client_id", "private_key_file", "url"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(errors.WrongSettings, match=r"none\.toml"):
        settings.read(tmp_path / "none.toml")
