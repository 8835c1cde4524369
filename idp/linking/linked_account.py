"""Which older account a person has at a relying party: one there for each person, one person for each of them.

Both are the database's: of two people who prove the same older account at once, one gets Conflict.
"""

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, String, Text, UniqueConstraint, Uuid, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import notice
from idp.accounts.account import Account
from idp.audit import log
from idp.audit.event import EventName
from idp.db import Model, UtcDateTime, db, insert_if_absent
from idp.errors import Conflict, InvalidInput, NotFound
from idp.keys import field_cipher
from idp.outbox import signal
from idp.outbox.signal import Signal
from idp.relying_parties import cache

LOGGED_IN, COUNTER_CODE, CHECKED, IMPORTED = "logged_in", "counter_code", "checked", "imported"
WAYS = (LOGGED_IN, COUNTER_CODE, CHECKED, IMPORTED)
LONGEST_ID = 200
MOST = 100
BATCH = 500
# What is shown of an id: enough for its owner, too little for anybody else.
SHOWN_END = 2


class LinkedAccount(Model):
    """One link. ``how`` is the way by which it was proven."""

    __tablename__ = "linked_accounts"

    account_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    client_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    legacy_index: Mapped[bytes] = mapped_column(LargeBinary(32))
    legacy_sealed: Mapped[str] = mapped_column(Text)
    how: Mapped[str] = mapped_column(String(12))
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("client_id", "legacy_index"),)


def check_legacy_id(legacy_id: str) -> str:
    """Return the id as it is kept; raises InvalidInput ``legacy_id_malformed``."""
    plain = legacy_id.strip()
    if not plain or len(plain) > LONGEST_ID or not plain.isprintable():
        raise InvalidInput(
            "legacy_id_malformed", f"must be 1 to {LONGEST_ID} printable characters", field="legacy_id"
        )
    return unicodedata.normalize("NFC", plain)


def link(account: Account, client_id: str, legacy_id: str, how: str, *, told: bool = True) -> LinkedAccount:
    """Link that older account, proven by *how*, to *account*; the same again changes nothing. The caller commits.

    Raises Conflict: ``legacy_account_taken`` when another person has it, ``link_exists`` when this person has another
    one there. *told*: the person hears of it (not of what an operator imports with the account itself).
    """
    legacy_id = check_legacy_id(legacy_id)
    db.session.refresh(account, with_for_update=True)
    accounts.check_active(account)
    index = index_of(client_id, legacy_id)
    created = insert_if_absent(
        LinkedAccount,
        account_id=account.id,
        client_id=client_id,
        legacy_index=index,
        legacy_sealed=field_cipher.seal(legacy_id, _context(account.id, client_id)),
        how=how,
        linked_at=clock.now(),
    )
    present = find(account.id, client_id)
    if not created:
        if present is None:
            raise Conflict("legacy_account_taken", "This older account belongs to another person's account")
        if present.legacy_index != index:
            raise Conflict("link_exists", "You have linked another account of this service. Unlink it first")
        return present
    if present is None:
        raise NotFound("link_unknown")
    log.record(EventName.ACCOUNT_LINKED, account_id=account.id, client_id=client_id, how=how)
    signal.add(Signal.ACCOUNT_LINKED, account.id, client_id=client_id)
    if told:
        notice.tell(account, "account_linked", site=_site(client_id, account))
    return present


def find(account_id: UUID, client_id: str) -> LinkedAccount | None:
    """Return the person's link at that relying party, or None; one query by its key."""
    wanted = select(LinkedAccount).where(
        LinkedAccount.account_id == account_id, LinkedAccount.client_id == client_id
    )
    return db.session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()


def of_account(account_id: UUID) -> list[LinkedAccount]:
    """Return the person's links, newest first."""
    wanted = select(LinkedAccount).where(LinkedAccount.account_id == account_id)
    return list(db.session.scalars(wanted.order_by(LinkedAccount.linked_at.desc()).limit(MOST)))


def holders(client_id: str, legacy_ids: Sequence[str]) -> dict[str, UUID]:
    """Return which of these older accounts are linked, and to whose account."""
    found: dict[str, UUID] = {}
    for start in range(0, len(legacy_ids), BATCH):
        indexes = {
            index_of(client_id, check_legacy_id(one)): one for one in legacy_ids[start : start + BATCH]
        }
        rows = select(LinkedAccount.legacy_index, LinkedAccount.account_id).where(
            LinkedAccount.client_id == client_id, LinkedAccount.legacy_index.in_(list(indexes))
        )
        found |= {indexes[row.legacy_index]: row.account_id for row in db.session.execute(rows)}
    return found


def legacy_id_of(linked: LinkedAccount) -> str:
    """Return what the relying party itself calls the older account."""
    return field_cipher.open_sealed(linked.legacy_sealed, _context(linked.account_id, linked.client_id))


def masked(legacy_id: str) -> str:
    """Return what its owner recognises of an id."""
    shown = SHOWN_END if len(legacy_id) > 3 * SHOWN_END else 0
    return "*" * min(len(legacy_id) - shown, 6) + legacy_id[len(legacy_id) - shown :]


def index_of(client_id: str, legacy_id: str) -> bytes:
    """Return the digest under which an older account of a relying party is found."""
    return field_cipher.blind_index("linked_accounts", f"{client_id}\0{legacy_id}")


def unlink(account: Account, client_id: str) -> bool:
    """End the link; the relying party hears of it, and so does the person. False when there was none."""
    if not _end(account.id, client_id):
        return False
    notice.tell(account, "account_unlinked", site=_site(client_id, account))
    return True


def end_all(account_id: UUID, *, before: datetime | None = None) -> int:
    """End every link of the account (*before*: made until then) without a word to it; return how many."""
    ended = 0
    for one in of_account(account_id):
        if before is None or one.linked_at <= before:
            ended += _end(account_id, one.client_id)
    return ended


def move(from_id: UUID, to: Account) -> None:
    """Let the links of an account that closes go over to the one of the same person that stays, where it has none."""
    for one in of_account(from_id):
        legacy_id = legacy_id_of(one)
        _end(from_id, one.client_id)
        if find(to.id, one.client_id) is None:
            link(to, one.client_id, legacy_id, one.how, told=False)


def _end(account_id: UUID, client_id: str) -> bool:
    ended = db.session.execute(
        delete(LinkedAccount)
        .where(LinkedAccount.account_id == account_id, LinkedAccount.client_id == client_id)
        .returning(LinkedAccount.client_id)
    ).first()
    if ended is None:
        return False
    log.record(EventName.ACCOUNT_UNLINKED, account_id=account_id, client_id=client_id)
    signal.add(Signal.ACCOUNT_UNLINKED, account_id, client_id=client_id)
    return True


def _site(client_id: str, account: Account) -> str:
    rp = cache.find(client_id)
    return rp.client_name.text(account.locale) if rp else client_id


def _context(account_id: UUID, client_id: str) -> str:
    return f"linked_accounts.legacy:{account_id}:{client_id}"
