"""A person logged in at this site: what the provider said, and when; kept on the server."""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any, Self

from tongxing_client import mandate, relying_party


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One login. Times are seconds since 1970.

    ``asked_acr`` is the level that was asked for, ``asked_items`` the items; ``authorization_details`` what was
    granted to somebody who acts for another.
    """

    sub: str
    sid: str | None
    id_token: str
    id_token_claims: Mapping[str, Any]
    userinfo_claims: Mapping[str, Any]
    access_token: str
    access_token_ends_at: float | None
    refresh_token: str | None
    asked_acr: tuple[str, ...]
    authorization_details: tuple[Mapping[str, Any], ...] = ()
    asked_items: tuple[str, ...] = ()
    started_at: float
    seen_at: float

    @property
    def claims(self) -> dict[str, Any]:
        """Everything received: userinfo's claims over the ID token's."""
        return {**self.id_token_claims, **self.userinfo_claims}

    @property
    def acr(self) -> str | None:
        """The level, when the provider gave one."""
        return self.id_token_claims.get("acr")

    @property
    def actor(self) -> str | None:
        """The person at the keyboard when they act for another; None for oneself."""
        return mandate.find_actor(self.id_token_claims)

    def may(self, item_code: str) -> bool:
        """Whether this login is good for an item: always for oneself, else when the mandate covers it."""
        return self.actor is None or mandate.covers(self.authorization_details, item_code)

    @property
    def amr(self) -> list[str]:
        """How the person proved who they are (RFC 8176)."""
        return list(self.id_token_claims.get("amr", []))

    @property
    def auth_time(self) -> float | None:
        """When the person last did so."""
        return self.id_token_claims.get("auth_time")

    @property
    def issued_at(self) -> float:
        """When the provider vouched for this login."""
        return float(self.id_token_claims.get("iat", self.started_at))

    def to_json(self) -> str:
        """As text for a store."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Back from the store."""
        members = json.loads(text)
        lists = {name: tuple(members[name]) for name in ("asked_acr", "authorization_details", "asked_items")}
        return cls(**{**members, **lists})


def begin(
    login: relying_party.Login, asked_acr: tuple[str, ...], now: float, asked_items: tuple[str, ...] = ()
) -> Session:
    """The session that a finished login starts."""
    tokens = login.tokens
    return Session(
        sub=login.id_token_claims["sub"],
        sid=login.id_token_claims.get("sid"),
        id_token=tokens.id_token or "",
        id_token_claims=login.id_token_claims,
        userinfo_claims=login.userinfo_claims,
        access_token=tokens.access_token,
        access_token_ends_at=None if tokens.expires_in is None else now + tokens.expires_in,
        refresh_token=tokens.refresh_token,
        asked_acr=asked_acr,
        authorization_details=tokens.authorization_details,
        asked_items=asked_items,
        started_at=now,
        seen_at=now,
    )
