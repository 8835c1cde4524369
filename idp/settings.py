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
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator

from idp.network_address import is_loopback
from idp.per_app import PerApp
from idp.setting_sections import (
    Certificates,
    Consent,
    Federation,
    Lifetimes,
    Limits,
    Passkeys,
    Passwords,
    Recovery,
    Registers,
    Section,
    Serving,
    Sms,
)

DEFAULT_FILE = Path("config/settings.toml")
ENVIRONMENT_PREFIX = "IDP_"
# Names that begin with the prefix but belong to other parts of the program.
NOT_SETTINGS = frozenset({"IDP_SETTINGS_FILE"})


class SettingsError(Exception):
    """Some settings are unknown or wrong; ``problems`` has one line for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


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
    consent: Consent = Consent()
    passwords: Passwords = Passwords()
    serving: Serving = Serving()
    sms: Sms = Sms()
    registers: Registers = Registers()
    federation: Federation = Federation()
    certificates: Certificates = Certificates()
    recovery: Recovery = Recovery()
    passkeys: Passkeys = Passkeys()

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
        problems = self._production_problems() if self.production else self._sandbox_problems()
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _production_problems(self) -> list[str]:
        wrong = {
            "issuer: production needs https": not self.issuer.startswith("https://"),
            "database_url: production needs PostgreSQL": self.database_url.startswith("sqlite"),
            "redis_url: production needs Redis": not self.redis_url,
            "sms.url: production needs https": _is_plain(self.sms.url),
            "registers.url: production needs https": _is_plain(self.registers.url),
            "certificates.login_url: needs the issuer's own host, by https": bool(self.certificates.login_url)
            and not self.certificates.login_url.startswith(f"https://{urlsplit(self.issuer).hostname}:"),
            "passkeys.sandbox_trusts_virtual_authenticator: production never trusts software as if it were hardware": (
                self.passkeys.sandbox_trusts_virtual_authenticator
            ),
        }
        return [problem for problem, is_wrong in wrong.items() if is_wrong]

    def _sandbox_problems(self) -> list[str]:
        wrong = {
            "sandbox: allowed only when the issuer is on loopback": not is_loopback(
                urlsplit(self.issuer).hostname or ""
            ),
            "serving.host: the sandbox listens on loopback only": not is_loopback(self.serving.host),
        }
        return [problem for problem, is_wrong in wrong.items() if is_wrong]


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


def _is_plain(url: str) -> bool:
    """Whether it is http to another machine."""
    return url.startswith("http://") and not is_loopback(urlsplit(url).hostname or "")


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
