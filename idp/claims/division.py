"""Scope ``division`` 行政区划: where the account belongs, by code and name.

Of an organisation: where it is registered, by its code; of an official: that of the post; of a citizen: where the
person lives, never narrower than the county (ask for ``residence_division`` to have it wider or narrower).
"""

from collections.abc import Mapping
from typing import Any

from idp.accounts import account as accounts
from idp.accounts import identity
from idp.accounts.account import Account
from idp.claims import residence_division
from idp.claims.about import About
from idp.identifiers import uscc
from idp.operators import post

SCOPE = "division"
ITEMS: dict[str, tuple[str, ...]] = {"division": ("division",)}


def values(about: About, asked: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the division with its code and its full name."""
    del asked
    code = _code(about.account)
    found = residence_division.described(code, residence_division.USUAL) if code else None
    return {"division": found} if found else {}


def _code(account: Account) -> str | None:
    if account.kind == accounts.ENTERPRISE:
        held = identity.of(account)
        code = uscc.find(held.number) if held else None
        return code.division if code else None
    if account.kind == accounts.OFFICIAL:
        held_post = post.find_active(account.id)
        return held_post.division_code if held_post else None
    return accounts.residence_of(account)
