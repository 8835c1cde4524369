"""Claims: what a relying party can be told about a person, grouped by scope and by item of consent.

One file per scope. Owns names and values of claims; does not decide whether they may be released (`idp.consent`).
One more scope: a module like its siblings with SCOPE, ITEMS and `values`, added to ALL.
"""

from typing import Any, Protocol

from idp.accounts.account import Account
from idp.claims import offline_access, openid, phone, profile


class Scope(Protocol):
    """What each scope's module offers."""

    SCOPE: str
    ITEMS: dict[str, tuple[str, ...]]

    def values(self, account: Account) -> dict[str, Any]:
        """Return the claims of this scope that the account has; absent ones are left out, never null."""


ALL: tuple[Scope, ...] = (openid, profile, phone, offline_access)

SCOPES = tuple(module.SCOPE for module in ALL)
ITEMS: dict[str, tuple[str, ...]] = {item: claims for module in ALL for item, claims in module.ITEMS.items()}
ITEM_OF_CLAIM = {claim: item for item, claims in ITEMS.items() for claim in claims}
SUPPORTED = ("sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "amr", "sid", *ITEM_OF_CLAIM)
