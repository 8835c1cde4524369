"""The anchor's table of mutual recognition: a signed JWT of type ``mutual-recognition+jwt``. Pure.

Who stands for which province, what its ``acr`` values are worth here (0 to 4), and the keys of the identity HMAC, one
for each epoch, sealed for each province (`sealed_key`). Everything in it is bounded; what is wrong refuses all of it:
half a table would let a province's people in at levels that nobody agreed to.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from idp.assurance.policy import HIGHEST

TYP = "mutual-recognition+jwt"
MOST_PROVIDERS = 200
MOST_LEVELS = 20
MOST_EPOCHS = 4
LONGEST_ID = 255
LONGEST_NAME = 100
LONGEST_ACR = 200
LONGEST_SEALED = 4096
DIVISION = re.compile(r"[0-9]{6}")
EPOCH = re.compile(r"[A-Za-z0-9._-]{1,40}")
# Another machine's clock may be this far ahead (seconds).
SKEW = 60


class InvalidTable(Exception):
    """The table cannot be used; the text says where and why, and names nobody's data."""


@dataclass(frozen=True)
class Member:
    """The provider of one province. ``levels``: what each of its ``acr`` values is worth here."""

    entity_id: str
    division_code: str
    names: Mapping[str, str]
    levels: Mapping[str, int]

    def level_of(self, acr: object) -> int:
        """Return what *acr* is worth here; what the table does not name is worth nothing (domain §6)."""
        return self.levels.get(acr, 0) if isinstance(acr, str) else 0

    def asked_for(self, level: int) -> tuple[str, ...]:
        """Return its values that reach *level*, the least of them first: what to ask it for."""
        enough = [(worth, acr) for acr, worth in self.levels.items() if worth >= level]
        return tuple(acr for _, acr in sorted(enough))

    def name(self, locale: str) -> str:
        """Return its name in that language, in Chinese where it has none."""
        return self.names.get("en" if locale == "en" else "zh-Hans") or self.names["zh-Hans"]


@dataclass(frozen=True)
class Epoch:
    """One key of the identity HMAC; ``sealed`` by the province's entity identifier (RFC 7516)."""

    name: str
    sealed: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """What one anchor says. ``epochs``: the present one first."""

    anchor: str
    issued_at: int
    expires_at: int
    members: Mapping[str, Member]
    epochs: tuple[Epoch, ...]

    def holds(self, now: int) -> bool:
        """Whether it counts at *now* (seconds)."""
        return self.issued_at <= now + SKEW and now < self.expires_at


def read(claims: Mapping[str, Any], *, anchor: str, now: int) -> Table:
    """Return the table in verified *claims* of *anchor*; raises InvalidTable."""
    if claims.get("iss") != anchor:
        raise InvalidTable("iss is not the anchor")
    issued_at, expires_at = _moment(claims, "iat"), _moment(claims, "exp")
    made = Table(
        anchor, issued_at, expires_at, _members(claims.get("providers")), _epochs(claims.get("identity_keys"))
    )
    if not made.holds(now):
        raise InvalidTable("it does not count yet, or no more")
    return made


def _moment(claims: Mapping[str, Any], name: str) -> int:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 40:
        raise InvalidTable(f"{name} is no moment")
    return value


def _members(value: object) -> dict[str, Member]:
    found: dict[str, Member] = {}
    for one in _list(value, "providers", MOST_PROVIDERS):
        member = read_member(one)
        if member.entity_id in found:
            raise InvalidTable("a provider stands there twice")
        found[member.entity_id] = member
    return found


def read_member(value: object) -> Member:
    """Return what the table says of one provider; raises InvalidTable."""
    if not isinstance(value, Mapping):
        raise InvalidTable("a provider is no object")
    entity_id, division = value.get("entity_id"), value.get("division_code")
    if not _is_text(entity_id, LONGEST_ID):
        raise InvalidTable("a provider has no identifier")
    if not isinstance(division, str) or not DIVISION.fullmatch(division):
        raise InvalidTable("division_code is none")
    names = value.get("names")
    if not isinstance(names, Mapping) or not _is_text(names.get("zh-Hans"), LONGEST_NAME):
        raise InvalidTable("a provider has no name")
    known = {tag: str(names[tag]) for tag in ("zh-Hans", "en") if _is_text(names.get(tag), LONGEST_NAME)}
    return Member(str(entity_id), division, known, _levels(value.get("levels")))


def _levels(value: object) -> dict[str, int]:
    if not isinstance(value, Mapping) or len(value) > MOST_LEVELS:
        raise InvalidTable("levels are no short object")
    found: dict[str, int] = {}
    for acr, worth in value.items():
        if not _is_text(acr, LONGEST_ACR) or any(char.isspace() for char in acr):
            raise InvalidTable("a level's name is wrong")
        if isinstance(worth, bool) or not isinstance(worth, int) or not 0 <= worth <= HIGHEST:
            raise InvalidTable("a level is worth 0 to 4")
        found[acr] = worth
    return found


def _epochs(value: object) -> tuple[Epoch, ...]:
    found: list[Epoch] = []
    for one in _list(value, "identity_keys", MOST_EPOCHS):
        if not isinstance(one, Mapping):
            raise InvalidTable("an epoch is no object")
        name, sealed = one.get("epoch"), one.get("sealed")
        if not isinstance(name, str) or not EPOCH.fullmatch(name) or name in {epoch.name for epoch in found}:
            raise InvalidTable("an epoch's name is wrong, or stands there twice")
        if not isinstance(sealed, Mapping) or len(sealed) > MOST_PROVIDERS:
            raise InvalidTable("the keys of an epoch are no object")
        if not all(_is_text(text, LONGEST_SEALED) for pair in sealed.items() for text in pair):
            raise InvalidTable("a sealed key is no text")
        found.append(Epoch(name, dict(sealed)))
    return tuple(found)


def _list(value: object, name: str, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise InvalidTable(f"{name} is no list of at most {most}")
    return value


def _is_text(value: object, longest: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= longest and value.isprintable()
