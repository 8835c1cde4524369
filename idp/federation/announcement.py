"""Telling every process, once a change is committed, that what it remembers of an entity no longer counts.

The message is an entity identifier, or ``*``. app.py sets LISTENERS (this process hears at once, in the thread that
committed) and subscribes them to CHANNEL (the others hear within about a second).
"""

from collections.abc import Callable

from sqlalchemy import event
from sqlalchemy.orm import Session

from idp import logs
from idp.db import db
from idp.ephemeral.store import EPHEMERAL
from idp.errors import IdpError
from idp.per_app import PerApp

CHANNEL = "federation"
EVERYTHING = "*"

LISTENERS: PerApp[tuple[Callable[[str], None], ...]] = PerApp("federation_listeners")
_PENDING = "federation_announcements"
LOG = logs.get(__name__)


def after_commit(*entity_ids: str) -> None:
    """Announce these entities when the present transaction is committed, each once."""
    session = db.session()
    waiting: dict[str, None] = session.info.setdefault(_PENDING, {})
    listening = bool(waiting)
    waiting.update(dict.fromkeys(entity_ids))
    if listening:
        return
    listeners, store = LISTENERS.get(), EPHEMERAL.get()

    def announce(committed: Session) -> None:
        for entity_id in committed.info.pop(_PENDING, {}):
            for listener in listeners:
                listener(entity_id)
            try:
                store.publish(CHANNEL, entity_id)
            except IdpError as error:
                # It is committed; the others confirm what they remember every few seconds anyhow.
                LOG.warning("change of an entity not announced", entity=entity_id, error_code=error.code)

    event.listen(session, "after_commit", announce, once=True)


@event.listens_for(Session, "after_soft_rollback")
def _forget_pending(session: Session, _previous: object) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_PENDING, None)
