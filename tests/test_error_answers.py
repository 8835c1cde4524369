"""How errors leave the doors for people. Real faults are in tests/integration/test_faults.py."""

import pytest
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug import exceptions
from werkzeug.routing import RequestRedirect

from idp.errors import Conflict, Forbidden, InvalidInput, TooMany, Unavailable
from idp.sessions import session as sessions
from tests.person import Page
from tests.provider import ISSUER, NewProvider, Provider

SECRET = "what only the log may know"


@pytest.mark.parametrize(
    ("error", "status", "code", "retry"),
    [
        (InvalidInput("invalid_request", detail="shown to the site's staff"), 400, "invalid_request", None),
        (Forbidden("forbidden", detail=SECRET), 403, "forbidden", None),
        (Conflict("conflict", detail=SECRET), 409, "conflict", None),
        (TooMany("too_many_requests", retry_after=90, detail=SECRET), 429, "too_many_requests", "90"),
        (Unavailable("busy", retry_after=2, detail=SECRET), 503, "temporarily_unavailable", "2"),
        (IntegrityError(SECRET, {}, Exception(SECRET)), 409, "conflict", None),
        (OperationalError(SECRET, {}, Exception(SECRET)), 503, "temporarily_unavailable", "5"),
        (InterfaceError(SECRET, {}, Exception(SECRET)), 503, "temporarily_unavailable", "5"),
        (PoolTimeoutError(SECRET), 503, "temporarily_unavailable", "5"),
        (exceptions.ImATeapot(SECRET), 418, "bad_request", None),
        (exceptions.Gone(SECRET), 410, "bad_request", None),
        (exceptions.NotImplemented(SECRET), 501, "server_error", None),
        (RuntimeError(SECRET), 500, "server_error", None),
    ],
)
def test_each_error_is_a_page_that_tells_no_secret(
    new_provider: NewProvider, error: Exception, status: int, code: str, retry: str | None
) -> None:
    provider = new_provider()

    def fail() -> str:
        raise error

    provider.app.add_url_rule("/fail", "fail", fail)
    response = provider.app.test_client().get("/fail", base_url=ISSUER)
    text = response.get_data(as_text=True)
    page = Page(text)
    assert (response.status_code, page.error, response.headers.get("Retry-After")) == (status, code, retry)
    assert page.trace == response.headers["X-Trace-Id"]
    assert SECRET not in text
    assert ("shown to the site" in text) == isinstance(error, InvalidInput)


def test_a_redirect_that_werkzeug_raises_is_one(new_provider: NewProvider) -> None:
    provider = new_provider()

    def move() -> str:
        raise RequestRedirect(f"{ISSUER}/login")

    provider.app.add_url_rule("/moved", "moved", move)
    response = provider.app.test_client().get("/moved", base_url=ISSUER)
    assert (response.status_code, response.headers["Location"]) == (308, f"{ISSUER}/login")


def test_when_nobody_can_say_who_is_signed_in_the_plain_page_is_shown(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_secret: object) -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(sessions, "find_by_secret", away)
    response = provider.app.test_client().get("/", base_url=ISSUER)
    assert response.status_code == 503
    assert Page(response.get_data(as_text=True)).error == "temporarily_unavailable"
