"""Cross-device sign-in: a screen shows a QR code, a phone with a session answers for it (``amr`` value ``qr``, ours).

The request is bound to the browser that shows it and lives two minutes. The first answer is the only one (it is
written where nothing was); of many who collect it, one does. The phone must find the screen's number among three:
a wrong one ends the request. None of this helps who approves a screen that is not in front of them; the pages
say so (OAuth 2.0 for cross-device flows, Security BCP §6.1).
"""

import hmac
import json
import re
import secrets
from dataclasses import asdict, dataclass
from enum import StrEnum
from uuid import UUID

from idp import clock, network_address, rate_limit
from idp.audit import log
from idp.audit.event import EventName
from idp.authenticators import mfa
from idp.ephemeral.store import EPHEMERAL
from idp.errors import Conflict, Expired, InvalidInput
from idp.keys import field_cipher
from idp.local_limit import LOCAL_LIMIT
from idp.settings import SETTINGS

AMR = "qr"
KIND = mfa.KINDS[AMR]

LIFE = 120  # seconds
# The answer outlives the request, so that nobody can answer once more what was collected.
ANSWER_LIFE = 2 * LIFE
CHOICES = 3
ANSWERS = 10  # of one account in ANSWERS_WINDOW
ANSWERS_WINDOW = 600  # seconds
MINUTE = 60
SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")


class Outcome(StrEnum):
    """What a phone answered."""

    APPROVED = "approved"
    DENIED = "denied"
    WRONG_NUMBER = "wrong_number"


@dataclass(frozen=True)
class Request:
    """A screen that wants to be signed in. ``number`` is what it shows, ``choices`` what the phone is offered.

    ``client_id``, ``user_agent`` and ``address`` are told to the phone: which site asks, and where the screen is.
    """

    handle: str
    device: str
    number: int
    choices: tuple[int, ...]
    started_at: int
    client_id: str | None
    user_agent: str
    address: str

    @property
    def seconds_left(self) -> int:
        """Seconds until it is too late to answer."""
        return max(0, self.started_at + LIFE - clock.timestamp())


@dataclass(frozen=True)
class Answer:
    """What a phone said. ``account_id`` and ``session_id`` are the phone's when it approved."""

    outcome: Outcome
    account_id: UUID
    session_id: UUID


def begin(*, device: str, client_id: str | None, user_agent: str, address: str) -> Request:
    """Open a request for this browser; raises TooMany for the address."""
    limit = SETTINGS.get().limits.qr_codes_per_address
    LOCAL_LIMIT.get().check(f"qr-codes:{network_address.caller(address)}", limit, MINUTE)
    choices = secrets.SystemRandom().sample(range(10, 100), CHOICES)
    request = Request(
        handle=secrets.token_urlsafe(32),
        device=device,
        number=secrets.choice(choices),
        choices=tuple(choices),
        started_at=clock.timestamp(),
        client_id=client_id,
        user_agent=user_agent[:200],
        address=address,
    )
    sealed = field_cipher.seal(json.dumps(asdict(request)), _context(request.handle))
    EPHEMERAL.get().put(_key(request.handle), sealed.encode(), LIFE)
    return request


def find(handle: str) -> Request | None:
    """Return the request, for a phone that scanned it; None when it ended or never was."""
    sealed = EPHEMERAL.get().get(_key(handle)) if SHAPE.fullmatch(handle) else None
    return _opened(handle, sealed) if sealed else None


def find_own(handle: str, device: str) -> Request | None:
    """Return the request that this very browser shows, or None."""
    request = find(handle)
    return request if request and hmac.compare_digest(request.device.encode(), device.encode()) else None


def outcome(request: Request) -> Outcome | None:
    """Return what a phone answered, collecting nothing; None while none did."""
    answer = _find_answer(request.handle)
    return answer.outcome if answer else None


def approve(handle: str, number: str, *, account_id: UUID, session_id: UUID) -> None:
    """Let the screen in as *account_id*, when *number* is the one it shows; a wrong one ends the request.

    Raises Expired ``qr_expired``, InvalidInput ``qr_wrong_number``, Conflict ``qr_answered``, TooMany.
    """
    request = _get(handle, account_id)
    right = hmac.compare_digest(str(request.number).encode(), number[:8].encode("utf-8", "replace"))
    said = Outcome.APPROVED if right else Outcome.WRONG_NUMBER
    _answer(request, Answer(said, account_id, session_id))
    if not right:
        raise InvalidInput("qr_wrong_number", "That was not the number on the other screen", field="number")


def deny(handle: str, *, account_id: UUID, session_id: UUID) -> None:
    """Refuse the screen; raises Expired ``qr_expired``, Conflict ``qr_answered``, TooMany."""
    request = _get(handle, account_id)
    _answer(request, Answer(Outcome.DENIED, account_id, session_id))


def collect(request: Request) -> Answer | None:
    """Take the answer for the screen and end the request: of many callers one gets it, and None while none came."""
    answer = _find_answer(request.handle)
    if answer is None or EPHEMERAL.get().take(_key(request.handle)) is None:
        return None
    return answer


def _get(handle: str, account_id: UUID) -> Request:
    rate_limit.check(f"qr-answers:{account_id}", ANSWERS, ANSWERS_WINDOW)
    request = find(handle)
    if request is None:
        raise Expired("qr_expired", "The code on the other screen is too old. Show a new one there")
    return request


def _answer(request: Request, answer: Answer) -> None:
    plain = json.dumps(
        {
            "outcome": answer.outcome,
            "account_id": str(answer.account_id),
            "session_id": str(answer.session_id),
        }
    )
    sealed = field_cipher.seal(plain, _context(f"{request.handle}:answer"))
    if not EPHEMERAL.get().add_if_absent(_answer_key(request.handle), sealed.encode(), ANSWER_LIFE):
        raise Conflict("qr_answered", "This request was answered already")
    said = EventName.QR_APPROVED if answer.outcome is Outcome.APPROVED else EventName.QR_DENIED
    log.record(
        said,
        account_id=answer.account_id,
        session_id=answer.session_id,
        client_id=request.client_id,
        reason=answer.outcome.value,
        address_digest=field_cipher.blind_index("address", request.address).hex()[:32],
    )


def _find_answer(handle: str) -> Answer | None:
    sealed = EPHEMERAL.get().get(_answer_key(handle))
    if sealed is None:
        return None
    value = json.loads(field_cipher.open_sealed(sealed.decode(), _context(f"{handle}:answer")))
    return Answer(Outcome(value["outcome"]), UUID(value["account_id"]), UUID(value["session_id"]))


def _opened(handle: str, sealed: bytes) -> Request:
    value = json.loads(field_cipher.open_sealed(sealed.decode(), _context(handle)))
    return Request(**(value | {"choices": tuple(value["choices"])}))


def _key(handle: str) -> str:
    return f"qr:{{{handle}}}"


def _answer_key(handle: str) -> str:
    return f"qr:{{{handle}}}:answer"


def _context(handle: str) -> str:
    return f"ephemeral.qr:{handle}"
