"""Meeting a person whom another province's provider let in: who they are here, and what the login is worth.

The same person is known by the identity HMAC, where the mapped level says that a name was proven there (L2); else by
the subject that the other provider has for them. Who is not known gets a visiting account. Never by name or phone.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import notice, represented
from idp.accounts.account import Account
from idp.assurance import evidence as pieces
from idp.audit import log
from idp.audit.event import EventName
from idp.authenticators import recognised
from idp.db import db
from idp.level_policy import current
from idp.outbox.message import OutboxMessage
from idp.proofing import evidence
from idp.recognition import home, recognised_identity, tables
from idp.recognition.join_key import Value
from idp.recognition.refused import Refused, Why
from idp.recognition.said import Said
from idp.recognition.table import Member

# From here on somebody proved there whose number it is (domain §2).
NAMED = 2
# Evidence of a visitor is written anew at most this often: a login a minute is no proof a minute.
RENEWED_AFTER = timedelta(days=1)
ACTOR = "recognition"
UNNAMED = "—"


@dataclass(frozen=True)
class Arrival:
    """Who it is here, and the most that the session counts for."""

    account: Account
    level: int


def check_policy() -> None:
    """Raise Refused while the level policy in force knows no login at another province's provider."""
    if recognised.AMR not in current.get().authenticators:
        raise Refused(Why.POLICY, "the level policy knows no recognised login")


def arrive(said: Said, member: Member) -> Arrival:
    """Find or make the account of the person, and note where they come from. The caller commits.

    Raises Refused, and Forbidden for an account that is locked.
    """
    check_policy()
    level = member.level_of(said.acr)
    values = _counting(said.values) if level >= NAMED else ()
    account = _known(said, values) or _new(said, member)
    accounts.check_active(account)
    own = home.find(said.issuer, said.subject)
    visiting = home.is_visiting(account.id)
    if own is not None and own.account_id != account.id:
        _replace(own.account_id, by=account, issuer=said.issuer)
    home.note(account.id, said.issuer, said.subject, visiting=False, level=level)
    if visiting:
        _keep_up(account, said, member, level)
    recognised_identity.note(account, values, proven_here=False)
    if not visiting and (own is None or own.account_id != account.id):
        notice.tell(account, "recognised_login", who=member.name(account.locale))
    log.record(
        EventName.PERSON_RECOGNISED,
        account_id=account.id,
        issuer=said.issuer,
        division=member.division_code,
        acr=said.acr,
        level=level,
        by="identity" if values else "subject",
    )
    return Arrival(account, level)


def standing_changed(message: OutboxMessage) -> None:
    """Bring what stands for an account up to date after its proof changed (a handler of the outbox).

    A visiting account whose person proved the number with another account ends in its favour.
    """
    # First, while no transaction is open: the anchor may have to be asked.
    tables.find()
    account = accounts.find(UUID(message.payload["account_id"]))
    if account is None:
        return
    if account.status == accounts.CLOSED:
        recognised_identity.forget(account.id)
        home.forget(account.id)
    elif values := recognised_identity.values_of(account):
        for account_id in recognised_identity.take_over(account, values):
            _replace(account_id, by=account)


def identity_lost(message: OutboxMessage) -> None:
    """Join nobody any more to an account that lost its number to who proved it better (a handler of the outbox)."""
    if message.account_id is not None:
        before = datetime.fromisoformat(message.payload["before"])
        recognised_identity.forget(message.account_id, before=before)
        home.forget(message.account_id, joined_before=before)


def source_of(member: Member) -> str:
    """Return how evidence names the provider whose word it is: another one of the same province is another source."""
    digest = hashlib.sha256(member.entity_id.encode()).hexdigest()
    return f"{evidence.PROVINCE}{member.division_code}:{digest[:16]}"


def _counting(values: tuple[Value, ...]) -> tuple[Value, ...]:
    """Return the values of epochs that hold: nobody can be known by others."""
    known = tables.find()
    epochs = {key.epoch for key in known.keys} if known else set()
    return tuple(one for one in values if one.epoch in epochs)


def _known(said: Said, values: tuple[Value, ...]) -> Account | None:
    found = recognised_identity.find_accounts(values)
    # Who proved the number here comes before a visitor; of several the oldest.
    found.sort(key=lambda one: (one[0].status != accounts.ACTIVE, not one[1], one[0].created_at))
    if found:
        return found[0][0]
    own = home.find(said.issuer, said.subject)
    account = accounts.find(own.account_id) if own is not None else None
    if account is not None and values:
        _check_same(account, said, values)
    return account


def _check_same(account: Account, said: Said, values: tuple[Value, ...]) -> None:
    """Raise Refused when the account that *said*'s subject had is another person's by *values*: nobody is joined.

    A visitor that this province alone knows may have a new document there; then the one before counts no more.
    """
    proven = recognised_identity.values_of(account)
    if set(proven) & set(values):
        return
    if home.is_visiting(account.id) and not proven:
        if not recognised_identity.has_others(account.id, values):
            return
        if {one.issuer for one in home.of_account(account.id)} == {said.issuer}:
            recognised_identity.forget(account.id)
            return
    raise Refused(Why.WRONG, "the subject was another person's before")


def _new(said: Said, member: Member) -> Account:
    """Make a visiting account; of several logins at once one makes it, the others find it."""
    with db.session.begin_nested() as attempt:
        account = represented.create(
            accounts.CITIZEN, said.name or UNNAMED, actor=f"{ACTOR}:{member.division_code}"
        )
        home.note(account.id, said.issuer, said.subject, visiting=True, level=0)
        mine = home.find(said.issuer, said.subject)
        if mine is not None and mine.account_id == account.id:
            return account
        attempt.rollback()
    existing = accounts.find(mine.account_id) if mine is not None else None
    if existing is None:
        raise Refused(Why.AWAY, "somebody else is about to make the account")
    return existing


def _keep_up(account: Account, said: Said, member: Member, level: int) -> None:
    """Bring a visitor's name and evidence up to what was said now."""
    # A number that was proven here says more than another province's word.
    if account.identity_index is None and said.name and accounts.name_of(account) != said.name:
        accounts.set_name(account, said.name)
    code = f"{recognised.AMR}_{level}"
    if code not in current.get().evidence:
        return
    since = {one.code: one.at for one in pieces.from_standing(account.standing)}.get(code)
    if since is None or clock.now() - since > RENEWED_AFTER:
        evidence.add(account, code, source=source_of(member))


def _replace(account_id: UUID, *, by: Account, issuer: str | None = None) -> None:
    """End a visiting account whose person turned out to be another account's.

    By the word of *issuer* its own person leaves the account, and nobody else does: who comes from elsewhere stays.
    """
    old = accounts.find(account_id)
    if old is None:
        return
    visiting = home.is_visiting(old.id)
    home.move(old.id, to=by.id, issuer=issuer)
    if left := home.of_account(old.id):
        # They have no other way in than before.
        left[0].visiting = left[0].visiting or visiting
        return
    if visiting and old.status == accounts.ACTIVE and old.identity_index is None:
        # Closed like one that its owner closes: by the worker, with all that rests on it.
        old.closes_at = clock.now()
        db.session.flush()
        log.record(EventName.ACCOUNT_MERGED, account_id=by.id, closed_id=str(old.id))
