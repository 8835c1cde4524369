"""Entity identifiers: the addresses by which members of the federation are known (OpenID Federation 1.0 §1.2).

Pure: nothing is looked up. One entity has one spelling, so that two equal texts are one entity and no others.
"""

import ipaddress
import re
from functools import lru_cache
from urllib.parse import urlsplit

from idp import network_address

LONGEST = 255
CONFIGURATION_PATH = "/.well-known/openid-federation"
_SHAPE = re.compile(r"(https?)://([^/?#@\\]+)(/[^?#\\]*)?")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_PATH = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-F]{2})*")
_PORT = re.compile(r"[1-9][0-9]{0,4}")
_UNRESERVED = re.compile(r"%(?:4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE]|3[0-9]|2[DE])")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_HIGHEST_PORT = 65_535
_LONGEST_HOST = 253


def check(text: str, *, sandbox: bool) -> None:
    """Raise ValueError with the reason unless *text* is an entity identifier in its one normal form.

    In the sandbox http is accepted for this machine, and this machine's names and addresses count.
    """
    if not 0 < len(text) <= LONGEST:
        raise ValueError(f"must have 1 to {LONGEST} characters")
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise ValueError("must be an https address without user, query and fragment")
    scheme, authority, path = match.groups()
    name, port = _split(authority)
    _check_port(scheme, port)
    address = _address(name)
    if address is None:
        _check_name(name)
    own = network_address.is_loopback(name)
    if scheme == "http" and not (sandbox and own):
        raise ValueError("must begin with https://")
    if not sandbox and (own or (address is not None and not network_address.is_public(str(address)))):
        raise ValueError("must not be an address of this machine or of a private network")
    _check_path(path or "")


def is_valid(text: object, *, sandbox: bool) -> bool:
    """Return whether *text* is an entity identifier."""
    return isinstance(text, str) and len(text) <= LONGEST and _is_valid(text, sandbox)


def configuration_url(entity_id: str) -> str:
    """Return where the entity publishes its configuration (§9)."""
    return entity_id.removesuffix("/") + CONFIGURATION_PATH


def host(entity_id: str) -> str:
    """Return the host of an entity identifier, without port and brackets."""
    return urlsplit(entity_id).hostname or ""


@lru_cache(maxsize=4096)  # the same few superiors stand in every chain
def _is_valid(text: str, sandbox: bool) -> bool:  # noqa: FBT001 - a cache tells keywords apart more slowly
    try:
        check(text, sandbox=sandbox)
    except ValueError:
        return False
    return True


def _split(authority: str) -> tuple[str, str | None]:
    name, colon, port = authority.rpartition(":")
    if not colon or authority.endswith("]"):
        return authority, None
    return name, port


def _check_port(scheme: str, port: str | None) -> None:
    if port is None:
        return
    if not _PORT.fullmatch(port) or int(port) > _HIGHEST_PORT:
        raise ValueError("the port must be a number from 1 to 65535")
    if int(port) == _DEFAULT_PORTS[scheme]:
        raise ValueError(f"the port {port} is left out")


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        if name.startswith("[") and name.endswith("]"):
            address: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.IPv6Address(name[1:-1])
            return address if str(address) == name[1:-1] else None
        return ipaddress.IPv4Address(name)
    except ValueError:
        return None


def _check_name(name: str) -> None:
    labels = name.split(".")
    if len(name) > _LONGEST_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError("the host must be a name in lower-case letters, or an address, in its usual form")
    # 127.1 and 0x7f.1 are read as addresses by some libraries (WHATWG URL §3.5).
    if labels[-1].isdigit() or re.fullmatch(r"0x[0-9a-f]*", labels[-1]):
        raise ValueError("the host must be a name in lower-case letters, or an address, in its usual form")


def _check_path(path: str) -> None:
    if not _PATH.fullmatch(path) or _UNRESERVED.search(path):
        raise ValueError("the path must be in its normal form (RFC 3986 §6.2.2)")
    segments = path.split("/")[1:]
    if any(segment in {".", ".."} for segment in segments) or "" in segments[:-1]:
        raise ValueError("the path must have no empty and no relative parts")
