"""A person logged in at this site: what the provider said, and when; kept on the server."""

import dataclasses
import json
from collections.abc import Collection, Mapping
from typing import Any, Self

from tongxing_client import mandate, relying_party

_LISTS = ("asked_acr", "authorization_details", "asked_items", "asked_scope")
# Without these there would be no login to speak of; they are no item of anybody's consent.
_OF_THE_LOGIN = frozenset({"sub", "sid", "iss", "aud", "iat", "exp", "acr", "amr", "auth_time", "act"})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What an event changes about logins begun until ``at``: items taken back, or the next page asks again.

    ``heard_at`` is when this site was told, by its own clock.
    """

    at: float
    items: tuple[str, ...] = ()
    asks_again: bool = False
    heard_at: float | None = None

    def to_json(self) -> str:
        """As text for a store."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Back from the store."""
        members = json.loads(text)
        return cls(**{**members, "items": tuple(members["items"])})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One login. Times are seconds since 1970.

    ``asked_acr`` is the level that was asked for, ``asked_items`` the items, ``asked_scope`` what was asked beyond the
    usual scope; ``authorization_details`` what was granted to somebody who acts for another. ``withdrawn``: items the
    person took back since, and when; their claims are gone. ``asks_again``: the next page asks the provider again.
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
    asked_scope: tuple[str, ...] = ()
    withdrawn: Mapping[str, float] = dataclasses.field(default_factory=dict)
    asks_again: bool = False
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

    def changed(self, change: Change) -> "Session":
        """This login after ``change``; itself when it began later."""
        if self.issued_at > change.at:
            return self
        found = self
        if change.items:
            # The provider has ended the tokens: what they could still ask for is less than they say.
            found = dataclasses.replace(
                self,
                id_token_claims=_without(self.id_token_claims, change.items),
                userinfo_claims=_without(self.userinfo_claims, change.items),
                access_token_ends_at=min(change.at, self.access_token_ends_at or change.at),
                refresh_token=None,
                withdrawn={**self.withdrawn, **dict.fromkeys(change.items, change.at)},
            )
        # Times of tokens are whole seconds: who was asked again within that second is not asked for ever.
        is_new = (
            change.heard_at is not None and self.issued_at == change.at and self.started_at > change.heard_at
        )
        return dataclasses.replace(found, asks_again=True) if change.asks_again and not is_new else found

    def to_json(self) -> str:
        """As text for a store."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Back from the store."""
        members = json.loads(text)
        lists = {name: tuple(members[name]) for name in _LISTS if name in members}
        return cls(**{**members, **lists})


def _without(claims: Mapping[str, Any], items: Collection[str]) -> dict[str, Any]:
    """``claims`` without those of ``items``, in ``verified_claims`` too (OIDC for Identity Assurance §5)."""
    gone = {*items, *(f"{item}_verified" for item in items)} - _OF_THE_LOGIN
    left = {name: value for name, value in claims.items() if name not in gone}
    if "verified_claims" in left:
        left["verified_claims"] = _verified_without(left["verified_claims"], gone)
    return left


def _verified_without(value: Any, gone: Collection[str]) -> Any:
    if isinstance(value, list):
        return [_verified_without(one, gone) for one in value]
    if not isinstance(value, dict) or not isinstance(value.get("claims"), dict):
        return value
    return {**value, "claims": {name: one for name, one in value["claims"].items() if name not in gone}}


def begin(
    login: relying_party.Login,
    asked_acr: tuple[str, ...],
    now: float,
    asked_items: tuple[str, ...] = (),
    asked_scope: tuple[str, ...] = (),
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
        asked_scope=asked_scope,
        started_at=now,
        seen_at=now,
    )
