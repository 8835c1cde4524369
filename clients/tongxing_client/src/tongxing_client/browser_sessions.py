"""Which browser is whose: sessions and logins under way, behind random ids that alone go into cookies.

A logout token may come before the session it ends, twice, or never; so an ended ``sid`` or ``sub`` is
written down by itself and every look-up compares with it. No index has to be kept, and nothing can slip
through between. What counts is when the provider issued the ID token: who logged out here only and comes back
has the same ``sid`` at the provider, and a session that the logout is not about.
"""

import dataclasses
import hashlib
import secrets
import time
from collections.abc import Callable

from tongxing_client import authorization_request, jwt, session, session_store

LOGIN_SECONDS = 900
_SEEN_EVERY = 60


class BrowserSessions:
    """``session_seconds``: a session's longest life. ``idle_seconds``: how long it may go unused."""

    def __init__(
        self,
        store: session_store.SessionStore,
        *,
        session_seconds: float = 28_800,
        idle_seconds: float = 3_600,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._session_seconds = session_seconds
        self._idle_seconds = idle_seconds
        self._now = now

    def begin_login(self, request: authorization_request.AuthorizationRequest, browser_id: str | None) -> str:
        """Keep ``request`` for this browser; the browser id to set as a cookie (several logins share it)."""
        browser_id = browser_id or secrets.token_urlsafe(32)
        self._store.put("login", request.state, f"{_digest(browser_id)} {request.to_json()}", LOGIN_SECONDS)
        return browser_id

    def take_login(
        self, state: str, browser_id: str | None
    ) -> authorization_request.AuthorizationRequest | None:
        """The login begun with ``state`` in this browser; it can be taken once."""
        kept = self._store.take("login", state)
        if kept is None or browser_id is None:
            return None
        owner, _, request = kept.partition(" ")
        if not jwt.is_same(_digest(browser_id), owner):
            return None
        return authorization_request.AuthorizationRequest.from_json(request)

    def start(self, begun: session.Session, old_id: str | None) -> str:
        """Start ``begun`` under a new id and end what the browser had before; the id to set as a cookie."""
        if old_id is not None:
            self.end(old_id)
        new_id = secrets.token_urlsafe(32)
        self._put(new_id, begun)
        return new_id

    def find(self, session_id: str | None) -> session.Session | None:
        """The live session under ``session_id``."""
        kept = self._store.find("session", _digest(session_id)) if session_id else None
        if kept is None or session_id is None:
            return None
        found = session.Session.from_json(kept)
        if self._has_ended(found):
            self.end(session_id)
            return None
        if self._now() - found.seen_at > _SEEN_EVERY:
            found = dataclasses.replace(found, seen_at=self._now())
            self._put(session_id, found)
        return found

    def update(self, session_id: str, changed: session.Session) -> None:
        """Keep ``changed``, the same login with newer tokens, under the same id."""
        self._put(session_id, changed)

    def end(self, session_id: str) -> session.Session | None:
        """End the session in this browser; the session it was."""
        kept = self._store.take("session", _digest(session_id))
        return None if kept is None else session.Session.from_json(kept)

    def end_sid(self, sid: str, issued_at: float | None = None) -> None:
        """End, wherever it is, the session that the provider calls ``sid``, begun until then (or until now)."""
        self._end("ended_sid", sid, issued_at)

    def end_sub(self, sub: str, issued_at: float | None = None) -> None:
        """End every session of ``sub`` begun until then (or until now)."""
        self._end("ended_sub", sub, issued_at)

    def is_first_use(self, jti: str, seconds: float) -> bool:
        """Whether a logout token's ``jti`` is new; it is remembered for ``seconds``."""
        return self._store.add_if_absent("jti", _digest(jti), "", seconds)

    def _end(self, kind: str, name: str, issued_at: float | None) -> None:
        at = self._now() if issued_at is None else issued_at
        self._store.put(kind, name, str(at), self._session_seconds)

    def _has_ended(self, found: session.Session) -> bool:
        ends = [self._store.find("ended_sub", found.sub)]
        if found.sid is not None:
            ends.append(self._store.find("ended_sid", found.sid))
        return any(ended_at is not None and found.issued_at <= float(ended_at) for ended_at in ends)

    def _put(self, session_id: str, kept: session.Session) -> None:
        left = kept.started_at + self._session_seconds - self._now()
        self._store.put("session", _digest(session_id), kept.to_json(), min(left, self._idle_seconds))


def _digest(text: str) -> str:
    # The store holds digests only: who can read it cannot become anybody.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
