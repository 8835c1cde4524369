"""A browser that goes from one province's provider to another's and back: cookies, forms and redirects by httpx."""

from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from tests.person import PASSWORD, Page, Person

MOST_REDIRECTS = 20


class Traveller:
    """One browser profile. ``url`` is where it is, ``steps`` every address it was led to."""

    def __init__(self, language: str = "en") -> None:
        self.client = httpx.Client(headers={"Accept-Language": language}, trust_env=False, timeout=20)
        self.response: httpx.Response
        self.url = ""
        self.steps: list[str] = []

    @property
    def page(self) -> Page:
        """The page that is open."""
        return Page(self.response.text)

    @property
    def text(self) -> str:
        """What can be read on the page."""
        return " ".join(" ".join(self.page.texts).split())

    def go(self, url: str, *, follow: bool = True) -> httpx.Response:
        """Go there and follow redirects to this machine's providers."""
        self.url = url
        self.steps.append(url)
        self.response = self.client.get(url)
        return self._follow() if follow else self.response

    def send(
        self,
        button: str = "",
        values: dict[str, Any] | None = None,
        *,
        number: int | None = None,
        follow: bool = True,
    ) -> httpx.Response:
        """Press *button* (its id), or send form *number*, with *values*."""
        forms = self.page.forms
        form = next(one for one in forms if button in one.buttons) if number is None else forms[number]
        data: dict[str, Any] = {}
        for name, value in [*form.values, *([form.buttons[button]] if button else [])]:
            data.setdefault(name, []).append(value)
        self.url = urljoin(self.url, form.action)
        self.response = self.client.post(self.url, data=data | (values or {}))
        return self._follow() if follow else self.response

    def log_in(self, person: Person) -> None:
        """Fill in the login page that is open, and the second factor's when it comes."""
        self.send("login-submit", {"identifier": person.username, "password": PASSWORD})
        if urlsplit(self.url).path == "/login/second-factor":
            self.send("code-submit", {"code": person.code()})

    def agree(self) -> None:
        """Agree to everything that is asked."""
        assert self.is_at("/consent"), (self.url, self.text)
        form = next(one for one in self.page.forms if "consent-allow" in one.buttons)
        self.send("consent-allow", {"item": form.items})

    def is_at(self, path: str, host: str = "") -> bool:
        """Whether that page is open (at that provider)."""
        return urlsplit(self.url).path == path and self.url.startswith(host)

    def close(self) -> None:
        """Close it."""
        self.client.close()

    def _follow(self) -> httpx.Response:
        for _ in range(MOST_REDIRECTS):
            if self.response.status_code not in {302, 303}:
                return self.response
            there = urljoin(self.url, self.response.headers["Location"])
            self.url = there
            self.steps.append(there)
            if urlsplit(there).hostname not in {"localhost", "127.0.0.1"}:
                return self.response
            self.response = self.client.get(there)
        raise AssertionError(f"in circles: {self.steps[-6:]}")
