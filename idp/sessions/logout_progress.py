"""What came of a logout: which sites know it already. Remembered for the minutes in which somebody looks."""

import json
import re
import secrets
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from idp.db import db
from idp.ephemeral.store import EPHEMERAL
from idp.outbox.message import OutboxMessage
from idp.sessions import sid
from idp.sessions.backchannel_logout import KIND
from idp.sessions.participant import Participant
from idp.sessions.session import Session

LIFE_SECONDS = 600
TICKET_BYTES = 24
SHAPE = re.compile(r"[A-Za-z0-9_-]{32}")
DONE, PENDING, FAILED = "done", "pending", "failed"


@dataclass(frozen=True)
class Logout:
    """A logout that was done: whose, the sites it touched, the frames to load and the way back.

    ``home_name``, ``home_url``: where the person is still logged in, whose word this session rested on.
    """

    account_id: str
    session_id: str
    client_ids: list[str]
    frames: list[str]
    asking: str | None
    return_url: str | None
    home_name: str = ""
    home_url: str = ""


def remember(
    session: Session,
    told: list[Participant],
    *,
    frames: list[str],
    asking: str | None,
    return_url: str | None,
    home: tuple[str, str] = ("", ""),
) -> str:
    """Keep what the page afterwards needs; return the ticket that finds it."""
    ticket = secrets.token_urlsafe(TICKET_BYTES)
    done = Logout(
        str(session.account_id),
        str(session.id),
        [one.client_id for one in told],
        frames,
        asking,
        return_url,
        *home,
    )
    EPHEMERAL.get().put(_key(ticket), json.dumps(done.__dict__).encode(), LIFE_SECONDS)
    return ticket


def find(ticket: str) -> Logout | None:
    """Return the logout of that ticket, or None when its minutes are over."""
    found = EPHEMERAL.get().get(_key(ticket)) if SHAPE.fullmatch(ticket) else None
    return Logout(**json.loads(found)) if found else None


def states(logout: Logout) -> dict[str, str]:
    """Return for each site whether it was told. One query; a site without a back channel needs no telling."""
    messages = db.session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.account_id == UUID(logout.account_id), OutboxMessage.kind == KIND)
        .order_by(OutboxMessage.id.desc())
        .limit(10 * max(1, len(logout.client_ids)))
    )
    found = dict.fromkeys(logout.client_ids, DONE)
    sids = {client_id: sid.of(UUID(logout.session_id), client_id) for client_id in logout.client_ids}
    for message in messages:
        if message.receiver in found and message.payload.get("sid") == sids[message.receiver]:
            tried = FAILED if message.attempts and message.last_error else PENDING
            found[message.receiver] = DONE if message.delivered_at else tried
    return found


def _key(ticket: str) -> str:
    return f"logout-progress:{ticket}"
