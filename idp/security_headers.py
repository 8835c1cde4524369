"""Response headers that protect: strict CSP, no framing, no sniffing, no referrer (OWASP ASVS 5 §3.4).

Flask world. A page that must post or frame elsewhere (to the asking site) says so with `allow_form_action` or
`allow_frames`; nothing else is ever loosened.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import Response, g

from idp.settings import SETTINGS


def allow_form_action(uri: str) -> None:
    """Let this answer's forms end at *uri* and wherever that site sends the browser next.

    Chromium applies form-action to every redirect that follows a post; a callback that goes on to another host of its
    site would otherwise end the login with nothing to see. So the scheme is the limit, not the host.
    """
    parts = urlsplit(uri)
    # Plain http is loopback's, on whatever port; an app's private-use scheme (RFC 8252 §7.1) has no host.
    source = f"http://{parts.hostname}:*" if parts.scheme == "http" else f"{parts.scheme}:"
    g.setdefault("csp_form_action", []).append(source)


def allow_frames(uris: Iterable[str]) -> None:
    """Let this answer frame the origins of *uris* (front-channel logout)."""
    g.csp_frames = [f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, uris)]


def apply(response: Response) -> Response:
    """Add the headers to an answer on its way out."""
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if response.mimetype == "text/html":
        headers.setdefault("Content-Security-Policy", _policy())
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Cache-Control", "no-store")
        headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
    if SETTINGS.get().secure_cookies:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    return response


def _policy() -> str:
    form_action = " ".join(["'self'", *g.get("csp_form_action", ())])
    frames = " ".join(g.get("csp_frames", ()))
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        f"base-uri 'none'; frame-ancestors 'none'; form-action {form_action}"
    )
    return f"{policy}; frame-src {frames}" if frames else policy
