"""Sending a person to their own province's provider: what is asked there, and what is remembered meanwhile.

A pushed request (RFC 9126) with PKCE and a nonce: nothing of the person and nothing of the site stands in an address.
What is remembered is sealed, bound to the browser, and taken once.
"""

import base64
import hashlib
import json
import re
import secrets
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlencode

from idp import clock
from idp.ephemeral.store import EPHEMERAL
from idp.keys import field_cipher
from idp.recognition import client_assertion, exchange, other_provider
from idp.recognition.refused import Refused, Why
from idp.recognition.table import Member
from idp.settings import SETTINGS

CALLBACK = "/login/province/callback"
SCOPE = "openid"
JOIN_KEYS = "identity_join_keys"
# What is asked for beside who it is: the name, and what stands for the number between provinces.
CLAIMS = {"userinfo": {"name": None, JOIN_KEYS: None}}
LIFE_SECONDS = 1800
SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")
REQUEST_URI = re.compile(r"[\x21-\x7e]{1,2048}")
LOCALES = {"zh_Hans": "zh-CN", "en": "en"}


@dataclass(frozen=True)
class Asked:
    """One login that is under way at another provider. ``level``: what is wanted of it; ``fresh``: a new login."""

    state: str
    issuer: str
    device: str
    journey: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    level: int = 0
    fresh: bool = False
    max_age: int | None = None
    own_device: bool = False
    started_at: int = 0


@dataclass(frozen=True)
class Wish:
    """What this login must be like."""

    level: int = 0
    fresh: bool = False
    max_age: int | None = None
    own_device: bool = False


def begin(member: Member, wish: Wish, *, journey: str, device: str, locale: str) -> str:
    """Ask *member*'s provider for a login; return where to send the browser. Raises Refused.

    Call it before the first query of a request, or with no transaction open: two systems are asked.
    """
    accepted = member.asked_for(wish.level) if wish.level else ()
    if wish.level and not accepted:
        raise Refused(Why.LEVEL, f"nothing of it is worth {wish.level}")
    provider = other_provider.get(member.entity_id)
    asked = Asked(
        state=_random(),
        issuer=provider.issuer,
        device=device,
        journey=journey,
        nonce=_random(),
        verifier=_random(),
        level=wish.level,
        fresh=wish.fresh,
        max_age=wish.max_age,
        own_device=wish.own_device,
        started_at=clock.timestamp(),
    )
    params: dict[str, str] = {
        "response_type": "code",
        "redirect_uri": f"{SETTINGS.get().issuer}{CALLBACK}",
        "scope": SCOPE,
        "state": asked.state,
        "nonce": asked.nonce,
        "code_challenge": _challenge(asked.verifier),
        "code_challenge_method": "S256",
        "claims": json.dumps(CLAIMS),
        "ui_locales": LOCALES.get(locale, "zh-CN"),
    }
    params |= {"acr_values": " ".join(accepted)} if accepted else {}
    params |= {"prompt": "login"} if wish.fresh else {}
    params |= {"max_age": str(wish.max_age)} if wish.max_age is not None else {}
    reply = exchange.post(
        provider.pushed_authorization_request_endpoint, params | client_assertion.parameters(provider.issuer)
    )
    request_uri = exchange.json_of(reply, "par", 200, 201).get("request_uri")
    if not isinstance(request_uri, str) or not REQUEST_URI.fullmatch(request_uri):
        raise Refused(Why.WRONG, "par: no request_uri")
    _remember(asked)
    there = urlencode({"client_id": SETTINGS.get().issuer, "request_uri": request_uri})
    endpoint = provider.authorization_endpoint
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{there}"


def take(state: str, device: str) -> Asked:
    """Return what was asked under *state* in this browser, once; raises Refused (EXPIRED)."""
    sealed = EPHEMERAL.get().take(_key(state)) if SHAPE.fullmatch(state) else None
    if sealed is None:
        raise Refused(Why.EXPIRED, "state is unknown")
    found: dict[str, Any] = json.loads(field_cipher.open_sealed(sealed.decode(), _context(state)))
    asked = Asked(**found)
    if not secrets.compare_digest(asked.device, device):
        raise Refused(Why.EXPIRED, "another browser")
    return asked


def _remember(asked: Asked) -> None:
    sealed = field_cipher.seal(json.dumps(asdict(asked)), _context(asked.state))
    EPHEMERAL.get().put(_key(asked.state), sealed.encode(), LIFE_SECONDS)


def _random() -> str:
    return secrets.token_urlsafe(32)


def _challenge(verifier: str) -> str:
    """Return the S256 challenge (RFC 7636 §4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _key(state: str) -> str:
    return f"recognition:{state}"


def _context(state: str) -> str:
    return f"ephemeral.recognition:{state}"
