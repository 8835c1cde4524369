"""Word to a person that something about their account changed, on every channel they have beside this browser.

The channels are the account's inbox, where every notice stands until it is old, and the phone (a message in the
person's language, sent by the worker from the outbox), for what the person wants there (`notice_kind`).
"""

import json
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Index, String, Text, Uuid, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import notice_kind
from idp.accounts.account import Account
from idp.audit import log
from idp.audit.event import EventName
from idp.db import Model, UtcDateTime, commit, db, partial_index
from idp.errors import IdpError, NotFound, Unavailable
from idp.keys import field_cipher
from idp.notify import sms
from idp.outbox import message as outbox
from idp.outbox.message import DeliveryFailed, OutboxMessage
from idp.uuid7 import uuid7

KIND = "notice"
PREFIX = "notice_"
CHINA = ZoneInfo("Asia/Shanghai")
KEPT_DAYS = 400
SWEEP_ROWS = 1000
MOST_UNREAD = 99
# Messages of one name to one phone: whoever sits in an account must not be able to ring its owner all night.
MOST_A_DAY = 10


class Notice(Model):
    """One thing that a person was told of. ``name`` is the message's template without its prefix.

    ``values_sealed``: the values that the inbox shows (`notice_kind.KEPT`), as JSON.
    """

    __tablename__ = "notices"

    account_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    values_sealed: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_notices_created_at", "created_at"),)


_UNREAD = Notice.read_at.is_(None)

partial_index("ix_notices_unread", Notice.account_id, where=_UNREAD)


def tell(account: Account, name: str, **values: str) -> None:
    """Add a notice to the present transaction: template ``notice_<name>`` of `idp.notify.sms_texts`.

    ``when`` is filled in; names of sites and the like are given in the account's language. Values are sealed: one may
    be a link that only the person should have. The same news again and again comes to the phone some times a day, then
    to the inbox only. Raises KeyError for a name without its kind.
    """
    now = clock.now()
    shown = notice_kind.kept(values)
    db.session.add(
        Notice(
            account_id=account.id,
            id=uuid7(),
            name=name,
            values_sealed=_seal_shown(account.id, shown) if shown else None,
            created_at=now,
        )
    )
    phone = accounts.phone_of(account)
    if not notice_kind.goes_to_phone(name, account.notice_choices or {}) or phone is None:
        return
    # By a link the owner can stop what goes on: none is ever held back.
    if "link" not in values and _told_today(account.id, name) > MOST_A_DAY:
        return
    filled = {"when": now.astimezone(CHINA).strftime("%m-%d %H:%M"), **notice_kind.sent(values)}
    sealed = field_cipher.seal(json.dumps(filled, ensure_ascii=False), _context(account.id))
    # A receiver of their own: a phone that cannot be reached delays nobody else's messages.
    outbox.add(
        KIND,
        {"name": name, "values": sealed, "to": field_cipher.seal(phone, _receiver(account.id))},
        account.id,
        receiver=f"notice:{account.id}",
    )


def recent(account_id: UUID, count: int = 5, *, before: UUID | None = None) -> list[Notice]:
    """Return the newest notices, newest first; with *before*, those older than that one."""
    wanted = select(Notice).where(Notice.account_id == account_id).order_by(Notice.id.desc()).limit(count)
    if before is not None:
        wanted = wanted.where(Notice.id < before)
    return list(db.session.execute(wanted).scalars())


def get(account_id: UUID, notice_id: UUID) -> Notice:
    """Return one notice of the account; raises NotFound ``notice_unknown``."""
    found = db.session.get(Notice, (account_id, notice_id))
    if found is None:
        raise NotFound("notice_unknown")
    return found


def values_of(notice: Notice) -> dict[str, str]:
    """Return what its line is filled in with."""
    if notice.values_sealed is None:
        return {}
    values: dict[str, str] = json.loads(
        field_cipher.open_sealed(notice.values_sealed, _shown_context(notice.account_id))
    )
    return values


def unread(account_id: UUID) -> int:
    """Return how many notices were not read, at most `MOST_UNREAD`."""
    few = select(Notice.id).where(Notice.account_id == account_id, _UNREAD).limit(MOST_UNREAD).subquery()
    return db.session.execute(select(func.count()).select_from(few)).scalar_one()


def mark_read(account_id: UUID, notice_id: UUID | None = None) -> None:
    """Note that the person read that notice; without one, all of them."""
    marked = update(Notice).where(Notice.account_id == account_id, _UNREAD).values(read_at=clock.now())
    db.session.execute(marked if notice_id is None else marked.where(Notice.id == notice_id))


def deliver(message: OutboxMessage) -> None:
    """Send one notice; raises DeliveryFailed (a handler of the outbox).

    To the phone that the account had when it happened: whoever took the account over changes the number first.
    """
    account = accounts.find(message.account_id) if message.account_id else None
    if account is None:
        raise DeliveryFailed(retry=False, reason="there is no such account")
    phone = field_cipher.open_sealed(message.payload["to"], _receiver(account.id))
    name = message.payload["name"]
    values = json.loads(field_cipher.open_sealed(message.payload["values"], _context(account.id)))
    locale = account.locale if account.locale in sms.LOCALES else "zh_Hans"
    commit()  # no transaction waits for the network
    try:
        sms.send(phone, f"{PREFIX}{name}", values, locale)
    except IdpError as error:
        raise DeliveryFailed(retry=isinstance(error, Unavailable), reason=error.code) from error
    log.record(EventName.NOTICE_DELIVERED, account_id=account.id, notice=name)


def erase(account_id: UUID) -> None:
    """Delete the account's inbox: nobody reads it any more (PIPL art. 47)."""
    db.session.execute(delete(Notice).where(Notice.account_id == account_id))


def sweep() -> None:
    """Delete some notices that are older than anybody asks for (a job of the worker)."""
    oldest = select(Notice.account_id, Notice.id).order_by(Notice.created_at).limit(SWEEP_ROWS)
    for account_id, notice_id in db.session.execute(oldest.where(Notice.created_at < _horizon())).all():
        db.session.execute(delete(Notice).where(Notice.account_id == account_id, Notice.id == notice_id))


def _told_today(account_id: UUID, name: str) -> int:
    since = clock.now() - timedelta(days=1)
    same = select(Notice.id).where(
        Notice.account_id == account_id, Notice.name == name, Notice.created_at > since
    )
    few = same.limit(MOST_A_DAY + 1).subquery()
    return db.session.execute(select(func.count()).select_from(few)).scalar_one()


def _horizon() -> datetime:
    return clock.now() - timedelta(days=KEPT_DAYS)


def _seal_shown(account_id: UUID, shown: dict[str, str]) -> str:
    return field_cipher.seal(json.dumps(shown, ensure_ascii=False), _shown_context(account_id))


def _shown_context(account_id: UUID) -> str:
    return f"notices.values:{account_id}"


def _receiver(account_id: UUID) -> str:
    return f"outbox.notice_to:{account_id}"


def _context(account_id: UUID) -> str:
    return f"outbox.notice:{account_id}"
