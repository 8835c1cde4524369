"""Chinese or English: by ``?lang=``, then by cookie, then by what the browser prefers, else Chinese."""

from typing import Literal, NamedTuple, TypeAlias

import flask

Language: TypeAlias = Literal["zh", "en"]
COOKIE = "site_lang"
_YEAR = 31_536_000


class Text(NamedTuple):
    """One sentence in both languages."""

    zh: str
    en: str


def choose() -> Language:
    """The language of this request."""
    for asked in (flask.request.args.get("lang"), flask.request.cookies.get(COOKIE)):
        if asked == "zh":
            return "zh"
        if asked == "en":
            return "en"
    return "en" if flask.request.accept_languages.best_match(["zh", "en"], "zh") == "en" else "zh"


def ui_locales() -> str:
    """The same for the provider (OIDC Core §3.1.2.1)."""
    return "zh-CN" if choose() == "zh" else "en"


def say(text: Text | str) -> str:
    """``text`` in the language of this request."""
    return text if isinstance(text, str) else getattr(text, choose())


def remember(response: flask.Response) -> flask.Response:
    """Keep a choice made by ``?lang=``."""
    if flask.request.args.get("lang") in ("zh", "en"):
        response.set_cookie(COOKIE, choose(), max_age=_YEAR, httponly=True, samesite="Lax")
    response.vary.update(["Cookie", "Accept-Language"])
    return response
