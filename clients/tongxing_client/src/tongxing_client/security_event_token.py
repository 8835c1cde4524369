"""Check a security event token (RFC 8417 §2, SSF 1.0 §4.1): the provider's signed word that something happened.

``check`` reads and decides nothing else: what is to be done about it is ``shared_signals``. Unlike other tokens it
has no ``exp`` and may be days old when it comes: a receiver that was away is told when it is back. It is about the
past, so what it ends is what was begun before (``SecurityEvent.happened_at``).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tongxing_client import errors, jwks, jwt

# The oldest we believe; so long we remember which we have heard.
MAX_AGE = 30 * 86_400
# A clock that is further behind is not only behind.
_MAX_BEHIND = 86_400
_INVALID = errors.SecurityEventTokenInvalid
_TYPES = frozenset({"secevent+jwt", "application/secevent+jwt"})
_MAX_CHARACTERS = 255
_MAX_EVENTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityEvent:
    """One event: its type, what it says (``members``) and whom it is about.

    ``sub`` is the person as this site knows them, ``sid`` one session of theirs; for events about the stream
    itself ``stream_id``. ``happened_at``: by the provider's clock.
    """

    jti: str
    type: str
    members: Mapping[str, Any]
    sub: str | None
    sid: str | None
    stream_id: str | None
    issued_at: float
    happened_at: float

    @property
    def items(self) -> tuple[str, ...]:
        """The items of data it names; empty when it names none."""
        value = self.members.get("items")
        if not isinstance(value, list):
            return ()
        return tuple(one for one in value if isinstance(one, str) and one)

    def text(self, name: str) -> str | None:
        """The member ``name`` when it is a text of bearable length."""
        value = self.members.get(name)
        return value if isinstance(value, str) and 0 < len(value) <= _MAX_CHARACTERS else None


def check(
    token: str,
    keys: jwks.KeySet,
    *,
    issuer: str,
    client_id: str,
    now: float,
    algorithms: Collection[str] = jwks.ALGORITHMS,
    leeway: float = 30,
) -> tuple[SecurityEvent, ...]:
    """The events in ``token``; ``SecurityEventTokenInvalid`` names the first check that fails.

    ``ClockBehind``: not good yet.
    """
    opened = jwt.verify(token, keys, algorithms, _INVALID)
    claims = opened.claims
    if str(opened.header.get("typ", "")).lower() not in _TYPES:
        raise _INVALID("typ", "not secevent+jwt")
    jwt.check_issuer(claims, issuer, _INVALID)
    jwt.check_audience(claims, client_id, (), _INVALID)
    for name in ("sub", "exp"):
        if name in claims:
            raise _INVALID(name, "must not be there, so that no other token can pass for this one")
    issued_at = jwt.number(claims, "iat", _INVALID)
    if issued_at > now + leeway + _MAX_BEHIND:
        raise _INVALID("iat", "issued in the future")
    if issued_at > now + leeway:
        # Refused, it would be lost for good, though the mistake is ours.
        raise errors.ClockBehind(f"an event from {issued_at - now:.0f} s ahead: is the clock here right?")
    if issued_at < now - MAX_AGE - leeway:
        raise _INVALID("iat", "issued too long ago")
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= _MAX_CHARACTERS:
        raise _INVALID("jti", "missing, or not a text of bearable length")
    sub, sid, stream_id = _subject(claims.get("sub_id"), issuer)
    return tuple(
        SecurityEvent(
            jti=jti,
            type=name,
            members=members,
            sub=sub,
            sid=sid,
            stream_id=stream_id,
            issued_at=issued_at,
            happened_at=_happened_at((members.get("event_timestamp"), claims.get("toe")), issued_at, leeway),
        )
        for name, members in _events(claims.get("events")).items()
    )


def _events(value: object) -> dict[str, dict[str, Any]]:
    if not isinstance(value, dict) or not 0 < len(value) <= _MAX_EVENTS:
        raise _INVALID("events", "not an object with events in it")
    if not all(isinstance(members, dict) for members in value.values()):
        raise _INVALID("events", "an event that is not an object")
    return value


def _subject(value: object, issuer: str) -> tuple[str | None, str | None, str | None]:
    """``sub``, ``sid`` and stream of ``sub_id`` (RFC 9493 §3.2.3, §3.2.5; SSF 1.0 §3.3)."""
    if not isinstance(value, dict):
        raise _INVALID("sub_id", "missing or not an object")
    if value.get("format") == "complex":
        user, one = value.get("user"), value.get("session")
        sub = None if user is None else _of_format(user, "iss_sub", "sub", issuer)
        sid = None if one is None else _of_format(one, "opaque", "id", issuer)
        if sub is None and sid is None:
            raise _INVALID("sub_id", "neither a user nor a session in it")
        return sub, sid, None
    if value.get("format") == "opaque":
        return None, None, _of_format(value, "opaque", "id", issuer)
    return _of_format(value, "iss_sub", "sub", issuer), None, None


def _of_format(value: object, name: str, member: str, issuer: str) -> str:
    if not isinstance(value, dict) or value.get("format") != name:
        raise _INVALID("sub_id", f"not of format {name}")
    if name == "iss_sub" and value.get("iss") != issuer:
        raise _INVALID("sub_id", "a subject of another issuer")
    found = value.get(member)
    if not isinstance(found, str) or not 0 < len(found) <= _MAX_CHARACTERS:
        raise _INVALID("sub_id", f"{member} is not a text of bearable length")
    return found


def _happened_at(said: Iterable[object], issued_at: float, leeway: float) -> float:
    """``event_timestamp`` (CAEP 1.0 §2) or ``toe`` (RFC 8417 §2.2); neither can lie after the token's own time."""
    for value in said:
        if not isinstance(value, bool) and isinstance(value, int | float) and 0 < value <= issued_at + leeway:
            return float(value)
    return issued_at
