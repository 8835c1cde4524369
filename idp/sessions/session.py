"""The single sign-on session: a row in the database, found by the digest of the secret in the browser's cookie.

Rotated (same row, new secret) at every login and step-up, so that a secret known before is worth nothing after
(OWASP ASVS 5 §7.2.4). Ends by logout, by idleness or by age, whichever comes first.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, SmallInteger, String, Text, Uuid, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock, logs
from idp.audit import log
from idp.audit.event import EventName
from idp.db import Json, Model, UtcDateTime, db
from idp.keys import field_cipher
from idp.keys.master_key import MasterKeyError
from idp.sessions import seen
from idp.sessions.terms import STANDARD, Terms
from idp.uuid7 import uuid7

LOG = logs.get(__name__)

SECRET_BYTES = 32
# last_seen_at is written at most this often: a session in use costs no write per request.
TOUCH = timedelta(seconds=60)
USER_AGENT_LENGTH = 200


class Session(Model):
    """One login of one account in one browser. ``methods`` are the RFC 8176 values of what was used."""

    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(Uuid)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    methods: Mapped[list[str]] = mapped_column(Json)
    auth_time: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Null in rows from before there were terms: those end with ``expires_at`` and have no strength.
    idle_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    strong_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    terms_json: Mapped[dict[str, Any]] = mapped_column("terms", Json, default=dict, server_default="{}")
    # The most it counts for, as another province said of this login (`idp.recognition`); null: its own worth.
    level_cap: Mapped[int | None] = mapped_column(SmallInteger)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    user_agent: Mapped[str] = mapped_column(String(USER_AGENT_LENGTH))
    address_sealed: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("ix_sessions_account_id_id", "account_id", "id"),
        Index("ix_sessions_expires_at", "expires_at"),
        Index("ix_sessions_ended_at", "ended_at"),
    )

    def is_live(self, now: datetime) -> bool:
        """Whether it was not ended, is not too old and was not idle for too long."""
        idle = self.idle_until is not None and now >= self.idle_until
        return self.ended_at is None and now < self.expires_at and not idle

    def seconds_left(self, now: datetime) -> int:
        """How long it lives at most, for the cookie."""
        return max(0, int((self.expires_at - now).total_seconds()))

    def is_strong(self, now: datetime) -> bool:
        """Whether more than one factor still counts: the login is neither too old nor was it idle for too long."""
        return self.strong_until is not None and now < self.strong_until

    @property
    def terms(self) -> Terms:
        """How long it lives."""
        return Terms(**self.terms_json)

    @property
    def address(self) -> str | None:
        """The network address it was last authenticated from, for its owner's eyes; None when it cannot be opened."""
        if self.address_sealed is None:
            return None
        try:
            return field_cipher.open_sealed(self.address_sealed, _address_context(self.id))
        except MasterKeyError:
            LOG.exception("an address cannot be opened", session_id=str(self.id))
            return None


@dataclass(frozen=True)
class Browser:
    """What we know of the browser that logs in."""

    user_agent: str
    address: str


def start(
    account_id: UUID,
    methods: Sequence[str],
    browser: Browser,
    terms: Terms = STANDARD,
    level_cap: int | None = None,
) -> tuple[Session, str]:
    """Begin a session that counts for at most *level_cap*; return it and the secret for the cookie (never stored)."""
    now = clock.now()
    secret = _new_secret()
    session = Session(
        id=uuid7(),
        account_id=account_id,
        secret_hash=_digest(secret),
        level_cap=level_cap,
        created_at=now,
        expires_at=now + timedelta(seconds=terms.absolute),
    )
    _authenticated(session, methods, browser, terms)
    db.session.add(session)
    log.record(
        EventName.SESSION_STARTED,
        account_id=account_id,
        session_id=session.id,
        methods=session.methods,
        **seen.of(browser.user_agent, browser.address),
    )
    return session, secret


def rotate(
    session: Session,
    methods: Sequence[str],
    browser: Browser,
    terms: Terms | None = None,
    level_cap: int | None = None,
) -> str:
    """Record a new authentication of the same person in *session*; return the new secret, the old one is dead.

    With *terms* it lives on by those, never longer than it was to live.

    The id stays: relying parties know theirs as ``sid`` (`sid.of`).
    """
    secret = _new_secret()
    session.secret_hash = _digest(secret)
    session.level_cap = level_cap
    if terms is not None:
        session.expires_at = min(session.expires_at, clock.now() + timedelta(seconds=terms.absolute))
    _authenticated(session, methods, browser, terms or session.terms)
    log.record(
        EventName.SESSION_ROTATED,
        account_id=session.account_id,
        session_id=session.id,
        methods=session.methods,
        **seen.of(browser.user_agent, browser.address),
    )
    return secret


def add_method(session: Session, methods: Sequence[str]) -> str:
    """Record that a factor was set up and shown in *session*; return the new secret, the old one is dead.

    No new login: what is asked of a fresh one (``max_age``, a level for one act) is not met by it.
    """
    secret = _new_secret()
    session.secret_hash = _digest(secret)
    session.methods = list(methods)
    log.record(
        EventName.SESSION_ROTATED,
        account_id=session.account_id,
        session_id=session.id,
        methods=session.methods,
    )
    return secret


def succeed(session: Session) -> tuple[Session, str]:
    """Return a session that goes on where *session* stands, and its secret; the caller ends *session* and commits.

    It is no new login: as old, as strong, and it ends when *session* was to end. Nobody who has a copy of the old
    secret, and no site, has any part in it.
    """
    secret, session_id = _new_secret(), uuid7()
    follower = Session(
        id=session_id,
        account_id=session.account_id,
        secret_hash=_digest(secret),
        methods=list(session.methods),
        auth_time=session.auth_time,
        created_at=clock.now(),
        last_seen_at=session.last_seen_at,
        expires_at=session.expires_at,
        idle_until=session.idle_until,
        strong_until=session.strong_until,
        terms_json=dict(session.terms_json),
        level_cap=session.level_cap,
        user_agent=session.user_agent,
        address_sealed=None
        if session.address is None
        else field_cipher.seal(session.address, _address_context(session_id)),
    )
    db.session.add(follower)
    return follower, secret


def find(session_id: UUID) -> Session | None:
    """Return the session with that id, ended or not, or None."""
    return db.session.get(Session, session_id)


def find_by_secret(secret: str | None) -> Session | None:
    """Return the live session of that cookie, or None. One query; notes the use once a minute."""
    session = look_at(secret)
    if session is None:
        return None
    now = clock.now()
    terms = session.terms
    if now - session.last_seen_at > min(TOUCH, timedelta(seconds=terms.idle / 4)):
        session.last_seen_at = now
        session.idle_until = terms.idle_until(now)
        if session.is_strong(now):
            session.strong_until = terms.strong_until(session.auth_time, now)
    return session


def look_at(secret: str | None) -> Session | None:
    """Return the live session of that cookie, or None, without counting this as use of it."""
    if not secret:
        return None
    session = db.session.execute(
        select(Session).where(Session.secret_hash == _digest(secret))
    ).scalar_one_or_none()
    return session if session is not None and session.is_live(clock.now()) else None


def live_sessions(
    account_id: UUID, *, before: datetime | None = None, idle_too: bool = False
) -> list[Session]:
    """Return the account's live sessions (begun until *before*), newest first; the newest 200 when there are more.

    *idle_too*: those as well that nobody used for too long. What sites hold from them lives on until they end
    (docs/decisions/0008).
    """
    now = clock.now()
    awake = or_(Session.idle_until.is_(None), Session.idle_until > now)
    rows = db.session.execute(
        select(Session)
        .where(
            Session.account_id == account_id,
            Session.ended_at.is_(None),
            *([] if before is None else [Session.created_at <= before]),
            Session.expires_at > now,
            *([] if idle_too else [awake]),
        )
        .order_by(Session.id.desc())
        .limit(200)
    ).scalars()
    return list(rows)


def mark_ended(session: Session, reason: str) -> bool:
    """End the session; of many callers one gets True. Telling its sites is `logout.end`'s part."""
    result = db.session.execute(
        update(Session)
        .where(Session.id == session.id, Session.ended_at.is_(None))
        .values(ended_at=clock.now())
        .returning(Session.id)
    ).first()
    if result is None:
        return False
    log.record(EventName.SESSION_ENDED, account_id=session.account_id, session_id=session.id, reason=reason)
    return True


def _authenticated(session: Session, methods: Sequence[str], browser: Browser, terms: Terms) -> None:
    now = clock.now()
    session.terms_json = terms.to_json()
    session.idle_until = terms.idle_until(now)
    session.strong_until = terms.strong_until(now, now)
    session.methods = list(methods)
    session.auth_time = now
    session.last_seen_at = now
    session.user_agent = browser.user_agent[:USER_AGENT_LENGTH]
    session.address_sealed = field_cipher.seal(browser.address, _address_context(session.id))


def _address_context(session_id: UUID) -> str:
    return f"sessions.address:{session_id}"


def _new_secret() -> str:
    return secrets.token_urlsafe(SECRET_BYTES)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()
