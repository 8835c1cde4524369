"""A browser without a screen, over real HTTP: keeps cookies, follows redirects, fills in forms, presses reload."""

import ssl
import time
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import httpx

from tests.person import PASSWORD, Page, Person

PATIENCE_SECONDS = 40
# Made once: reading the system's certificates for each browser takes longer than a login.
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class WebBrowser:
    """One person's browser. ``location`` is where the provider last sent it to."""

    def __init__(self, issuer: str, address: str = "", *, reloads: bool = False) -> None:
        self.issuer = issuer
        self.address = address or issuer
        self._reloads = reloads
        # Each request is a connection of its own, so that a balancer chooses each time anew.
        self._http = httpx.Client(
            trust_env=False,
            verify=_NO_TLS,
            timeout=15,
            headers={"Host": urlsplit(issuer).netloc, "Connection": "close", "Accept-Language": "en"},
        )
        self.answer: httpx.Response
        self.path = ""
        self.lost: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._http.close()

    @property
    def page(self) -> Page:
        """The page that is open."""
        return Page(self.answer.text)

    @property
    def location(self) -> str:
        """Where the last answer leads; empty when it is a page."""
        return str(self.answer.headers.get("location", ""))

    def open(self, url: str) -> str:
        """Go to *url* and follow where it leads within the provider; return the address elsewhere, if any."""
        self._send("GET", url)
        while self.answer.is_redirect and self._is_here(self.location):
            self._send("GET", urljoin(self.issuer + self.path, self.location))
        return self.location

    def send(self, button: str = "", **values: str) -> str:
        """Send the form of the open page with *values*, pressing *button*."""
        form = self.page.forms[0]
        data: dict[str, list[str]] = {}
        for name, value in [*form.values, *([form.buttons[button]] if button else [])]:
            data.setdefault(name, []).append(value)
        data |= {name: [value] for name, value in values.items()}
        self._send("POST", form.action, data)
        return (
            self.open(urljoin(self.issuer + self.path, self.location)) if self._leads_on() else self.location
        )

    def arrive(self, url: str, person: Person, password: str = PASSWORD) -> str:
        """Go to *url*, log in and agree where asked; return where that leads, '' when it is a page."""
        self.open(url)
        if self.path.startswith("/login?"):
            self.send(identifier=person.username, password=password)
        if self.path.startswith("/login/second-factor"):
            self.send(code=person.code())
        if self.path.startswith("/consent"):
            self.send("consent-allow")
        return self.location

    def _leads_on(self) -> bool:
        return self.answer.is_redirect and self._is_here(self.location)

    def _is_here(self, url: str) -> bool:
        return url.startswith(("/", f"{self.issuer}/"))

    def _send(self, method: str, url: str, data: dict[str, Any] | None = None) -> None:
        self.path = url.removeprefix(self.issuer)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                self.answer = self._http.request(method, self.address + self.path, data=data)
            except httpx.TransportError as error:
                self._wait_or_give_up(deadline, type(error).__name__)
                continue
            if self._reloads and self.answer.status_code in {502, 503}:
                self._wait_or_give_up(deadline, str(self.answer.status_code))
                continue
            return

    def _wait_or_give_up(self, deadline: float, reason: str) -> None:
        if not self._reloads or time.monotonic() > deadline:
            raise AssertionError(f"no answer from {self.path}: {reason}")
        self.lost.append(f"{reason} {self.path.partition('?')[0]}")
        time.sleep(0.05)
