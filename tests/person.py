"""A person of the tests, and the browser they sit at: it fills in forms, keeps cookies and follows redirects."""

import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pyotp
from flask import Flask
from werkzeug.test import TestResponse

from idp import clock

PASSWORD = "Tongxing-demo-2026"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@dataclass
class Person:
    """Somebody with an account. ``code`` gives each one-time code once, as a patient person would."""

    id: UUID
    username: str
    name: str
    phone: str | None
    _last_step: int = field(default=0)

    def code(self) -> str:
        """Return the authenticator app's next unused code (three at most without waiting).

        The first is that of the step before, which lapses when the present step ends: shortly before, we wait.
        """
        if clock.timestamp() % 30 >= 28:
            time.sleep(2)
        present = clock.timestamp() // 30
        step = max(present - 1, self._last_step + 1)
        assert step <= present + 1, "no unused code left in the window"
        self._last_step = step
        return pyotp.TOTP(TOTP_SECRET).generate_otp(step)


@dataclass
class Form:
    """A form of a page: where it goes, what a browser would send of it, and its buttons by id."""

    action: str
    values: list[tuple[str, str]] = field(default_factory=list)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)
    items: list[str] = field(default_factory=list)


class Page(HTMLParser):
    """What a test looks at in a page: its forms, and where the error is.

    ``framing`` are the forms of the frame around every page (``data-frame``), by address.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.framing: dict[str, Form] = {}
        self._frame: Form | None = None
        self.error: str | None = None
        self.trace: str | None = None
        self.accounts: list[str] = []
        self.frames: list[str] = []
        self.language = ""
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = given.get("lang", "")
        elif tag == "form" and "data-frame" in given:
            self._frame = self.framing.setdefault(given["action"], Form(given["action"]))
        elif tag == "form":
            self.forms.append(Form(given.get("action", "")))
        elif tag == "iframe":
            self.frames.append(given["src"])
        elif given.get("id") == "error":
            self.error, self.trace = given["data-error"], given["data-trace"]
        elif (self._frame or self.forms) and tag in {"input", "button"}:
            self._control(self._frame or self.forms[-1], tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._frame = None

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def _control(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name, value = given.get("name", ""), given.get("value", "")
        if "data-account" in given:
            self.accounts.append(given["data-account"])
        if given.get("name") == "item":
            form.items.append(value)
        if tag == "button":
            form.buttons[given.get("id", value)] = (name, value)
        elif (
            name
            and "disabled" not in given
            and (given.get("type") not in {"checkbox", "radio"} or "checked" in given)
        ):
            form.values.append((name, value))


class Visitor:
    """One browser profile in front of the provider."""

    def __init__(self, app: Flask, issuer: str, *, language: str = "", **options: Any) -> None:
        self.client = app.test_client(**options)
        self.issuer = issuer
        self.headers = {"Accept-Language": language} if language else {}
        self.response: TestResponse
        self.path = ""

    @property
    def page(self) -> Page:
        """The page that is open."""
        return Page(self.response.get_data(as_text=True))

    @property
    def location(self) -> str:
        """Where the last answer sends the browser; empty when it is a page."""
        return self.response.headers.get("Location", "")

    def open(self, url: str, **options: Any) -> TestResponse:
        """Go to *url* without following where it sends us."""
        self.path = url.removeprefix(self.issuer)
        headers = self.headers | options.pop("headers", {})
        self.response = self.client.get(self.path, base_url=self.issuer, headers=headers, **options)
        return self.response

    def go(self, url: str) -> TestResponse:
        """Go to *url* and follow redirects as long as they stay at the provider."""
        self.open(url)
        return self.follow()

    def follow(self) -> TestResponse:
        """Follow redirects as long as they stay at the provider."""
        for _ in range(10):
            if not self._stays_here():
                return self.response
            self.open(self.location)
        raise AssertionError("the provider sends the browser in circles")

    def send(
        self, button: str = "", number: int = 0, values: dict[str, Any] | None = None, *, follow: bool = True
    ) -> TestResponse:
        """Send the open page's form *number* with *values*, pressing *button* (its id)."""
        form = self.page.forms[number]
        given = values or {}
        data: dict[str, list[str]] = {}
        for name, value in [*form.values, *([form.buttons[button]] if button else [])]:
            if name not in given:
                data.setdefault(name, []).append(value)
        for name, value in given.items():
            data[name] = list(value) if isinstance(value, list | tuple | set) else [value]
        self.path = form.action
        self.response = self.client.post(form.action, base_url=self.issuer, data=data, headers=self.headers)
        return self.follow() if follow else self.response

    def send_frame(self, action: str, button: str) -> TestResponse:
        """Press *button* (its id) of the frame's form that goes to *action*."""
        form = self.page.framing[action]
        self.response = self.client.post(
            action,
            base_url=self.issuer,
            data=dict([*form.values, form.buttons[button]]),
            headers=self.headers,
        )
        return self.follow()

    def log_in(self, person: Person, password: str = PASSWORD, *, own_device: bool = False) -> TestResponse:
        """Fill in the login page that is open, and the second factor's when it comes."""
        values = {"identifier": person.username, "password": password}
        self.send("login-submit", values=values | ({"own_device": "1"} if own_device else {}))
        if self.is_at("/login/second-factor"):
            self.send("code-submit", values={"code": person.code()})
        return self.response

    def arrive(self, url: str, person: Person) -> TestResponse:
        """Go to *url* and do what every page asks, agreeing to everything, until the site is reached."""
        self.go(url)
        if self.is_at("/login"):
            self.log_in(person)
        if self.is_at("/choose-account"):
            self.send(person.id.hex if person.id.hex in self.page.accounts else str(person.id))
        if self.is_at("/consent"):
            self.send("consent-allow", values={"item": self.page.forms[0].items})
        return self.response

    def is_at(self, path: str) -> bool:
        """Whether the page of that path is open."""
        return self.response.status_code == 200 and urlsplit(self.path).path == path

    def _stays_here(self) -> bool:
        return self.response.status_code in {302, 303} and (
            self.location.startswith("/") or self.location.startswith(f"{self.issuer}/")
        )
