"""The one family of errors that rooms raise; each door turns them into its own kind of answer.

IdpError
├── InvalidInput      400  what was sent cannot be understood or breaks a rule
├── NotSignedIn       401  nobody is logged in
├── Forbidden         403  known, but not allowed
├── NotFound          404
├── Conflict          409  somebody else was faster, or it exists already
├── Expired           410  a journey, code or link that was valid once
├── TooLarge          413
├── TooMany           429  a limit; carries retry_after (seconds)
├── Upstream          502  another system answered wrongly
└── Unavailable       503  a dependency is away or we are full; carries retry_after (seconds)

``code`` is stable and machine readable, ``message`` a lazy or plain text for people, ``detail`` is private: logs only.
"""

from typing import Any, ClassVar


class IdpError(Exception):
    """Base of everything a room refuses. Never raised itself."""

    status: ClassVar[int] = 500

    def __init__(
        self,
        code: str,
        message: Any = None,
        *,
        detail: str = "",
        retry_after: int | None = None,
        field: str = "",
    ) -> None:
        super().__init__(f"{code}: {detail or message or ''}")
        self.code = code
        self.message = message
        self.detail = detail
        self.retry_after = retry_after
        self.field = field


class InvalidInput(IdpError):
    """What was sent cannot be understood or breaks a rule."""

    status = 400


class NotSignedIn(IdpError):
    """Nobody is logged in here."""

    status = 401


class Forbidden(IdpError):
    """Known, but not allowed."""

    status = 403


class NotFound(IdpError):
    """There is no such thing (or none this caller may see)."""

    status = 404


class Conflict(IdpError):
    """It exists already, or somebody else was faster."""

    status = 409


class Expired(IdpError):
    """It was valid once."""

    status = 410


class TooLarge(IdpError):
    """More bytes than we read."""

    status = 413


class TooMany(IdpError):
    """A limit was reached; try again after ``retry_after`` seconds."""

    status = 429


class Upstream(IdpError):
    """Another system answered wrongly or not in time."""

    status = 502


class Unavailable(IdpError):
    """A dependency is away or we are full; try again after ``retry_after`` seconds."""

    status = 503
