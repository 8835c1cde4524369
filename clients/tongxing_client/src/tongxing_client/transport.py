"""HTTP towards the provider, bounded: how long, how large, no redirects, nothing compressed.

Every answer is read by somebody who does not trust it: it ends after ``seconds`` and after ``MAX_BYTES``,
whatever the other side does. Errors are ``ProviderUnavailable`` (try again) and ``BadProviderAnswer`` (it
is broken).
"""

import ipaddress
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from tongxing_client import errors, json_object

MAX_BYTES = 512 * 1024
_MAX_AGE = re.compile(r"max-age=(\d{1,9})")
_SERVER_ERROR = 500


def is_loopback(url: str) -> bool:
    """Whether ``url`` points to this machine, where plain http is acceptable."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_safe_url(url: object) -> bool:
    """Whether ``url`` is absolute https, or http on this machine, without user, password or fragment."""
    if not isinstance(url, str) or not url.isascii() or not url.isprintable():
        return False
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it is the check
    except ValueError:
        return False
    scheme_is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(url))
    return scheme_is_safe and bool(parts.hostname) and "@" not in parts.netloc and "#" not in url


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer read to its end; ``max_age`` is what its Cache-Control allows, in seconds."""

    status: int
    content_type: str
    max_age: int | None
    body: bytes

    def json(self) -> dict[str, Any]:
        """The JSON object in the body, or ``BadProviderAnswer``."""
        try:
            return json_object.parse(self.body)
        except ValueError as error:
            raise errors.BadProviderAnswer(f"status {self.status}, not a JSON object: {error}") from None

    def error(self) -> str:
        """The ``error`` of an answer that refuses (RFC 6749 §5.2), or nothing."""
        try:
            found = self.json().get("error")
        except errors.BadProviderAnswer:
            return ""
        return found if isinstance(found, str) else ""

    def json_list(self) -> list[dict[str, Any]]:
        """The list of JSON objects in the body, or ``BadProviderAnswer``."""
        try:
            return json_object.parse_list(self.body)
        except ValueError as error:
            raise errors.BadProviderAnswer(f"status {self.status}, no list: {error}") from None


class Transport:
    """An ``httpx.Client`` within the bounds; give ``client`` for a proxy or an own certificate authority."""

    def __init__(
        self, *, client: httpx.Client | None = None, seconds: float = 5.0, proxies: bool = True
    ) -> None:
        self._client = client or httpx.Client(timeout=seconds, trust_env=proxies)
        self._seconds = seconds

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """GET ``url``."""
        return self._send(httpx.Request("GET", url, headers=headers))

    def post(self, url: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Answer:
        """POST ``form`` as ``application/x-www-form-urlencoded``."""
        return self._send(httpx.Request("POST", url, data=dict(form), headers=headers))

    def send_json(
        self, method: str, url: str, content: object, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send ``content`` as JSON (none for None) by ``method``."""
        return self._send(httpx.Request(method, url, headers=headers, json=content))

    def _send(self, request: httpx.Request) -> Answer:
        request.headers["Accept"] = "application/json"
        # Nothing compressed: a small answer could otherwise unfold into a large one.
        request.headers["Accept-Encoding"] = "identity"
        request.extensions["timeout"] = httpx.Timeout(self._seconds).as_dict()
        place = f"{request.method} {request.url.copy_with(query=None)}"
        try:
            response = self._client.send(request, stream=True, follow_redirects=False)
            try:
                body = self._read(response, place)
            finally:
                response.close()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise errors.ProviderUnavailable(f"{place}: {type(error).__name__}") from error
        if response.status_code >= _SERVER_ERROR:
            raise errors.ProviderUnavailable(f"{place}: status {response.status_code}")
        if response.is_redirect:
            raise errors.BadProviderAnswer(f"{place}: a redirect, status {response.status_code}")
        found = _MAX_AGE.search(response.headers.get("Cache-Control", ""))
        content_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return Answer(response.status_code, content_type, int(found[1]) if found else None, body)

    def _read(self, response: httpx.Response, place: str) -> bytes:
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise errors.BadProviderAnswer(f"{place}: compressed though not asked for")
        deadline = time.monotonic() + self._seconds
        body = bytearray()
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > MAX_BYTES:
                raise errors.BadProviderAnswer(f"{place}: more than {MAX_BYTES} bytes")
            if time.monotonic() > deadline:
                raise errors.ProviderUnavailable(f"{place}: slower than {self._seconds} s")
        return bytes(body)
