"""What a browser sends back from a passkey, read without trust: JSON as of WebAuthn §5.1 ``toJSON()``.

The library that verifies it raises many kinds of errors on hostile input; here they become one.
"""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from idp import logs
from idp.errors import IdpError, InvalidInput

LOG = logs.get(__name__)
LONGEST = 32_768  # characters; attestations carry certificates


@dataclass(frozen=True)
class Response:
    """The parsed answer and the challenge that it claims to answer; nothing of it is verified."""

    credential: dict[str, Any]
    credential_id: bytes
    challenge: bytes


def read(text: str) -> Response:
    """Parse what the form's field carries; raises InvalidInput ``passkey_refused``."""
    with understood():
        if not 0 < len(text) <= LONGEST:
            raise ValueError("length")
        credential = json.loads(text)
        client_data = json.loads(from_base64url(credential["response"]["clientDataJSON"]))
        if client_data.get("crossOrigin"):
            raise ValueError("framed by another site")
        return Response(
            credential,
            from_base64url(credential["rawId"]),
            from_base64url(client_data["challenge"]),
        )


def from_base64url(text: str) -> bytes:
    """Return the bytes of base64url without padding (WebAuthn §3); raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def to_base64url(value: bytes) -> str:
    """Return *value* as base64url without padding."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


@contextmanager
def understood() -> Iterator[None]:
    """Turn whatever goes wrong inside into InvalidInput ``passkey_refused``."""
    try:
        yield
    except IdpError:
        raise
    except Exception as error:
        # CBOR, COSE and certificates of a stranger: no list of exceptions would be complete.
        LOG.info("passkey refused", reason=type(error).__name__)
        raise refused() from error


def refused() -> InvalidInput:
    """Return the error that says no more than that it did not work."""
    return InvalidInput(
        "passkey_refused", "This passkey did not work. Try once more, or use another way", field="passkey"
    )
