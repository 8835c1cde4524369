"""What a deployer may set: read from config/settings.toml, overridden by IDP_… environment variables.

Every mistake is reported at once and nothing starts. The descriptions below are the documentation:
`idp settings example` prints them as config/settings.example.toml, and a test keeps that file fresh.
A nested setting's variable joins the names with two underscores: ``IDP_SERVING__WORKERS``.
"""

import ipaddress
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from idp.network_address import is_loopback
from idp.per_app import PerApp

DEFAULT_FILE = Path("config/settings.toml")
ENVIRONMENT_PREFIX = "IDP_"
# Names that begin with the prefix but belong to other parts of the program.
NOT_SETTINGS = frozenset({"IDP_SETTINGS_FILE"})

Seconds = Annotated[int, Field(ge=1, le=10 * 365 * 86_400)]


class SettingsError(Exception):
    """Some settings are unknown or wrong; ``problems`` has one line for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Section(BaseModel):
    """A table of settings: unknown names are mistakes, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Lifetimes(Section):
    """How long things live, in seconds."""

    code: Seconds = Field(
        60, description="Authorization code (RFC 6749 §4.1.2 recommends at most 600).", le=600
    )
    access_token: Seconds = Field(300, description="Access token.", le=3600)
    id_token: Seconds = Field(300, description="ID token.", le=3600)
    refresh_token: Seconds = Field(30 * 86_400, description="Refresh token family, without any use.")
    refresh_grace: Seconds = Field(60, description="A rotated refresh token still works this long.", le=600)
    journey: Seconds = Field(1800, description="A login that was begun may be finished this long.")
    journey_untouched: Seconds = Field(900, description="The same, while nobody has given a password yet.")
    session_idle: Seconds = Field(86_400, description="Single sign-on session without any use.")
    session_absolute: Seconds = Field(30 * 86_400, description="Single sign-on session in all.")
    reauthentication: Seconds = Field(
        300, description="How fresh a login must be to change ways of signing in."
    )
    phone_code: Seconds = Field(300, description="Code sent to a phone.", le=1800)
    key_rotation: Seconds = Field(90 * 86_400, description="A signing key is current this long.")
    key_overlap: Seconds = Field(
        7 * 86_400,
        description="The next key is published this long before, a retired one kept this long after.",
    )


class Limits(Section):
    """How often something may be tried; windows in seconds."""

    login_failures_per_account: int = Field(10, ge=1, description="Wrong passwords from unknown devices.")
    login_failures_window: Seconds = Field(900, description="The window for these.")
    login_attempts_per_address: int = Field(
        300, ge=1, description="Login attempts of one address in a minute."
    )
    code_attempts: int = Field(5, ge=1, description="Wrong one-time codes per account and window.")
    code_window: Seconds = Field(300, description="The window for these.")
    code_attempts_day: int = Field(50, ge=1, description="Wrong one-time codes per account in a day.")
    phone_codes_per_number: int = Field(5, ge=1, description="Codes sent to one phone number in an hour.")
    phone_codes_per_number_day: int = Field(10, ge=1, description="Codes sent to one phone number in a day.")
    phone_codes_per_address: int = Field(20, ge=1, description="Codes asked for by one address in an hour.")
    new_journeys_per_address: int = Field(600, ge=1, description="Logins begun at one address in a minute.")
    machine_requests_per_rp: int = Field(
        600_000, ge=1, description="Token, introspection and revocation requests of one RP in a minute."
    )
    client_auth_failures: int = Field(
        300, ge=1, description="Failed client authentications of one address a minute."
    )
    request_bytes: int = Field(65_536, ge=4096, description="Largest request body that is read.")
    query_bytes: int = Field(16_384, ge=1024, description="Longest query string that is read.")


class Passwords(Section):
    """Argon2id (RFC 9106) and its gate."""

    memory_kib: int = Field(19_456, ge=8192, description="Argon2id memory in KiB (OWASP: 19 MiB).")
    iterations: int = Field(2, ge=1, description="Argon2id passes.")
    parallelism: int = Field(1, ge=1, description="Argon2id lanes.")
    concurrent: int = Field(
        0, ge=0, description="Hashes at one time in a process; 0: one for each worker's core."
    )
    waiting: int = Field(32, ge=1, description="Logins that may wait for their hash; the next ones get 503.")
    minimum_length: int = Field(10, ge=8, description="Shortest new password, in characters.")


class Serving(Section):
    """The HTTP server."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=1, le=65_535, description="Port to listen on.")
    workers: int = Field(1, ge=1, le=64, description="Processes.")
    threads: int = Field(12, ge=2, le=128, description="Blocking threads of each process.")
    worker_inside: bool = Field(
        True, description="Also run the background worker in the first serve process."
    )
    metrics_token: str = Field("", description="Bearer token for /metrics; empty: loopback may read it.")
    log_level: str = Field(
        "info", pattern="^(debug|info|warning|error)$", description="Least severe line logged."
    )


class Sms(Section):
    """The SMS gateway (documented interface: docs/sms-gateway.md)."""

    url: str = Field("http://localhost:8010/sms/messages", description="Where messages are posted.")
    token: str = Field("", description="Bearer token for the gateway; empty: none is sent.")
    timeout: float = Field(3.0, gt=0, le=30, description="Seconds to wait for the gateway.")


class Settings(Section):
    """All settings of the provider."""

    issuer: str = Field(
        "http://localhost:8000", description="The issuer identifier: https, no path, no slash at the end."
    )
    name: str = Field(
        "Tongxing 通行", description="The name that authenticator apps show beside a person's code."
    )
    database_url: str = Field(
        "sqlite:///var/tongxing.sqlite3", description="SQLAlchemy URL: postgresql+psycopg://… or sqlite:///…."
    )
    redis_url: str = Field(
        "", description="redis://…; empty: short-lived things live in a database table instead."
    )
    master_key_file: str = Field(
        "var/master.key", description="File with 32 bytes in base64 that seal all other keys."
    )
    trusted_proxies: tuple[str, ...] = Field(
        (), description="Addresses or networks whose X-Forwarded-* headers count."
    )
    sandbox: bool = Field(False, description="Sandbox mode: http and SQLite are allowed, on loopback only.")
    lifetimes: Lifetimes = Lifetimes()
    limits: Limits = Limits()
    passwords: Passwords = Passwords()
    serving: Serving = Serving()
    sms: Sms = Sms()

    @property
    def production(self) -> bool:
        """Whether the strict rules of production hold (everything that is not the sandbox)."""
        return not self.sandbox

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies carry Secure and the __Host- prefix (RFC 6265bis §4.1.3)."""
        return self.issuer.startswith("https://")

    @field_validator("issuer")
    @classmethod
    def _check_issuer(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            msg = "must be an http(s) URL with a host"
            raise ValueError(msg)
        default = {"http": ":80", "https": ":443"}[parts.scheme]
        if parts.netloc != parts.netloc.lower() or parts.netloc.endswith(default):
            msg = "must be written in lower case and without the default port, as browsers send it"
            raise ValueError(msg)
        if parts.path or parts.query or parts.fragment or parts.username:
            msg = "must have no path, query, fragment or user (not even a slash at the end)"
            raise ValueError(msg)
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            msg = "plain http is accepted for loopback only"
            raise ValueError(msg)
        return value

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _split_proxies(cls, value: Any) -> Any:
        return (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("trusted_proxies")
    @classmethod
    def _check_proxies(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for item in value:
            ipaddress.ip_network(item, strict=False)
        return value

    @field_validator("database_url")
    @classmethod
    def _check_database(cls, value: str) -> str:
        if value.startswith("postgresql://"):
            value = value.replace("postgresql://", "postgresql+psycopg://", 1)
        if not value.startswith(("postgresql+psycopg://", "sqlite:///")):
            msg = "must begin with postgresql:// or sqlite:///"
            raise ValueError(msg)
        if value.startswith("sqlite:///"):
            # Relative to where the program was started, whatever a library thinks of relative paths.
            value = f"sqlite:///{Path(value.removeprefix('sqlite:///')).absolute()}"
        return value

    @field_validator("redis_url")
    @classmethod
    def _check_redis(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            msg = "must begin with redis://, rediss:// or unix://"
            raise ValueError(msg)
        return value

    @model_validator(mode="after")
    def _check_mode(self) -> "Settings":
        problems = []
        if self.production:
            if not self.issuer.startswith("https://"):
                problems.append("issuer: production needs https")
            if self.database_url.startswith("sqlite"):
                problems.append("database_url: production needs PostgreSQL")
            if not self.redis_url:
                problems.append("redis_url: production needs Redis")
            if self.sms.url.startswith("http://") and not is_loopback(urlsplit(self.sms.url).hostname or ""):
                problems.append("sms.url: production needs https")
        else:
            if not is_loopback(urlsplit(self.issuer).hostname or ""):
                problems.append("sandbox: allowed only when the issuer is on loopback")
            if not is_loopback(self.serving.host):
                problems.append("serving.host: the sandbox listens on loopback only")
        if problems:
            raise ValueError("; ".join(problems))
        return self


SETTINGS: PerApp[Settings] = PerApp("settings")


def load(file: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; raises SettingsError with every problem at once.

    *file* defaults to IDP_SETTINGS_FILE or config/settings.toml; a default file that does not exist is no mistake.
    """
    environment = os.environ if environment is None else environment
    problems: list[str] = []
    values = _read_file(file, environment, problems)
    _apply_environment(values, environment, problems)
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        problems += [_problem(item) for item in error.errors()]
    if problems:
        raise SettingsError(problems)
    return settings


def _read_file(file: Path | None, environment: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    named = file or (Path(environment["IDP_SETTINGS_FILE"]) if environment.get("IDP_SETTINGS_FILE") else None)
    path = named or DEFAULT_FILE
    if named is None and not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problems.append(f"{path}: {error}")
        return {}


def _apply_environment(values: dict[str, Any], environment: Mapping[str, str], problems: list[str]) -> None:
    for variable, text in sorted(environment.items()):
        if not variable.startswith(ENVIRONMENT_PREFIX) or variable in NOT_SETTINGS:
            continue
        *tables, name = variable.removeprefix(ENVIRONMENT_PREFIX).lower().split("__")
        target = values
        for table in tables:
            inner = target.setdefault(table, {})
            if not isinstance(inner, dict):
                problems.append(f"{variable}: {table} is not a table")
                break
            target = inner
        else:
            target[name] = text


def _problem(item: Any) -> str:
    where = ".".join(str(part) for part in item["loc"])
    what = (
        "unknown setting" if item["type"] == "extra_forbidden" else item["msg"].removeprefix("Value error, ")
    )
    return f"{where}: {what}" if where else what
