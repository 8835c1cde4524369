"""A one-time code that a counter of the older system gives to whoever stands there (or a letter brings).

The system asks for it by ``account_link_code_endpoint`` and names the older account; the person types it here, and
needs no name of a service: the code says which. Ten letters and digits without those that look alike: 49 bits, for some
days, and the tries of each person are counted.
"""

import re
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Index, LargeBinary, String, Text, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock, rate_limit
from idp.accounts.account import Account
from idp.audit import log
from idp.audit.event import EventName
from idp.db import Model, UtcDateTime, commit, db
from idp.errors import InvalidInput
from idp.identifiers import typed
from idp.keys import field_cipher
from idp.linking import linked_account
from idp.linking.linked_account import LinkedAccount

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 10
USUAL_DAYS = 3
MOST_DAYS = 14
DAY = 86_400
WRONG_A_DAY = 10
SWEEP_ROWS = 1000
PURPOSE = "account_link_codes"


class AccountLinkCode(Model):
    """One code, as a digest; the older account that it is good for."""

    __tablename__ = "account_link_codes"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    client_id: Mapped[str] = mapped_column(String(255))
    legacy_index: Mapped[bytes] = mapped_column(LargeBinary(32))
    legacy_sealed: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_account_link_codes_legacy", "client_id", "legacy_index"),
        Index("ix_account_link_codes_expires_at", "expires_at"),
    )


def issue(client_id: str, legacy_id: str, seconds: int = USUAL_DAYS * DAY) -> tuple[str, datetime]:
    """Return a new code for an older account of *client_id*, and its end; earlier ones for it are void.

    Raises InvalidInput ``legacy_id_malformed``, ``code_life_malformed``. The caller commits.
    """
    legacy_id = linked_account.check_legacy_id(legacy_id)
    if not 0 < seconds <= MOST_DAYS * DAY:
        raise InvalidInput(
            "code_life_malformed", f"must be 1 to {MOST_DAYS * DAY} seconds", field="expires_in"
        )
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    index, digest, until = (
        linked_account.index_of(client_id, legacy_id),
        _digest(code),
        clock.now() + timedelta(seconds=seconds),
    )
    same = (AccountLinkCode.client_id == client_id, AccountLinkCode.legacy_index == index)
    db.session.execute(delete(AccountLinkCode).where(*same))
    db.session.add(
        AccountLinkCode(
            digest=digest,
            client_id=client_id,
            legacy_index=index,
            legacy_sealed=field_cipher.seal(legacy_id, _context(digest)),
            expires_at=until,
        )
    )
    db.session.flush()
    log.record(EventName.LINK_CODE_ISSUED, client_id=client_id)
    return f"{code[:5]}-{code[5:]}", until


def redeem(account: Account, code: str, *, clients: Collection[str] | None = None) -> LinkedAccount:
    """Link the older account that *code* is good for; a code counts once. The caller commits.

    Raises TooMany, InvalidInput ``link_code_wrong``, Conflict of `linked_account.link` (the code stays good then, once
    the caller has rolled back). *clients*: only codes of these.
    """
    check_tries(account)
    digest = _digest(re.sub(f"[^{ALPHABET}]", "?", typed.normalized(code)))
    found = db.session.execute(
        delete(AccountLinkCode)
        .where(AccountLinkCode.digest == digest, AccountLinkCode.expires_at > clock.now())
        .returning(AccountLinkCode.client_id, AccountLinkCode.legacy_sealed)
    ).first()
    if found is None or (clients is not None and found.client_id not in clients):
        count_wrong(account)
        raise InvalidInput("link_code_wrong", "This code is not right, or too old", field="code")
    legacy_id = field_cipher.open_sealed(found.legacy_sealed, _context(digest))
    return linked_account.link(account, found.client_id, legacy_id, linked_account.COUNTER_CODE)


def check_tries(account: Account) -> None:
    """Raise TooMany when this person typed too many wrong codes or answers today."""
    if rate_limit.is_reached(_tries(account), WRONG_A_DAY):
        rate_limit.check(_tries(account), WRONG_A_DAY, DAY)


def count_wrong(account: Account) -> None:
    """Count one more that was wrong."""
    rate_limit.count(_tries(account), WRONG_A_DAY, DAY)


def sweep() -> int:
    """Delete codes whose time is over (a job of the worker); return how many."""
    old = select(AccountLinkCode.digest).where(AccountLinkCode.expires_at <= clock.now()).limit(SWEEP_ROWS)
    digests = list(db.session.scalars(old))
    db.session.execute(delete(AccountLinkCode).where(AccountLinkCode.digest.in_(digests)))
    commit()
    return len(digests)


def _tries(account: Account) -> str:
    return f"link-tries:{account.id}"


def _digest(code: str) -> bytes:
    return field_cipher.secret_digest(PURPOSE, code)


def _context(digest: bytes) -> str:
    return f"{PURPOSE}.legacy:{digest.hex()}"
