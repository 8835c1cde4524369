"""Which addresses a relying party may register, so that no answer ever goes astray.

OAuth 2.0 Security BCP (RFC 9700 §4.1), native apps (RFC 8252 §7), OpenID Connect Registration §2. Pure.
Every function raises ValueError with the reason, in words the integrator can act on.
"""

import ipaddress
import re
from urllib.parse import SplitResult, parse_qsl, urlsplit

LONGEST = 2000
LONGEST_HOST = 253  # RFC 1035 §2.3.4
# The authorization response adds these itself (RFC 6749 §4.1.2, RFC 9207 §2).
RESPONSE_PARAMETERS = frozenset({"code", "state", "error", "error_description", "error_uri", "iss"})
LOOPBACK_ADDRESS = re.compile(r"\A(http://(?:127\.0\.0\.1|\[::1\]))(?::[0-9]{1,5})?((?:[/?].*)?)\Z")

_CHARACTERS = re.compile(r"\A[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+\Z")
_LABEL = re.compile(r"\A[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z")
_PRIVATE_SCHEME = re.compile(r"\A[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+\Z")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})|%00", re.IGNORECASE)


def check_web_address(uri: str, *, sandbox: bool) -> SplitResult:
    """Check an absolute https address (http on loopback in the sandbox) and return its parts."""
    parts = _split(uri)
    if parts.scheme == "http":
        if not _is_loopback(parts):
            raise ValueError("plain http is accepted for loopback in the sandbox only; use https")
        if not sandbox:
            raise ValueError("http on loopback is accepted in the sandbox only; use https")
    elif parts.scheme != "https":
        raise ValueError("must begin with https://")
    _check_host(parts)
    return parts


def check_redirect_uri(uri: str, *, sandbox: bool, native: bool) -> None:
    """Check an address that answers are sent to; requests repeat it character by character."""
    parts = _split(uri)
    if native and parts.scheme not in {"http", "https"}:
        # RFC 8252 §7.1: a private-use scheme is a reversed domain name; javascript: or data: never are.
        if not _PRIVATE_SCHEME.match(parts.scheme):
            raise ValueError(
                "a private-use scheme must be a reversed domain name, as in com.example.app:/callback"
            )
        if parts.netloc:
            raise ValueError("a private-use scheme has no host: one slash, as in com.example.app:/callback")
    elif native and parts.scheme == "http":
        if not _is_loopback(parts):
            raise ValueError("plain http is accepted for loopback only (RFC 8252 §7.3)")
        _check_host(parts)
    else:
        check_web_address(uri, sandbox=sandbox)
    reserved = RESPONSE_PARAMETERS.intersection(
        name for name, _ in parse_qsl(parts.query, keep_blank_values=True)
    )
    if reserved:
        raise ValueError(f"the query may not contain {', '.join(sorted(reserved))}: the answer adds it")


def check_logo(uri: str, *, sandbox: bool) -> None:
    """Check a logo: https, or a path of this provider (pages show only those, loading nothing elsewhere)."""
    if uri.startswith("/") and not uri.startswith("//"):
        _split("https://provider.invalid" + uri)
    else:
        check_web_address(uri, sandbox=sandbox)


def origin(uri: str) -> str | None:
    """Return scheme, host and port of a checked web address as browsers write them (RFC 6454 §6.1)."""
    parts = urlsplit(uri)
    if parts.scheme not in {"http", "https"}:
        return None
    default = 443 if parts.scheme == "https" else 80
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return (
        f"{parts.scheme}://{host}"
        if parts.port in {None, default}
        else f"{parts.scheme}://{host}:{parts.port}"
    )


def without_port(uri: str) -> str | None:
    """Return a loopback IP address without its port (RFC 8252 §7.3); None for other addresses."""
    match = LOOPBACK_ADDRESS.match(uri)
    return match[1] + match[2] if match else None


def _split(uri: str) -> SplitResult:
    if len(uri) > LONGEST:
        raise ValueError(f"longer than {LONGEST} characters")
    if not uri.isascii():
        raise ValueError("only ASCII; write a Chinese host in its xn-- form and percent-encode the rest")
    if not _CHARACTERS.match(uri) or _BAD_PERCENT.search(uri):
        raise ValueError("contains characters that an address cannot have (RFC 3986 §2)")
    if "*" in uri:
        raise ValueError("wildcards are not accepted: register every address")
    if "#" in uri:
        raise ValueError("a fragment (#) is not accepted")
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError as error:
        raise ValueError(f"not an address ({error})") from error
    if not parts.scheme or not uri.startswith(parts.scheme + ":"):
        raise ValueError("must be absolute, its scheme in lower case")
    if "@" in parts.netloc:
        raise ValueError("user names and passwords in an address are not accepted")
    if any(
        segment in {".", ".."} for segment in re.sub("%2e", ".", parts.path, flags=re.IGNORECASE).split("/")
    ):
        raise ValueError("the path may not contain . or .. segments")
    return parts


def _check_host(parts: SplitResult) -> None:
    host = parts.hostname
    if not host:
        raise ValueError("has no host")
    if "%" in parts.netloc:
        raise ValueError("the host may not be percent-encoded or name a zone")
    if parts.netloc != parts.netloc.lower():
        raise ValueError("write the host in lower case")
    if parts.netloc.endswith(":") or parts.port == 0:
        raise ValueError("the port is missing or 0")
    if host.endswith("."):
        raise ValueError("the host may not end with a dot")
    if parts.netloc.startswith("["):
        _check_ip(ipaddress.IPv6Address, host)
    elif (last := host.rpartition(".")[2]).isdigit() or last.startswith("0x"):
        # Browsers read 127.1, 0x7f.1 and 2130706433 as IPv4 (WHATWG URL §3.5): only the plain form will do.
        _check_ip(ipaddress.IPv4Address, host)
    elif len(host) > LONGEST_HOST or not all(map(_LABEL.match, host.split("."))):
        raise ValueError("the host is not a domain name or an IP address")


def _check_ip(kind: type[ipaddress.IPv4Address | ipaddress.IPv6Address], host: str) -> None:
    try:
        kind(host)
    except ValueError as error:
        raise ValueError("the host is not an IP address in its plain form") from error


def _is_loopback(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
