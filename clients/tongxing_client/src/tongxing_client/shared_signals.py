"""Hear what the provider tells (SSF 1.0, CAEP 1.0, RISC 1.0) and do what a relying party must about its sessions.

=======================  ==============================================================================
session-revoked          the session ends here
account-disabled         all of the person's sessions end
account-purged           the same
assurance-level-change   the next page asks the provider again
identifier-changed       the same
account-linked           the same; told only where there is a handler
account-unlinked         the same
consent-withdrawn        the items' claims are dropped; sessions that cannot do without them end
deletion-requested       the sessions end; what else is kept, a handler of the site deletes and answers
=======================  ==============================================================================

A site's own ``handlers`` come after that, by event type. An event counts as heard only when all of this was done
without an error: until then the provider sends it again, so a handler may be called more than once for one event, and
must not mind. Whatever the way it came (``flask_security_events``, ``stream_keeper``), it goes through ``hear``.
"""

import logging
from collections.abc import Callable, Collection, Mapping

from tongxing_client import (
    browser_sessions,
    errors,
    event_types,
    relying_party,
    security_event_token,
    session,
)
from tongxing_client.security_event_token import SecurityEvent

Handler = Callable[[SecurityEvent], None]
_log = logging.getLogger(__name__)
_ASKS_AGAIN = frozenset(
    {
        event_types.ASSURANCE_LEVEL_CHANGE,
        event_types.IDENTIFIER_CHANGED,
        event_types.ACCOUNT_LINKED,
        event_types.ACCOUNT_UNLINKED,
    }
)
# Why a session ended, for the person who comes back (``find_farewell``).
FAREWELLS: Mapping[str, str] = {
    event_types.SESSION_REVOKED: "session_revoked",
    event_types.ACCOUNT_DISABLED: "account_disabled",
    event_types.ACCOUNT_PURGED: "account_disabled",
    event_types.CONSENT_WITHDRAWN: "consent_withdrawn",
    event_types.DELETION_REQUESTED: "deletion_requested",
}
_OWN = (
    event_types.SESSION_REVOKED,
    event_types.ACCOUNT_DISABLED,
    event_types.ACCOUNT_PURGED,
    event_types.ASSURANCE_LEVEL_CHANGE,
    event_types.IDENTIFIER_CHANGED,
    event_types.CONSENT_WITHDRAWN,
)


class SharedSignals:
    """The receiver. ``needed_items``: without these a session here means nothing, and ends."""

    def __init__(
        self,
        party: relying_party.RelyingParty,
        sessions: browser_sessions.BrowserSessions,
        *,
        handlers: Mapping[str, Handler] | None = None,
        needed_items: Collection[str] = (),
    ) -> None:
        self._party = party
        self._sessions = sessions
        self._handlers = dict(handlers or {})
        self._needed_items = frozenset(needed_items)
        self._states: list[str] = []
        self.is_verified = False

    @property
    def events(self) -> tuple[str, ...]:
        """What to ask the provider for: a request to delete only where somebody will answer it."""
        return tuple(dict.fromkeys((*_OWN, *self._handlers)))

    def expect(self, state: str) -> None:
        """Wait for the verification event with ``state``."""
        self._states = [*self._states[-3:], state]

    def hear(self, token: str) -> None:
        """Check ``token`` and do what it asks for; one heard before is passed over.

        ``SecurityEventTokenInvalid``: refuse it for good. Any other error: it is to be sent again.
        """
        events = self._party.check_security_event_token(token)
        jti = events[0].jti
        if self._sessions.is_heard(jti):
            return
        for event in events:
            self._act(event)
            handler = self._handlers.get(event.type)
            if handler is not None:
                handler(event)
            _log.info("tongxing: event %s heard", event.type)
        # Last: what failed half-way comes again.
        self._sessions.note_heard(jti, security_event_token.MAX_AGE + 600)

    def _act(self, event: SecurityEvent) -> None:
        if event.type == event_types.VERIFICATION:
            self._verify(event)
        elif event.type == event_types.STREAM_UPDATED:
            _log.warning("tongxing: the stream is now %s", event.text("status"))
        elif event.type == event_types.SESSION_REVOKED and event.sid is not None:
            self._sessions.end_sid(event.sid, event.happened_at, FAREWELLS[event.type])
        elif event.sub is None:
            raise errors.SecurityEventTokenInvalid("sub_id", "nobody we could know")
        elif event.type == event_types.CONSENT_WITHDRAWN:
            self._take_back(event, event.sub)
        elif event.type in FAREWELLS:
            self._sessions.end_sub(event.sub, event.happened_at, FAREWELLS[event.type])
        elif event.type in _ASKS_AGAIN:
            change = session.Change(at=event.happened_at, asks_again=True)
            self._sessions.change_sub(event.sub, change, event.jti)

    def _take_back(self, event: SecurityEvent, sub: str) -> None:
        if not event.items or self._needed_items & set(event.items):
            self._sessions.end_sub(sub, event.happened_at, FAREWELLS[event.type])
        else:
            change = session.Change(at=event.happened_at, items=event.items)
            self._sessions.change_sub(sub, change, event.jti)

    def _verify(self, event: SecurityEvent) -> None:
        if event.text("state") in self._states:
            self.is_verified = True
        else:
            # Another process of this site may have asked.
            _log.info("tongxing: a verification event that was not asked for here")


def error_code(refused: errors.TokenInvalid) -> str:
    """How to tell the provider why (RFC 8935 §2.4)."""
    return _CODES.get(refused.check, "invalid_request")


_CODES: Mapping[str, str] = {
    "iss": "invalid_issuer",
    "aud": "invalid_audience",
    "alg": "invalid_key",
    "kid": "invalid_key",
    "signature": "invalid_key",
}
