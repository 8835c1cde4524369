"""Which items a request needs, and which claims an answer carries. Deciding only; values come from the scopes."""

from collections.abc import Collection
from typing import Any

from idp import claims
from idp.accounts.account import Account
from idp.claims.request import ClaimsRequest


def requested_items(scopes: Collection[str], asked: ClaimsRequest) -> frozenset[str]:
    """Return the items that these scopes and single claims fall under."""
    by_scope = {item for module in claims.ALL if module.SCOPE in scopes for item in module.ITEMS}
    by_claim = {claims.ITEM_OF_CLAIM[name] for name in asked.names if name in claims.ITEM_OF_CLAIM}
    return frozenset(by_scope | by_claim)


def for_userinfo(
    account: Account, scopes: Collection[str], asked: dict[str, Any], items: Collection[str]
) -> dict[str, Any]:
    """Return the claims for the userinfo answer: of granted scopes and those asked for there, within *items*."""
    by_scope = {
        claim
        for module in claims.ALL
        if module.SCOPE in scopes
        for names in module.ITEMS.values()
        for claim in names
    }
    return _values(account, by_scope | set(asked), items)


def for_id_token(account: Account, asked: dict[str, Any], items: Collection[str]) -> dict[str, Any]:
    """Return the claims asked for in the ID token by name (OIDC Core §5.4: a scope's claims go to userinfo)."""
    return _values(account, set(asked), items)


def _values(account: Account, names: set[str], items: Collection[str]) -> dict[str, Any]:
    wanted = {name for name in names if claims.ITEM_OF_CLAIM.get(name) in items}
    found: dict[str, Any] = {}
    for module in claims.ALL:
        if wanted & {claim for group in module.ITEMS.values() for claim in group}:
            found |= {claim: value for claim, value in module.values(account).items() if claim in wanted}
    return found
