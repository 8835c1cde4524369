"""The way by which the older system checks what the person knows: its own account number and an answer only they have.

We post a signed question (a JWT, ``account-check+jwt``, RFC 8725 §3.11) to the relying party's ``account_check_uri``,
and it answers the older account's id, or that nothing matches. It gets what was typed and nothing else: no subject, no
name, no phone. Interface: docs/linking.md. Nothing is stored here; end your transaction before you ask.
"""

import json
import secrets
from dataclasses import dataclass, field
from uuid import UUID

import httpx

from idp import clock, logs, outgoing, rate_limit
from idp.circuit_breaker import CircuitBreakers
from idp.errors import InvalidInput, Unavailable, Upstream
from idp.keys.keyring import KEYRING
from idp.linking import linked_account
from idp.per_app import PerApp
from idp.relying_parties.relying_party import RelyingParty
from idp.settings import SETTINGS

TYP = "account-check+jwt"
MIMETYPE = "application/account-check+jwt"
LIFE_SECONDS = 60
SECONDS = 8.0
LONGEST_ANSWER = 16_384
LONGEST_TYPED = 200
RETRY_AFTER = 60
DAY = 86_400
# For one older account, whoever asks: what is known of it must not be guessed from many accounts of ours.
WRONG_A_DAY = 10
OK, NOT_FOUND, TOO_MANY = 200, 404, 429

# Of their own: an older system that hangs must keep nobody from proving their name.
CIRCUITS: PerApp[CircuitBreakers] = PerApp("account_check_circuits")
_log = logs.get(__name__)


@dataclass(frozen=True)
class Typed:
    """What the person says of the older account: which it is, and what only its owner knows."""

    account: str = field(repr=False)
    answer: str = field(repr=False)


def read(account: str, answer: str) -> Typed:
    """Return what was typed, as it is sent; raises InvalidInput with a field."""
    for name, value in (("account", account), ("answer", answer)):
        if not value.strip():
            raise InvalidInput(f"{name}_missing", "Fill this in", field=name)
        if len(value) > LONGEST_TYPED or not value.strip().isprintable():
            raise InvalidInput(f"{name}_malformed", "This cannot be right", field=name)
    return Typed(account.strip(), answer.strip())


def ask(rp: RelyingParty, typed: Typed, account_id: UUID) -> str:
    """Return the older account's id; raises InvalidInput ``account_check_failed`` when nothing matches.

    Unavailable when later may help, Upstream when it does not (``account_check_invalid``). TooMany after wrong ones.
    """
    tries = f"account-check:{rate_limit.hashed(f'{rp.client_id} {typed.account.casefold()}')}"
    if rate_limit.is_reached(tries, WRONG_A_DAY):
        rate_limit.check(tries, WRONG_A_DAY, DAY)
    reply = _asked(rp, typed)
    if reply.status == NOT_FOUND:
        rate_limit.count(tries, WRONG_A_DAY, DAY)
        raise InvalidInput(
            "account_check_failed", "This does not match what the service knows", field="answer"
        )
    if reply.status == TOO_MANY:
        raise Unavailable("account_check_away", detail=str(reply.status), retry_after=RETRY_AFTER)
    return _legacy_id(rp, reply, account_id)


def question(rp: RelyingParty, typed: Typed) -> str:
    """Return the signed question; `jti` is good once, for a minute, for that relying party."""
    now = int(clock.now().timestamp())
    claims = {
        "iss": SETTINGS.get().issuer,
        "aud": rp.client_id,
        "iat": now,
        "exp": now + LIFE_SECONDS,
        "jti": secrets.token_urlsafe(24),
        "account": typed.account,
        "answer": typed.answer,
    }
    return KEYRING.get().sign(claims, typ=TYP, alg=rp.id_token_signed_response_alg)


def _asked(rp: RelyingParty, typed: Typed) -> outgoing.Reply:
    """Return the answer; a system that is away is left alone for a while, and few threads wait for any of them."""
    circuits = CIRCUITS.get()
    try:
        with circuits.passed(rp.client_id):
            try:
                reply = _exchange(rp, typed)
            except Unavailable:
                circuits.failed(rp.client_id)
                raise
            circuits.succeeded(rp.client_id)
            return reply
    except Unavailable as error:
        _log.warning("account check failed", client_id=rp.client_id, detail=error.detail)
        wait = error.retry_after or RETRY_AFTER
        raise Unavailable("account_check_away", detail=error.detail, retry_after=wait) from None


def _exchange(rp: RelyingParty, typed: Typed) -> outgoing.Reply:
    try:
        reply = outgoing.exchange(
            rp.account_check_uri,
            seconds=SECONDS,
            content=question(rp, typed).encode(),
            longest=LONGEST_ANSWER,
            headers={"Content-Type": MIMETYPE, "Accept": "application/json"},
            public_only=not SETTINGS.get().sandbox,
        )
    except httpx.HTTPError as error:
        raise Unavailable("account_check_away", detail=type(error).__name__) from None
    if reply.status >= 500:  # noqa: PLR2004 - RFC 9110 §15.6
        raise Unavailable("account_check_away", detail=str(reply.status))
    return reply


def _legacy_id(rp: RelyingParty, reply: outgoing.Reply, account_id: UUID) -> str:
    try:
        body = json.loads(reply.body) if reply.status == OK else None
        legacy_id = body.get("legacy_id") if isinstance(body, dict) else None
        return linked_account.check_legacy_id(legacy_id if isinstance(legacy_id, str) else "")
    except (ValueError, RecursionError, InvalidInput) as error:
        _log.warning(
            "account check not understood",
            client_id=rp.client_id,
            account_id=str(account_id),
            error=type(error).__name__,
        )
        raise Upstream("account_check_invalid", detail=type(error).__name__) from None
