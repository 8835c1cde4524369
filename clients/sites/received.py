"""What a page says about a login: who, how, how long ago, at which level, and every claim received."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

import flask

from clients.sites import words
from clients.sites.language import Text
from tongxing_client import session, step_up

_ORDER = {name: position for position, name in enumerate(words.CLAIMS)}
CHINA = timezone(timedelta(hours=8))


def describe(found: session.Session, now: float) -> dict[str, Any]:
    """For ``login_panel.html`` and ``received_panel.html``."""
    claims = found.claims
    return {
        "name": claims.get("name") or claims.get("preferred_username") or found.sub[:12],
        "methods": [words.AMR.get(method, method) for method in found.amr if method != "mfa"],
        "is_multi_factor": "mfa" in found.amr,
        "seconds": None if found.auth_time is None else max(0, int(now - found.auth_time)),
        "level": _name_level(found.acr),
        "level_number": step_up.find_level(found.acr),
        "taken_back": [words.CLAIMS.get(item, item) for item in sorted(found.withdrawn)],
        "is_acting": found.actor is not None,
        "claims": [_describe_claim(name, value, found) for name, value in sorted(claims.items(), key=_rank)],
    }


def _rank(claim: tuple[str, object]) -> int:
    # What people know first, what machines need last, what nobody foresaw in between.
    return _ORDER.get(claim[0], _ORDER["iss"])


def _name_level(acr: str | None) -> Text | str:
    level = step_up.find_level(acr)
    if level is not None and level < len(words.LEVELS):
        return words.LEVELS[level]
    return acr or words.NO_LEVEL


def _describe_claim(name: str, value: object, found: session.Session) -> dict[str, Any]:
    sources: Mapping[str, Mapping[str, Any]] = {
        "ID token": found.id_token_claims,
        "userinfo": found.userinfo_claims,
    }
    return {
        "name": name,
        "meaning": words.CLAIMS.get(name, ""),
        "value": value if isinstance(value, str) else flask.json.dumps(value, ensure_ascii=False),
        "time": show_time(value) if name in words.TIMES else "",
        "sources": [source for source, held in sources.items() if name in held],
    }


def show_time(value: object) -> str:
    """A time of the provider's as people here read it; nothing for what is no time."""
    try:
        return datetime.fromtimestamp(float(str(value)), CHINA).strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return ""
