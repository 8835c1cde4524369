"""A journey: one browser on its way to one answer, remembered in the ephemeral store.

Bound to the browser that began it: a link to somebody else's journey leads nowhere. Sealed in the store: it knows the
browser's secret, and what a site said of the person (login_hint).
"""

import json
import re
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from idp import clock, network_address
from idp.ephemeral.store import EPHEMERAL
from idp.errors import Expired
from idp.journey.authorization_request import AuthorizationRequest
from idp.keys import field_cipher
from idp.local_limit import LOCAL_LIMIT
from idp.settings import SETTINGS

ID_BYTES = 24
MINUTE = 60
EXTENSIONS = 10
SHAPE = re.compile(r"[A-Za-z0-9_-]{32}")


@dataclass(frozen=True)
class Journey:
    """Where a person is. ``request`` is None for a login that no relying party asked for; then ``destination`` counts.

    ``pending_account`` passed the first factor at ``pending_at`` (epoch seconds) and owes the second; ``methods`` are
    what was used so far. In a step up they are those of the session ``pending_session``, and count with it only.
    ``consented_items`` is what the account ``consented_by`` agreed to, and nobody else who logs in after it; in the
    same way ``identity`` (``self``, or the id of a mandate) is what ``identity_by`` chose. ``wanted_level`` is a
    level that a page of ours needs, with a cryptographic factor when ``cryptographic``, by a new login when
    ``fresh``. ``asks_again``: the person wants to see a question again that was refused. ``own_device``: the person
    said that nobody else uses this browser. ``raised_elsewhere``: the person's own province was asked for more, and has
    none. ``ends_at`` and ``life`` (seconds) say until when it may go on, and for
    how long it was kept last; None and 0 before it was kept.
    """

    id: str
    device: str
    started_at: datetime
    request: AuthorizationRequest | None = None
    destination: str = "/account"
    pending_account: str | None = None
    pending_at: float = 0
    pending_session: str | None = None
    methods: tuple[str, ...] = ()
    account_chosen: bool = False
    denied: bool = False
    asks_again: bool = False
    consented_items: tuple[str, ...] | None = None
    consented_by: str | None = None
    identity: str | None = None
    identity_by: str | None = None
    wanted_level: int = 0
    cryptographic: bool = False
    fresh: bool = False
    own_device: bool = False
    raised_elsewhere: bool = False
    ends_at: datetime | None = None
    life: int = 0

    def has_ended(self, now: datetime) -> bool:
        """Whether it may not go on any more."""
        return self.ends_at is not None and now >= self.ends_at

    def changed(self, **values: Any) -> "Journey":
        """Return the journey with some values replaced; `save` it."""
        if "pending_account" in values:
            values = {"pending_at": clock.now().timestamp(), "pending_session": None} | values
        return replace(self, **values)


def begin(
    device: str, *, request: AuthorizationRequest | None = None, destination: str = "/account"
) -> Journey:
    """Start a journey in this browser (not saved until it has to wait for a person)."""
    return Journey(
        id=secrets.token_urlsafe(ID_BYTES),
        device=device,
        started_at=clock.now(),
        request=request,
        destination=destination,
    )


def save_new(journey: Journey, address: str) -> None:
    """Remember a journey that waits for its person's first step; raises TooMany for the address.

    Anybody can begin one, so there are so many of them and they live shorter than those somebody goes on with.
    """
    settings = SETTINGS.get()
    key = f"new-journeys:{network_address.caller(address)}"
    LOCAL_LIMIT.get().check(key, settings.limits.new_journeys_per_address, MINUTE)
    _put(journey, settings.lifetimes.journey_untouched)


def save(journey: Journey) -> None:
    """Remember the journey for its life, counted from now."""
    _put(journey, SETTINGS.get().lifetimes.journey)


def may_extend(journey: Journey, now: datetime) -> bool:
    """Whether the person can have more time: ten times what they had first, as WCAG 2.2 §2.2.1 asks."""
    longest = timedelta(seconds=SETTINGS.get().lifetimes.journey * (1 + EXTENSIONS))
    return journey.ends_at is not None and now - journey.started_at < longest


def extend(journey: Journey, address: str) -> None:
    """Give the journey its life again; raises TooMany where nobody has gone on with it yet, as a new one does."""
    if journey.life == SETTINGS.get().lifetimes.journey_untouched:
        save_new(journey, address)
    else:
        save(journey)


def find_ended(journey_id: str, device: str | None) -> Journey | None:
    """Return a journey of this browser that ended a short while ago, to say where it can be started again."""
    journey = _find(journey_id, device)
    return journey if journey is not None and journey.has_ended(clock.now()) else None


def _put(journey: Journey, life: int) -> None:
    ends_at = clock.now() + timedelta(seconds=life)
    value = asdict(journey) | {
        "life": life,
        "ends_at": ends_at.isoformat(),
        "started_at": journey.started_at.isoformat(),
        "request": journey.request.to_json() if journey.request else None,
    }
    sealed = field_cipher.seal(json.dumps(value, ensure_ascii=False), _context(journey.id))
    # Remembered for as long again, so that who comes too late is told where to start.
    EPHEMERAL.get().put(_key(journey.id), sealed.encode(), 2 * life)


def get(journey_id: str, device: str | None) -> Journey:
    """Return the journey of this browser; Expired when it ended, never was, or belongs to another browser."""
    journey = _find(journey_id, device)
    if journey is None or journey.has_ended(clock.now()):
        raise Expired("journey_expired")
    return _without_old_factor(journey)


def _find(journey_id: str, device: str | None) -> Journey | None:
    sealed = EPHEMERAL.get().get(_key(journey_id)) if _is_id(journey_id) else None
    value = json.loads(field_cipher.open_sealed(sealed.decode(), _context(journey_id))) if sealed else None
    if value is None or device is None or not secrets.compare_digest(value["device"], device):
        return None
    return _read(value)


def _without_old_factor(journey: Journey) -> Journey:
    """Forget a first factor that was shown too long ago, however often the journey was looked at since."""
    age = clock.timestamp() - journey.pending_at
    if journey.pending_account is None or age <= SETTINGS.get().lifetimes.journey:
        return journey
    return journey.changed(pending_account=None, methods=())


def _read(value: dict[str, Any]) -> Journey:
    return Journey(
        **(
            value
            | {
                "started_at": datetime.fromisoformat(value["started_at"]),
                "ends_at": datetime.fromisoformat(value["ends_at"]) if value.get("ends_at") else None,
                "request": AuthorizationRequest.from_json(value["request"]) if value["request"] else None,
                "methods": tuple(value["methods"]),
                "consented_items": None
                if value["consented_items"] is None
                else tuple(value["consented_items"]),
            }
        )
    )


def finish(journey: Journey) -> bool:
    """End the journey; of many callers one gets True."""
    return EPHEMERAL.get().take(_key(journey.id)) is not None


def _is_id(text: str) -> bool:
    return SHAPE.fullmatch(text) is not None


def _key(journey_id: str) -> str:
    return f"journey:{journey_id}"


def _context(journey_id: str) -> str:
    return f"ephemeral.journey:{journey_id}"
