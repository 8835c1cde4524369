"""Somebody without an account yet: a number and a user name that nobody else uses, and the way to sign up."""

import itertools

from tests.accounts.gateway import Gateway
from tests.person import PASSWORD, Visitor
from tests.provider import Provider

_numbers = itertools.count(1)


def phone() -> str:
    """Return a number in its stored form."""
    return f"+86139{next(_numbers):08}"


def username() -> str:
    """Return a user name."""
    return f"newcomer{next(_numbers)}"


def form() -> dict[str, str]:
    """Return what the last step wants to know."""
    return {"name": "李娜", "username": username(), "password": PASSWORD}


def visitor_of(provider: Provider, language: str = "en") -> Visitor:
    """Open a browser."""
    return Visitor(provider.app, provider.settings.issuer, language=language)


def prove(visitor: Visitor, gateway: Gateway, number: str) -> None:
    """Go from the open first step to the last."""
    visitor.send("sign-up-submit", values={"phone": number})
    assert visitor.is_at("/sign-up/code")
    visitor.send("code-submit", values={"code": gateway.last_code()})
    assert visitor.is_at("/sign-up/details")
