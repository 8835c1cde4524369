"""Cookies and languages of a browser."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, Response, g, request

from idp import browser
from idp.settings import SETTINGS, Settings

SECRET = "s" * 43
HTTP = Settings(sandbox=True)
HTTPS = Settings(
    issuer="https://id.example",
    database_url="postgresql://db/tongxing",
    redis_url="redis://r",
    sandbox=False,
    sms={"url": "https://sms.example"},  # type: ignore[arg-type]
)


@pytest.fixture(params=[HTTP, HTTPS], ids=["http", "https"])
def settings(request: pytest.FixtureRequest) -> Settings:
    found: Settings = request.param
    return found


@pytest.fixture
def app(settings: Settings) -> Flask:
    made = Flask("test")
    SETTINGS.set(made, settings)
    return made


def answered(app: Flask, work: Callable[[Response], Any], **request_options: Any) -> list[str]:
    with app.test_request_context("/", **request_options):
        response = Response()
        work(response)
        return response.headers.getlist("Set-Cookie")


def prefix(settings: Settings) -> str:
    return "__Host-" if settings.secure_cookies else ""


def test_a_session_cookie_is_host_only_and_out_of_reach_of_scripts(app: Flask, settings: Settings) -> None:
    (cookie,) = answered(app, lambda response: browser.set_session(response, SECRET, 3600))
    name, *attributes = cookie.split("; ")
    assert name == f"{prefix(settings)}tongxing_session={SECRET}"
    assert {"HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=3600"} <= set(attributes)
    assert ("Secure" in attributes) is settings.secure_cookies
    assert not any(attribute.startswith("Domain") for attribute in attributes)


def test_clearing_ends_the_cookie_of_the_same_name(app: Flask, settings: Settings) -> None:
    (cookie,) = answered(app, browser.clear_session)
    assert cookie.startswith(f"{prefix(settings)}tongxing_session=;")
    assert "Max-Age=0" in cookie


@pytest.mark.parametrize("shown", ["", "short", "x" * 201, "with space and more than twenty", "键" * 30])
def test_what_has_not_the_shape_of_a_secret_is_none(app: Flask, settings: Settings, shown: str) -> None:
    with app.test_request_context("/", headers={"Cookie": f"{prefix(settings)}tongxing_session={shown}"}):
        assert browser.session_secret(request) is None


def test_the_session_secret_is_read_back(app: Flask, settings: Settings) -> None:
    with app.test_request_context("/", headers={"Cookie": f"{prefix(settings)}tongxing_session={SECRET}"}):
        assert browser.session_secret(request) == SECRET


def test_a_new_browser_gets_one_device_id(app: Flask) -> None:
    with app.test_request_context("/"):
        made = browser.device_id(request)
        assert browser.device_id(request) == made
        assert len(made) >= 43
        response = Response()
        browser.ensure_device(response)
        (cookie,) = response.headers.getlist("Set-Cookie")
        assert made in cookie
        assert f"Max-Age={400 * 86_400}" in cookie


def test_a_known_browser_keeps_its_device_id(app: Flask, settings: Settings) -> None:
    with app.test_request_context("/", headers={"Cookie": f"{prefix(settings)}tongxing_device={SECRET}"}):
        assert browser.device_id(request) == SECRET
        response = Response()
        browser.ensure_device(response)
        assert response.headers.getlist("Set-Cookie") == []
        assert "tongxing_new_device" not in g


@pytest.mark.parametrize(
    ("cookie", "wished", "accepted", "chosen"),
    [
        ("", "", "", "zh_Hans"),
        ("", "", "en-GB,en;q=0.9,zh;q=0.5", "en"),
        ("", "", "zh-CN,zh;q=0.9,en;q=0.5", "zh_Hans"),
        ("", "", "de,fr;q=0.9", "zh_Hans"),
        ("", "", "en;q=0, zh;q=0.1", "zh_Hans"),
        ("", "en", "zh-CN", "en"),
        ("", "fr en-US zh", "zh-CN", "en"),
        ("", "zh-Hant", "en", "zh_Hans"),
        ("", "xx " * 50 + "en", "zh", "zh_Hans"),
        ("zh_Hans", "en", "en", "zh_Hans"),
        ("en", "zh", "zh", "en"),
        ("klingon", "", "en", "en"),
    ],
)
def test_the_language_is_chosen(cookie: str, wished: str, accepted: str, chosen: str) -> None:
    app = Flask("test")
    SETTINGS.set(app, HTTP)
    headers = {"Cookie": f"tongxing_lang={cookie}", "Accept-Language": accepted}
    with app.test_request_context("/", headers=headers):
        assert browser.locale(request, wished) == chosen


def test_a_chosen_language_is_remembered(app: Flask) -> None:
    (cookie,) = answered(app, lambda response: browser.set_language(response, "en"))
    assert "tongxing_lang=en;" in cookie
