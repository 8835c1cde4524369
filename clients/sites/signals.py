"""What a site does when the provider tells it something (``tongxing_client.shared_signals``), beyond its sessions.

It deletes what was taken back, answers requests to delete, and writes down for the person what it heard and did.
"""

import logging
import time
from collections.abc import Callable, Mapping

from clients.sites import words
from clients.sites.definition import Definition
from clients.sites.heard import Entry, Heard
from clients.sites.holdings import Holdings
from tongxing_client import errors, event_types, shared_signals
from tongxing_client.security_event_token import SecurityEvent

AnswerDeletion = Callable[[str, str, str], None]
_log = logging.getLogger(__name__)
# Told before: another process of ours has answered, or the provider knows of no such request any more.
_SETTLED = frozenset({404, 409})


class SiteSignals:
    """One site's ears. ``answer_deletion`` is the relying party's, set once it is made."""

    def __init__(
        self,
        definition: Definition,
        holdings: Holdings,
        heard: Heard,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._definition = definition
        self._holdings = holdings
        self._heard = heard
        self._now = now
        self.answer_deletion: AnswerDeletion | None = None

    def handlers(self) -> Mapping[str, shared_signals.Handler]:
        """For ``TongxingFlask``."""
        return {
            **dict.fromkeys(words.EVENTS, self._note),
            event_types.CONSENT_WITHDRAWN: self._take_back,
            event_types.DELETION_REQUESTED: self._delete,
            event_types.ACCOUNT_PURGED: self._forget,
        }

    def _note(self, event: SecurityEvent) -> None:
        told = words.EVENTS[event.type]
        if event.sub is not None:
            name = event.type.replace("/", ":").rpartition(":")[2]
            entry = Entry(
                jti=event.jti, name=name, at=self._now(), what=told.what, done=told.done, items=event.items
            )
            self._heard.note(event.sub, entry)

    def _take_back(self, event: SecurityEvent) -> None:
        if event.sub is not None:
            self._holdings.take_back(event.sub, event.items, event.happened_at)
        self._note(event)

    def _forget(self, event: SecurityEvent) -> None:
        if event.sub is not None:
            self._holdings.delete_all(event.sub, event.happened_at)
        self._note(event)

    def _delete(self, event: SecurityEvent) -> None:
        """Delete first, then say so: when the provider cannot be told, the event comes again."""
        request_id = event.text("request_id")
        if event.sub is None or request_id is None:
            raise errors.SecurityEventTokenInvalid("events", "a request to delete without request_id")
        self._holdings.delete_all(event.sub, event.happened_at)
        if self.answer_deletion is None:
            raise errors.WrongSettings("nobody answers requests to delete")
        answer = self._definition.deletion
        try:
            self.answer_deletion(request_id, answer.status, answer.reason)
        except errors.RequestRefused as refused:
            if refused.http_status not in _SETTLED:
                raise
            _log.warning("the answer to a request to delete was not needed: %s", refused)
        self._note(event)
