"""Which items a request needs, and which claims an answer carries. Deciding only; values come from the groups."""

from collections.abc import Collection, Mapping
from typing import Any

from idp import claims
from idp.claims import residence_division, values, verified_claims, verified_request
from idp.claims.about import About
from idp.claims.request import SETS, ClaimsRequest

Asked = Mapping[str, Mapping[str, Any]]


def requested_items(scopes: Collection[str], asked: ClaimsRequest) -> frozenset[str]:
    """Return the items that these scopes and single claims fall under, claims within verified_claims too."""
    by_scope = {item for module in claims.ALL if module.SCOPE in scopes for item in module.ITEMS}
    sets = [one for place in (asked.userinfo, asked.id_token) for one in _sets(place)]
    named = (asked.names - claims.NEVER_PLAIN) | (
        verified_request.claim_names(sets) & set(verified_claims.CLAIMS)
    )
    by_claim = {claims.ITEM_OF_CLAIM[name] for name in named if name in claims.ITEM_OF_CLAIM}
    asked_of_claims = [asked.userinfo, asked.id_token, *(one["claims"] for one in sets)]
    narrow = {item for one in asked_of_claims for item in residence_division.items(one)}
    return frozenset(by_scope | by_claim | narrow) | verified_claims.items(sets)


def for_userinfo(
    about: About, scopes: Collection[str], asked: Asked, items: Collection[str]
) -> dict[str, Any]:
    """Return the claims for the userinfo answer: of granted scopes and those asked for there, within *items*."""
    by_scope = {
        claim
        for module in claims.ALL
        if module.SCOPE in scopes
        for names in module.ITEMS.values()
        for claim in names
    }
    return _released(about, by_scope | set(asked), asked, items)


def for_id_token(about: About, asked: Asked, items: Collection[str]) -> dict[str, Any]:
    """Return the claims asked for in the ID token by name (OIDC Core §5.4: a scope's claims go to userinfo)."""
    return _released(about, set(asked), asked, items)


def _released(about: About, names: set[str], asked: Asked, items: Collection[str]) -> dict[str, Any]:
    found = values.of(about, names - claims.NEVER_PLAIN, items, asked)
    sets = _sets(asked)
    verified = verified_claims.answer(about, sets, items) if sets else None
    return found if verified is None else found | {verified_claims.NAME: verified}


def _sets(asked: Asked) -> verified_request.Sets:
    return list(asked.get(verified_claims.NAME, {}).get(SETS, []))
