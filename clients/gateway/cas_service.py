"""Which services may use tickets, and what each is told (CAS protocol 3.0 §2.1.1, its service registry). Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlencode, urlsplit

from tongxing_client import transport

_LONGEST = 2_000
# An encoded slash, backslash, NUL, or something encoded twice.
_AMBIGUOUS = re.compile(r"%(?:2f|5c|00|25(?=[0-9a-f]{2}))", re.IGNORECASE)
_SLASHES = re.compile("/{2,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CasService:
    """A listed service: one address, or with a slash at its end that address and all below it.

    ``level``: what a login must reach; ``attributes``: the claims it is told; ``user``: the claim it knows people by.
    """

    name: str
    url: str
    level: int = 2
    attributes: tuple[str, ...] = ()
    user: str = "sub"


def find_service(services: Sequence[CasService], url: str) -> CasService | None:
    """The listed service that this address belongs to.

    Compared part by part: a host that only begins alike is another one. None also for an address that may be read as
    one of another listed service.
    """
    if len(url) > _LONGEST or not transport.is_safe_url(url):
        return None
    asked = urlsplit(url)
    # What a browser or the server behind would resolve differently from what stands there belongs to nobody.
    if "\\" in url or "%" in asked.netloc or _AMBIGUOUS.search(asked.path):
        return None
    if any(part in {".", ".."} for part in _segments(asked.path)):
        return None
    netloc = asked.netloc.lower()
    found = _nearest(services, asked.scheme, netloc, asked.path)
    # The server behind may tell neither capital letters nor parameters apart, nor a folder without its last slash.
    cut = _SLASHES.sub("/", "/".join(_segments(asked.path)))
    others = [_nearest(services, asked.scheme, netloc, path) for path in (cut, f"{cut}/")]
    return found if all(other in {None, found} for other in others) else None


def with_ticket(url: str, ticket: str) -> str:
    """The service's address with a ticket at its end; the rest as it came, for the service repeats it to us."""
    return f"{url}{'&' if '?' in url else '?'}{urlencode({'ticket': ticket})}"


def _nearest(services: Sequence[CasService], scheme: str, netloc: str, path: str) -> CasService | None:
    fitting = [one for one in services if _covers(one.url, scheme, netloc, path)]
    return max(fitting, key=lambda one: len(one.url), default=None)


def _covers(listed: str, scheme: str, netloc: str, path: str) -> bool:
    own = urlsplit(listed)
    if (own.scheme, own.netloc) != (scheme, netloc):
        return False
    return path == own.path or (own.path.endswith("/") and path.startswith(own.path))


def _segments(path: str) -> list[str]:
    plain = unquote(path, errors="replace").lower()
    # Servlet containers cut parameters off a segment before they resolve it: /app/..;/admin.
    return [segment.partition(";")[0] for segment in plain.split("/")]
