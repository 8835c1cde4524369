"""Which browser is whose: sessions and logins under way, behind random ids that alone go into cookies.

A logout finds the sessions of its ``sid`` or ``sub`` by their groups in the store and deletes them. A logout
token may also come before the session it ends is stored; so an ended ``sid`` or ``sub`` is written down first,
and each session looks for it once it is stored: one of the two sees the other. Only a verified token leaves
such a mark: a stranger's front-channel request can end what it names, and leaves nothing behind.

What an event changes about a person's sessions (``session.Change``) is kept beside them and applied whenever one is
read: a session that was being written at that moment cannot bring back what was taken from it. Whoever finds their
session ended can be told why (``find_farewell``).

What counts is when the provider issued the ID token: who logged out here only and comes back has the same
``sid`` at the provider, and a session that the logout is not about.
"""

import dataclasses
import hashlib
import math
import secrets
import time
from collections.abc import Callable

from tongxing_client import authorization_request, jwt, session, session_store

LOGIN_SECONDS = 900
# Longer than it takes from the provider's issuing an ID token to the session's being stored.
ENDED_SECONDS = 900
FAREWELL_SECONDS = 3600
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
        self._store.put("session", _digest(new_id), *self._kept(begun))
        if self._has_ended(begun):
            self.end(new_id)
        return new_id

    def find(self, session_id: str | None) -> session.Session | None:
        """The live session under ``session_id``."""
        kept = self._store.find("session", _digest(session_id)) if session_id else None
        if kept is None or session_id is None:
            return None
        found = self._changed(session.Session.from_json(kept))
        if self._now() - found.seen_at > _SEEN_EVERY:
            found = dataclasses.replace(found, seen_at=self._now())
            # A logout that comes between has the last word.
            return found if self.update(session_id, found) else None
        return found

    def update(self, session_id: str, changed: session.Session) -> bool:
        """Keep ``changed``, the same login with newer tokens, under the same id, unless it has ended."""
        return self._store.replace("session", _digest(session_id), *self._kept(changed))

    def end(self, session_id: str) -> session.Session | None:
        """End the session in this browser; the session it was."""
        kept = self._store.take("session", _digest(session_id))
        return None if kept is None else session.Session.from_json(kept)

    def end_sid(self, sid: str, issued_at: float | None = None, reason: str = "") -> None:
        """End the session that the provider calls ``sid``, begun until then (or until now), stored or not yet.

        For verified tokens alone. ``reason``: for ``find_farewell``.
        """
        self._end(_sid_group(sid), issued_at, reason)

    def end_sub(self, sub: str, issued_at: float | None = None, reason: str = "") -> None:
        """End every session of ``sub`` begun until then (or until now). For verified tokens alone."""
        self._end(_sub_group(sub), issued_at, reason)

    def change_sub(self, sub: str, change: session.Change, name: str) -> None:
        """Change every session of ``sub`` that began until then, stored or not yet; ``name``: of this change."""
        group, change = _sub_group(sub), dataclasses.replace(change, heard_at=self._now())
        # Before the sessions: one that is stored in between finds it there.
        self._store.put("change", _digest(name), change.to_json(), self._session_seconds, [group])
        for key in self._store.find_group("session", group):
            kept = self._store.find("session", key)
            if kept is not None:
                found = self._changed(session.Session.from_json(kept))
                self._store.replace("session", key, *self._kept(found))

    def find_farewell(self, session_id: str | None) -> str:
        """Why the session under ``session_id`` was ended by the provider; empty when it was not, or long ago."""
        return (self._store.find("farewell", _digest(session_id)) or "") if session_id else ""

    def end_live_sid(self, sid: str) -> None:
        """End what is stored under ``sid`` now: for front-channel requests, which anybody can make."""
        self._delete(_sid_group(sid), math.inf, "")

    def is_first_use(self, jti: str, seconds: float) -> bool:
        """Whether a logout token's ``jti`` is new; it is remembered for ``seconds``."""
        return self._store.add_if_absent("jti", _digest(jti), "", seconds)

    def is_heard(self, jti: str) -> bool:
        """Whether the security event token ``jti`` was heard and dealt with."""
        return self._store.find("heard", _digest(jti)) is not None

    def note_heard(self, jti: str, seconds: float) -> None:
        """Remember that it was, for ``seconds``."""
        self._store.put("heard", _digest(jti), "", seconds)

    def _end(self, group: str, issued_at: float | None, reason: str) -> None:
        at = self._now() if issued_at is None else issued_at
        self._store.put("ended", group, str(at), ENDED_SECONDS)
        self._delete(group, at, reason)

    def _delete(self, group: str, until: float, reason: str) -> None:
        for key in self._store.find_group("session", group):
            kept = self._store.find("session", key)
            if kept is not None and session.Session.from_json(kept).issued_at <= until:
                self._store.take("session", key)
                if reason:
                    self._store.put("farewell", key, reason, FAREWELL_SECONDS)

    def _changed(self, found: session.Session) -> session.Session:
        for key in self._store.find_group("change", _sub_group(found.sub)):
            kept = self._store.find("change", key)
            if kept is not None:
                found = found.changed(session.Change.from_json(kept))
        return found

    def _has_ended(self, begun: session.Session) -> bool:
        ends = [self._store.find("ended", group) for group in _groups(begun)]
        return any(ended_at is not None and begun.issued_at <= float(ended_at) for ended_at in ends)

    def _kept(self, kept: session.Session) -> tuple[str, float, list[str]]:
        left = kept.started_at + self._session_seconds - self._now()
        return kept.to_json(), min(left, self._idle_seconds), _groups(kept)


def _groups(kept: session.Session) -> list[str]:
    sid = [] if kept.sid is None else [_sid_group(kept.sid)]
    return [_sub_group(kept.sub), *sid]


def _sid_group(sid: str) -> str:
    return f"sid:{sid}"


def _sub_group(sub: str) -> str:
    return f"sub:{sub}"


def _digest(text: str) -> str:
    # The store holds digests only: who can read it cannot become anybody.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
