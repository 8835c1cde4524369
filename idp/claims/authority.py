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
LONGEST_CHAIN = 2


def values(about: About, asked: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the authority by which the person acts, or nothing when there is no mandate."""
    del asked
    return {"authority": of(about)} if about.mandate is not None else {}


def of(about: About) -> dict[str, Any]:
    """Return the authority element. A mandate from an agency firm reads its parent: at most two queries."""
    if about.mandate is None:
        raise ValueError("nobody acts for anybody")
    links = mandate.chain(about.mandate, LONGEST_CHAIN)
    held = about.mandate
    granted: dict[str, Any] = {"method": METHODS[held.role]}
    if len(links) == LONGEST_CHAIN and (firm := accounts.find(links[0].holder_id)) is not None:
        granted["granting_body"] = _described(firm)
    return {
        "applies_to": _described(about.account),
        "permission": [_permission(held)],
        "granted_by": granted,
    }


def _permission(held: Mandate) -> dict[str, Any]:
    validity = {"start": age.today(held.starts_at).isoformat()}
    if held.expires_at is not None:
        validity["end"] = age.today(held.expires_at).isoformat()
    found: dict[str, Any] = {"role": held.role, "validity": [validity], "may_delegate": _may_delegate(held)}
    if held.items:
        found["function"] = sorted(held.items)
    return found


def _may_delegate(held: Mandate) -> bool:
    return held.role in {rules.REPRESENTATIVE, rules.ADMINISTRATOR, rules.AGENCY}


def _described(account: Account) -> dict[str, Any]:
    """Say which organisation (with its code, so that it is found in a register) or which person."""
    if account.kind != accounts.ENTERPRISE:
        return {"name": accounts.name_of(account)}
    held = identity.of(account)
    found: dict[str, Any] = {"organization_name": accounts.name_of(account)}
    if held is not None:
        found["registration_number"] = [{"number": held.number, "issuer": ISSUER}]
    return found
