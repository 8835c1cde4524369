"""The file itself: one JSON object, written piece by piece so that memory does not grow with a long life.

Nothing of the database is held while a piece travels: each is whole text before the transaction ends.
"""

import json
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any
from uuid import UUID

from idp import clock
from idp.account_export import dealings, person
from idp.account_export.person import Row, moment
from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.db import commit
from idp.settings import SETTINGS

FORMAT = "urn:tongxing:account-export:1"
PIECE = 200

SECTIONS: dict[str, Callable[[Account], Iterator[Row]]] = {
    "account": person.facts,
    "evidence": person.proofs,
    "proofing_cases": person.proofing_cases,
    "sign_in_methods": person.ways_in,
    "sessions": person.sessions,
    "services": dealings.services,
    "linked_accounts": dealings.linked_accounts,
    "home_provinces": dealings.home_provinces,
    "consent_events": dealings.consent_events,
    "accesses": dealings.accesses,
    "deletion_requests": dealings.deletion_requests,
    "mandates": dealings.mandates,
    "assisted_cases": dealings.assisted,
    "messages": person.messages,
    # Last: it is the longest.
    "timeline": dealings.events,
}


def stream(account_id: UUID) -> Iterator[str]:
    """Yield the file of the account, piece by piece."""
    yield _opening()
    for name, rows in SECTIONS.items():
        yield f",\n{json.dumps(name)}: ["
        found = rows(accounts.get(account_id))
        separator = "\n"
        while piece := [_text(row) for row in islice(found, PIECE)]:
            commit()
            yield separator + ",\n".join(piece)
            separator = ",\n"
        commit()
        yield "]"
    yield "\n}\n"


def look(account: Account, most: int) -> dict[str, tuple[list[Row], bool]]:
    """Return the first *most* rows of each section without what is empty, and whether there are more of them."""
    found: dict[str, tuple[list[Row], bool]] = {}
    account_id = account.id
    for name, rows in SECTIONS.items():
        some = list(islice(rows(accounts.get(account_id)), most + 1))
        found[name] = ([_filled(row) for row in some[:most]], len(some) > most)
    return found


def _opening() -> str:
    head = {"format": FORMAT, "issuer": SETTINGS.get().issuer, "made_at": moment(clock.now())}
    return "{" + json.dumps(head, ensure_ascii=False)[1:-1]


def _text(row: Row) -> str:
    return json.dumps(_filled(row), ensure_ascii=False, separators=(",", ":"))


def _filled(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value not in (None, "", [], {})}
