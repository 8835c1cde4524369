"""The gateway's settings, a TOML file (``gateway.example.toml``); every mistake is told at once."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clients.gateway.cas_service import CasService
from clients.gateway.rules import Rule
from tongxing_client import errors, transport
from tongxing_client.signing_key import SigningKey

_HIGHEST = 4
_MAX_PORT = 65_535
_TOP = {"issuer", "client_id", "private_key_file", "url", "scope", "bind", "port", "rules", "services"}
_RULE = {"path", "public", "level", "max_age", "item"}
_SERVICE = {"name", "url", "level", "attributes", "user"}
# What can stand for a claim in XML (CAS protocol 3.0 appendix A).
_CLAIM = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewaySettings:
    """What ``read`` found good."""

    issuer: str
    client_id: str
    url: str
    scope: str
    bind: str
    port: int
    key: SigningKey
    rules: tuple[Rule, ...]
    services: tuple[CasService, ...]


def read(file: Path) -> GatewaySettings:
    """The settings in *file*; ``WrongSettings`` lists all that is wrong. Other files are named from its folder."""
    try:
        given = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise errors.WrongSettings(f"{file}: {error}") from None
    wrong: list[str] = [f"{name}: unknown setting" for name in sorted(set(given) - _TOP)]
    texts = {
        name: _text(given, name, default, wrong)
        for name, default in {
            "issuer": None,
            "client_id": None,
            "private_key_file": None,
            "url": None,
            "scope": "openid profile",
            "bind": "127.0.0.1",
        }.items()
    }
    wrong += [
        f"{name}: not an https URL (http is for this machine only)"
        for name in ("issuer", "url")
        if texts[name] and not transport.is_safe_url(texts[name])
    ]
    port = given.get("port", 8030)
    if not isinstance(port, int) or isinstance(port, bool) or not 0 < port <= _MAX_PORT:
        wrong.append("port: not a port")
    rules = tuple(_rule(f"rules[{number}]", one, wrong) for number, one in _tables(given, "rules", wrong))
    services = tuple(
        _service(f"services[{number}]", one, wrong) for number, one in _tables(given, "services", wrong)
    )
    if not rules and not services:
        wrong.append("rules, services: nothing is guarded and nothing is listed")
    key = _key(file.parent, texts["private_key_file"], wrong)
    if wrong or key is None:
        raise errors.WrongSettings("; ".join(wrong))
    return GatewaySettings(
        issuer=texts["issuer"],
        client_id=texts["client_id"],
        url=texts["url"].rstrip("/"),
        scope=texts["scope"],
        bind=texts["bind"],
        port=port,
        key=key,
        rules=rules,
        services=services,
    )


def _text(given: Mapping[str, Any], name: str, default: str | None, wrong: list[str]) -> str:
    value = given.get(name, default)
    if not isinstance(value, str) or not value.strip():
        wrong.append(f"{name}: {'is missing' if value is None else 'must be a text'}")
        return ""
    return value.strip()


def _tables(given: Mapping[str, Any], name: str, wrong: list[str]) -> list[tuple[int, Mapping[str, Any]]]:
    value = given.get(name, [])
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        wrong.append(f"{name}: must be tables, [[{name}]]")
        return []
    return list(enumerate(value))


def _rule(place: str, given: Mapping[str, Any], wrong: list[str]) -> Rule:
    _known(place, given, _RULE, wrong)
    path, is_public, item = given.get("path"), given.get("public", False), given.get("item", "")
    if not isinstance(path, str) or not path.startswith("/") or not path.isprintable():
        wrong.append(
            f"{place}.path: must be a path that begins with /, written plainly (not percent-encoded)"
        )
        path = "/"
    if not isinstance(is_public, bool):
        wrong.append(f"{place}.public: must be true or false")
        is_public = False
    if not isinstance(item, str):
        wrong.append(f"{place}.item: must be a text")
        item = ""
    if is_public and ({"level", "max_age", "item"} & set(given)):
        wrong.append(f"{place}: what is public asks for nothing; leave out level, max_age and item")
    elif not is_public and "level" not in given:
        wrong.append(f"{place}.level: is missing (or say public = true)")
    max_age = given.get("max_age")
    if max_age is not None and (not isinstance(max_age, int) or isinstance(max_age, bool) or max_age < 0):
        wrong.append(f"{place}.max_age: must be a number of seconds")
        max_age = None
    level = _level(place, given, 0, wrong)
    return Rule(path=path, is_public=is_public, level=level, max_age=max_age, item=item)


def _service(place: str, given: Mapping[str, Any], wrong: list[str]) -> CasService:
    _known(place, given, _SERVICE, wrong)
    url = _text(given, "url", None, wrong)
    if url and (not transport.is_safe_url(url) or "?" in url or url.lower() != url or url.count("/") < 3):  # noqa: PLR2004 - scheme://host/
        wrong.append(f"{place}.url: must be an https address in lower case with a path and no query")
    attributes = given.get("attributes", [])
    user = given.get("user", "sub")
    claims = [*attributes, user] if isinstance(attributes, list) else [None]
    if not all(isinstance(one, str) and _CLAIM.fullmatch(one) for one in claims):
        wrong.append(f"{place}: attributes and user must be names of claims")
        attributes, user = [], "sub"
    return CasService(
        name=_text(given, "name", None, wrong),
        url=url,
        level=_level(place, given, 2, wrong),
        attributes=tuple(attributes),
        user=user,
    )


def _known(place: str, given: Mapping[str, Any], names: set[str], wrong: list[str]) -> None:
    wrong += [f"{place}.{name}: unknown setting" for name in sorted(set(given) - names)]


def _level(place: str, given: Mapping[str, Any], default: int, wrong: list[str]) -> int:
    level = given.get("level", default)
    if not isinstance(level, int) or isinstance(level, bool) or not 0 <= level <= _HIGHEST:
        wrong.append(f"{place}.level: must be a level from 0 to {_HIGHEST}")
        return _HIGHEST
    return level


def _key(folder: Path, name: str, wrong: list[str]) -> SigningKey | None:
    if not name:
        return None
    try:
        return SigningKey((folder / name).read_bytes())
    except OSError as error:
        wrong.append(f"private_key_file: {error.strerror}: {name}")
    except errors.WrongSettings as error:
        wrong.append(f"private_key_file: {error}")
    return None
