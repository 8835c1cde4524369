"""Asking a register whether something is true (documented interface: docs/registers.md).

A question is posted with an idempotency key, asked again with growing pauses when the register is away, and not at
all while its circuit is open. The answer is believed when the register signed it, now, for exactly this question.
Nothing is stored here; end your transaction before you ask: the network may take its time.
"""

import base64
import hashlib
import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from idp import logs, outgoing
from idp.circuit_breaker import CircuitBreakers
from idp.errors import IdpError, Unavailable, Upstream
from idp.per_app import PerApp
from idp.proofing import register_keys
from idp.setting_sections import Registers
from idp.settings import SETTINGS

POPULATION = "population"
OPERATOR = "operator"
BANK = "bank"
FACE = "face"
NETWORK_ID = "network-id"
CHIP = "chip"
ENTERPRISE = "enterprise"
KINSHIP = "kinship"
LICENCE = "licence"
POPULATION_STATUS = "population-status"
ENTERPRISE_STATUS = "enterprise-status"

MATCH, MISMATCH, NOT_FOUND, REFUSED = "match", "mismatch", "not_found", "refused"
RESULTS = frozenset({MATCH, MISMATCH, NOT_FOUND, REFUSED})
TYP = "register-answer+jwt"
MIMETYPE = "application/jose"
LONGEST_ANSWER = 262_144
FIRST_PAUSE = 0.2  # seconds before the second attempt; each next one twice as long
LONGEST_PAUSE = 1.0  # a register that asks for more is left alone
RETRY_AFTER = 30  # seconds

CIRCUITS: PerApp[CircuitBreakers] = PerApp("register_circuits")
_log = logs.get(__name__)


@dataclass(frozen=True)
class Answer:
    """What the register said. ``digest`` (SHA-256, hex) stands for the signed answer in our records."""

    result: str
    details: Mapping[str, Any]
    answered_at: datetime
    jti: str
    digest: str

    def word(self, name: str) -> str | None:
        """Return a word of the details: None when it is not there, ``""`` when there is something else."""
        value = self.details.get(name)
        return value if value is None or isinstance(value, str) else ""


class _Again(Exception):
    """This attempt failed, another one may not."""

    def __init__(self, reason: str, pause: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.pause = pause


def ask(source: str, question: Mapping[str, Any], idempotency_key: str) -> Answer:
    """Ask *source*; the same *idempotency_key* may be asked again and gets the same answer.

    Raises Unavailable (``register_unavailable``, ``busy``) when later may help; Upstream when it does not:
    ``register_refused`` (it does not accept the question), ``register_statement_invalid`` (it lies).
    """
    settings = SETTINGS.get().registers
    body = json.dumps(question, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    circuits = CIRCUITS.get()
    with circuits.passed(source):
        try:
            statement = _persist(settings, source, body, idempotency_key)
            answer = _read(statement, source, body, idempotency_key)
        except IdpError as error:
            if error.code == "register_refused":
                circuits.succeeded(source)
            else:
                circuits.failed(source)
            _log.warning("register failed", source=source, error_code=error.code, detail=error.detail)
            raise
        circuits.succeeded(source)
        return answer


def _persist(settings: Registers, source: str, body: bytes, idempotency_key: str) -> str:
    pause, reason = FIRST_PAUSE, ""
    for attempt in range(settings.attempts):
        if attempt:
            # Not all at the same moment, should many have failed together.
            time.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - no secret
            pause *= 2
        try:
            return _attempt(settings, source, body, idempotency_key)
        except _Again as failed:
            reason = failed.reason
            if failed.pause is not None and failed.pause > LONGEST_PAUSE:
                raise _unavailable(source, reason, int(failed.pause)) from None
            pause = max(pause, failed.pause or 0.0)
    raise _unavailable(source, reason)


def _attempt(settings: Registers, source: str, body: bytes, idempotency_key: str) -> str:
    headers = {"Content-Type": "application/json", "Accept": MIMETYPE, "Idempotency-Key": idempotency_key}
    if settings.token:
        headers["Authorization"] = f"Bearer {settings.token}"
    url = f"{settings.url.rstrip('/')}/v1/{source}"
    try:
        reply = outgoing.exchange(
            url, seconds=settings.timeout, content=body, longest=LONGEST_ANSWER, headers=headers
        )
    except outgoing.TooLong:
        raise Upstream("register_statement_invalid", detail=f"{source}: too long") from None
    except httpx.HTTPError as error:
        raise _Again(type(error).__name__) from None
    if reply.status == httpx.codes.TOO_MANY_REQUESTS or reply.status >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise _Again(f"HTTP {reply.status}", _seconds(reply.headers.get("retry-after", "")))
    if reply.status != httpx.codes.OK:
        raise Upstream("register_refused", detail=f"{source}: HTTP {reply.status}")
    mimetype = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    if mimetype != MIMETYPE or not reply.body.isascii():
        raise Upstream("register_statement_invalid", detail=f"{source}: no {MIMETYPE}")
    return reply.body.decode("ascii").strip()


def _read(statement: str, source: str, body: bytes, idempotency_key: str) -> Answer:
    claims = register_keys.verify(statement, typ=TYP, issuer=source)
    if claims.get("request_digest") != request_digest(body) or claims.get("request_key") != idempotency_key:
        raise Upstream("register_statement_invalid", detail=f"{source}: answers another question")
    result, details = claims.get("result"), claims.get("details", {})
    if not isinstance(result, str) or result not in RESULTS or not isinstance(details, dict):
        raise Upstream("register_statement_invalid", detail=f"{source}: result")
    return Answer(
        result=result,
        details=details,
        answered_at=datetime.fromtimestamp(claims["iat"], UTC),
        jti=claims["jti"],
        digest=hashlib.sha256(statement.encode("ascii")).hexdigest(),
    )


def request_digest(body: bytes) -> str:
    """Return what an answer repeats of the question's bytes: base64url of their SHA-256, unpadded."""
    return base64.urlsafe_b64encode(hashlib.sha256(body).digest()).rstrip(b"=").decode()


def _seconds(header: str) -> float | None:
    return float(header) if header.isascii() and header.isdigit() else None


def _unavailable(source: str, reason: str, retry_after: int = RETRY_AFTER) -> Unavailable:
    return Unavailable(
        "register_unavailable", detail=f"{source}: {reason}", retry_after=min(retry_after, 3600)
    )
