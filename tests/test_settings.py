"""Settings: from file and environment, every mistake at once, strict in production."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from idp import settings
from idp.settings import Settings, SettingsError

NOTHING = Path("/nonexistent")
PRODUCTION = {
    "IDP_ISSUER": "https://id.example",
    "IDP_DATABASE_URL": "postgresql://db/tongxing",
    "IDP_REDIS_URL": "redis://redis",
    "IDP_SMS__URL": "https://sms.example/messages",
    "IDP_SANDBOX": "false",
}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def problems(**environment: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        settings.load(environment=environment)
    return caught.value.problems


def test_without_a_file_there_are_defaults() -> None:
    loaded = settings.load(environment={"IDP_SANDBOX": "true", "PATH": "/bin"})
    assert loaded == Settings(sandbox=True)
    assert loaded.issuer == "http://localhost:8000"
    assert loaded.secure_cookies is False


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('sandbox = true\nname = "A"\n[serving]\nworkers = 2\nthreads = 5\n', encoding="utf-8")
    environment = {
        "IDP_SETTINGS_FILE": str(file),
        "IDP_NAME": "B",
        "IDP_SERVING__WORKERS": "3",
        "IDP_TRUSTED_PROXIES": "10.0.0.1, 10.1.0.0/16,",
    }
    loaded = settings.load(environment=environment)
    assert (loaded.name, loaded.serving.workers, loaded.serving.threads) == ("B", 3, 5)
    assert loaded.trusted_proxies == ("10.0.0.1", "10.1.0.0/16")


def test_the_usual_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text('sandbox = true\nname = "A"', encoding="utf-8")
    assert settings.load(environment={}).name == "A"


def test_every_mistake_is_said_at_once() -> None:
    said = problems(
        IDP_SANDBOX="maybe",
        IDP_NAMES="x",
        IDP_SERVING__PORT="99999",
        IDP_LIFETIMES__CODE="0",
        IDP_NAME__X="y",
    )
    for expected in ("sandbox: ", "names: unknown setting", "serving.port: ", "lifetimes.code: ", "name: "):
        assert any(line.startswith(expected) for line in said), expected


@pytest.mark.parametrize("content", ["sandbox = ", "\xff", "[serving]\n[serving]"])
def test_a_file_that_cannot_be_read_is_said(tmp_path: Path, content: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_bytes(content.encode("latin-1"))
    assert any(str(file) in line for line in problems(IDP_SETTINGS_FILE=str(file), IDP_SANDBOX="true"))


def test_a_named_file_must_be_there() -> None:
    assert any("nonexistent" in line for line in problems(IDP_SETTINGS_FILE=str(NOTHING), IDP_SANDBOX="true"))


def test_a_table_inside_a_value_is_said(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('name = "A"', encoding="utf-8")
    said = problems(IDP_SETTINGS_FILE=str(file), IDP_SANDBOX="true", IDP_NAME__INNER="x")
    assert "IDP_NAME__INNER: name is not a table" in said


@pytest.mark.parametrize(
    ("issuer", "reason"),
    [
        ("id.example", "http(s) URL"),
        ("ftp://localhost", "http(s) URL"),
        ("http://localhost:8000/", "no path"),
        ("http://localhost:8000/idp", "no path"),
        ("http://localhost:8000?x=1", "no path"),
        ("http://localhost:8000#x", "no path"),
        ("http://user@localhost:8000", "no path"),
        ("http://id.example", "loopback only"),
    ],
)
def test_an_issuer_has_one_form(issuer: str, reason: str) -> None:
    assert any(
        line.startswith("issuer: ") and reason in line
        for line in problems(IDP_SANDBOX="true", IDP_ISSUER=issuer)
    )


def test_the_sandbox_is_for_this_machine() -> None:
    assert any("loopback" in line for line in problems(IDP_SANDBOX="true", IDP_ISSUER="https://id.example"))
    assert settings.load(
        environment={"IDP_SANDBOX": "true", "IDP_ISSUER": "https://localhost:8443"}
    ).secure_cookies
    (said,) = problems(IDP_SANDBOX="true", IDP_ISSUER="https://id.example", IDP_SERVING__HOST="0.0.0.0")  # noqa: S104
    assert "issuer is on loopback" in said
    assert "serving.host: the sandbox listens on loopback only" in said
    for host in ("127.0.0.2", "::1", "localhost"):
        assert settings.load(environment={"IDP_SANDBOX": "true", "IDP_SERVING__HOST": host}).sandbox
    anywhere = "0.0.0.0"  # noqa: S104 - production may
    assert settings.load(environment=PRODUCTION | {"IDP_SERVING__HOST": anywhere}).serving.host == anywhere


def test_production_needs_everything_real() -> None:
    loaded = settings.load(environment=PRODUCTION)
    assert loaded.production
    assert loaded.database_url == "postgresql+psycopg://db/tongxing"
    (said,) = problems(IDP_SANDBOX="false", IDP_SMS__URL="http://sms.example/x")
    for reason in (
        "issuer: production",
        "database_url: production",
        "redis_url: production",
        "sms.url: production",
    ):
        assert reason in said


def test_production_never_trusts_software_as_hardware() -> None:
    switch = {"IDP_PASSKEYS__SANDBOX_TRUSTS_VIRTUAL_AUTHENTICATOR": "true"}
    (said,) = problems(**PRODUCTION | switch)
    assert "sandbox_trusts_virtual_authenticator: production never" in said
    assert settings.load(environment={"IDP_SANDBOX": "true", **switch}).sandbox
    assert not Settings(sandbox=True).passkeys.sandbox_trusts_virtual_authenticator


def test_certificates_are_asked_for_at_the_issuers_own_host() -> None:
    asked = settings.load(
        environment=PRODUCTION | {"IDP_CERTIFICATES__LOGIN_URL": f"{PRODUCTION['IDP_ISSUER']}:8443"}
    )
    assert asked.certificates.login_url
    (said,) = problems(**PRODUCTION | {"IDP_CERTIFICATES__LOGIN_URL": "https://elsewhere.example:8443"})
    assert "certificates.login_url" in said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://x"),
        ("DATABASE_URL", "sqlite://"),
        ("REDIS_URL", "http://x"),
        ("TRUSTED_PROXIES", "everybody"),
        ("SERVING__LOG_LEVEL", "loud"),
        ("PASSWORDS__MEMORY_KIB", "8"),
        ("PASSKEYS__TRUSTED_MODELS", '["not an AAGUID"]'),
    ],
)
def test_a_wrong_value_is_said_by_name(name: str, value: str) -> None:
    said = problems(**PRODUCTION | {f"IDP_{name}": value})
    assert any(line.startswith(name.lower().replace("__", ".")) for line in said), said


def test_settings_do_not_change() -> None:
    loaded = Settings(sandbox=True)
    with pytest.raises(ValidationError):
        loaded.name = "other"  # type: ignore[misc]


@pytest.mark.parametrize("issuer", ["https://ID.example", "https://id.example:443", "http://localhost:80"])
def test_the_issuer_is_written_as_browsers_send_it(issuer: str) -> None:
    """The Host header is compared with it."""
    assert any("lower case" in line for line in problems(IDP_SANDBOX="true", IDP_ISSUER=issuer))
