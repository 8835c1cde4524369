"""Mandates as ``authority`` (OpenID Connect Authority Claims Extension, draft 00): the one place that knows this form.

Only ever released inside ``verified_claims``. The end-user of the draft is the person at the keyboard; what the
authority applies to is the account that ``sub`` names.
"""

from collections.abc import Mapping
from typing import Any

from idp.accounts import account as accounts
from idp.accounts import identity
from idp.accounts.account import Account
from idp.claims.about import About
from idp.mandates import age, mandate, rules
from idp.mandates.mandate import Mandate

ITEM = "mandate"
ITEMS: dict[str, tuple[str, ...]] = {ITEM: ("authority",)}
ISSUER = "统一社会信用代码"
# How the right came about (draft §"granted_by"): by law or register, or given by the principal.
METHODS = dict.fromkeys(rules.ROLES, "delegated") | {
    rules.REPRESENTATIVE: "registered",
    rules.GUARDIAN: "appointed",
    rules.WARD_GUARDIAN: "appointed",
}
MAY_DELEGATE = frozenset({rules.REPRESENTATIVE, rules.ADMINISTRATOR, rules.AGENCY})
LONGEST_CHAIN = 2


def values(about: About, asked: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the authority by which the person acts, or nothing when there is no mandate."""
    del asked
    return {"authority": of(about)} if about.mandate is not None else {}


def of(about: About) -> dict[str, Any]:
    """Return the authority element. A mandate from an agency firm reads its parent: at most two queries."""
    if about.mandate is None:
        raise ValueError("nobody acts for anybody")
    links = mandate.chain(about.mandate, LONGEST_CHAIN) or (about.mandate,)
    granted: dict[str, Any] = {"method": METHODS[links[0].role]}
    if len(links) == LONGEST_CHAIN and (firm := accounts.find(links[0].holder_id)) is not None:
        granted["granting_body"] = _described(firm)
    return {
        "applies_to": _described(about.account),
        "permission": [_permission(links)],
        "granted_by": granted,
    }


def _permission(links: tuple[Mandate, ...]) -> dict[str, Any]:
    """Say what the whole chain allows: as the role that the principal gave, no more than each of its mandates."""
    role, held = links[0].role, links[-1]
    validity = {"start": age.today(max(link.starts_at for link in links)).isoformat()}
    if ends := [link.expires_at for link in links if link.expires_at is not None]:
        validity["end"] = age.today(min(ends)).isoformat()
    found: dict[str, Any] = {
        "role": role,
        "validity": [validity],
        "may_delegate": held.role in MAY_DELEGATE,
    }
    # No items: all of them.
    named = [frozenset(link.items) for link in links if link.items]
    if named:
        found["function"] = sorted(frozenset.intersection(*named))
    return found


def _described(account: Account) -> dict[str, Any]:
    """Say which organisation (with its code, so that it is found in a register) or which person."""
    if account.kind != accounts.ENTERPRISE:
        return {"name": accounts.name_of(account)}
    held = identity.of(account)
    found: dict[str, Any] = {"organization_name": accounts.name_of(account)}
    if held is not None:
        found["registration_number"] = [{"number": held.number, "issuer": ISSUER}]
    return found
