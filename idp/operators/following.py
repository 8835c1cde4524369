"""An official's account is worth what its person has proven: it follows the citizen account, up and down.

Domain §2: an official's person is at P3 or more. What was proven in person (the policy says which codes count for
officials) is carried over with its own end; when the person falls below P3 (a death, a lost card) nothing is left.
"""

from datetime import datetime
from uuid import UUID

from idp import clock
from idp.accounts import account as accounts
from idp.accounts.account import ACTIVE, CITIZEN, OFFICIAL, Account
from idp.assurance import evidence as pieces
from idp.level_policy import current
from idp.operators import post as posts
from idp.outbox.message import OutboxMessage
from idp.proofing import evidence

APPOINTMENT = "appointment"
# What the person must have proven as a citizen.
LEAST_PROOFING = 3


def is_proven(person: Account) -> bool:
    """Whether this is a citizen in good standing who has proven enough to hold a post."""
    proven = evidence.level(person, clock.now()) >= LEAST_PROOFING
    return person.kind == CITIZEN and person.status == ACTIVE and proven


def appoint(account: Account, person: Account | None) -> None:
    """Give the account of a new post the evidence of its appointment, and what its person proved in person."""
    evidence.add(account, APPOINTMENT, source="appointment")
    if person is not None:
        _carry_over(account, person)


def follow(person: Account) -> None:
    """Bring the accounts of all posts of *person* to what the person has proven now."""
    proven = is_proven(person)
    for post in posts.held_by(person.id):
        account = accounts.find(post.account_id) if post.account_id else None
        if account is None:
            continue
        held = evidence.valid_codes(account, clock.now())
        if proven:
            if APPOINTMENT not in held:
                evidence.add(account, APPOINTMENT, source="appointment")
            _carry_over(account, person)
        elif held:
            evidence.revoke(account, held, "person_not_proven")


def standing_changed(message: OutboxMessage) -> None:
    """Follow the person whose standing changed (a handler of the outbox; `evidence.STANDING_CHANGED`)."""
    person = accounts.find(UUID(message.payload["account_id"]))
    if person is not None and person.kind == CITIZEN:
        follow(person)


def _carry_over(account: Account, person: Account) -> None:
    proven = _proven_in_person(person)
    held = _proven_in_person(account)
    for code, until in proven.items():
        if code not in held or held[code] != until:
            evidence.add(account, code, source="person", until=until)
    gone = held.keys() - proven.keys()
    if gone:
        evidence.revoke(account, gone, "person_not_proven")


def _proven_in_person(account: Account) -> dict[str, datetime | None]:
    """Return what counts for citizens and officials alike, with its end."""
    now = clock.now()
    known = current.get().evidence
    return {
        piece.code: piece.until
        for piece in pieces.from_standing(account.standing)
        if (piece.until is None or piece.until > now)
        and piece.code in known
        and known[piece.code].kinds >= {CITIZEN, OFFICIAL}
    }
