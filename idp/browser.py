"""What we ask a browser to remember: session secret, a long-lived device id, language, large type, place. Cookies only.

RFC 6265bis: every cookie is host-only, `Path=/`, `SameSite=Lax` (a login comes back from other sites by
GET); with https the names carry `__Host-`, so that no sibling host can plant one. Meaning belongs to others:
sessions are looked up in idp.sessions, known devices in idp.authenticators.
"""

import re
import secrets
from collections.abc import Iterable
from typing import Literal

from flask import Request, g
from werkzeug.wrappers import Response

from idp.settings import SETTINGS

Locale = Literal["zh_Hans", "en"]

SESSION = "tongxing_session"
DEVICE = "tongxing_device"
LANGUAGE = "tongxing_lang"
DISPLAY = "tongxing_display"
DIVISION = "tongxing_division"
ELDER = "elder"
HOME = "tongxing_home"
HOME_SHAPE = re.compile(r"[0-9]{6}")
DEVICE_LIFE = 400 * 86_400  # seconds; browsers keep no cookie for longer (RFC 6265bis §5.5)
SHAPE = re.compile(r"[A-Za-z0-9_-]{20,200}")
DIVISION_SHAPE = re.compile(r"[1-9][0-9]{5,11}")
DEFAULT: Locale = "zh_Hans"
LANGUAGES: dict[str, Locale] = {"zh": "zh_Hans", "en": "en"}


def session_secret(request: Request) -> str | None:
    """Return the session secret that the browser shows, if it has the shape of one."""
    return _read(request, SESSION)


def set_session(response: Response, secret: str, max_age: int) -> None:
    """Let the browser keep *secret* for *max_age* seconds."""
    _write(response, SESSION, secret, max_age)


def clear_session(response: Response) -> None:
    """Let the browser forget the session secret."""
    _write(response, SESSION, "", 0)


def device_id(request: Request) -> str:
    """Return this browser's own random id: the one it shows, or a new one that `ensure_device` will set."""
    shown = _read(request, DEVICE)
    if shown is not None:
        return shown
    if "tongxing_new_device" not in g:
        g.tongxing_new_device = secrets.token_urlsafe(32)
    return str(g.tongxing_new_device)


def ensure_device(response: Response) -> None:
    """Set the device id that `device_id` made up during this request; nothing when the browser had one."""
    made = g.get("tongxing_new_device")
    if made is not None:
        _write(response, DEVICE, made, DEVICE_LIFE)


def set_language(response: Response, locale: Locale) -> None:
    """Let the browser remember the language that a person chose."""
    _write(response, LANGUAGE, locale, DEVICE_LIFE)


def is_elder(request: Request) -> bool:
    """Whether this browser shows pages in large type and with fewer things."""
    return request.cookies.get(_name(DISPLAY)) == ELDER


def set_elder(response: Response, *, elder: bool) -> None:
    """Let the browser remember how a person wants pages shown."""
    _write(response, DISPLAY, ELDER if elder else "", DEVICE_LIFE if elder else 0)


def division(request: Request) -> str:
    """Return the code of the division for which this browser looks for services, or nothing."""
    shown = request.cookies.get(_name(DIVISION), "")
    return shown if DIVISION_SHAPE.fullmatch(shown) else ""


def set_division(response: Response, code: str) -> None:
    """Let the browser remember the division that a person chose."""
    _write(response, DIVISION, code, DEVICE_LIFE)


def home(request: Request) -> str:
    """Return the division from whose provider this browser's person came last; empty when none is remembered."""
    shown = request.cookies.get(_name(HOME)) or ""
    return shown if HOME_SHAPE.fullmatch(shown) else ""


def set_home(response: Response, division_code: str) -> None:
    """Let the browser remember from which province its person came."""
    _write(response, HOME, division_code, DEVICE_LIFE)


def prefer_locales(ui_locales: Iterable[str]) -> None:
    """Let this request's pages speak the language that the asking site wishes, when the person chose none."""
    g.tongxing_ui_locales = " ".join(ui_locales)


def locale(request: Request, ui_locales: str = "") -> Locale:
    """Choose the language of a page.

    The person's own choice goes before the site's wish (*ui_locales*: BCP 47 tags, best first, OIDC Core
    §3.1.2.1), then what the browser accepts, then Chinese. Never an error.
    """
    chosen = _supported((request.cookies.get(_name(LANGUAGE)) or "").replace("_", "-"))
    if chosen is not None:
        return chosen
    wished = [_supported(tag) for tag in ui_locales.split()[:10]]
    accepted = [_supported(tag) for tag, quality in list(request.accept_languages)[:20] if quality > 0]
    return next((found for found in [*wished, *accepted] if found is not None), DEFAULT)


def _supported(tag: str) -> Locale | None:
    return LANGUAGES.get(tag.lower().split("-")[0])


def _name(name: str) -> str:
    return f"__Host-{name}" if SETTINGS.get().secure_cookies else name


def _read(request: Request, name: str) -> str | None:
    value = request.cookies.get(_name(name), "")
    return value if SHAPE.fullmatch(value) else None


def _write(response: Response, name: str, value: str, max_age: int) -> None:
    response.set_cookie(
        _name(name),
        value,
        max_age=max_age,
        path="/",
        secure=SETTINGS.get().secure_cookies,
        httponly=True,
        samesite="Lax",
    )
