"""A protected resource asks for a stronger or younger login (RFC 9470), and a client understands it.

A service that is called with an access token checks ``acr`` and ``auth_time`` of the introspection answer; what is
too weak is answered 401 with `make`. The caller reads it with `read` and sends the person to log in accordingly.
"""

import re
from collections.abc import Sequence

from tongxing_client import step_up
from tongxing_client.step_up import StepUp

ERROR = "insufficient_user_authentication"
_MEMBER = re.compile(r'([A-Za-z_]+)="((?:[^"\\\\]|\\\\.)*)"')
_MAX_HEADER = 4096
_MAX_DIGITS = 9


def find_missing(
    token: dict[str, object],
    *,
    needed_acr: Sequence[str] = (),
    max_age: int | None = None,
    now: float,
    leeway: float = 30,
) -> StepUp | None:
    """What to ask for, by an introspection answer or the claims of an access token (§5, §6); None when it will do."""
    acr, auth_time = token.get("acr"), token.get("auth_time")
    return step_up.find_missing(
        acr=acr if isinstance(acr, str) else None,
        auth_time=auth_time if isinstance(auth_time, int | float) else None,
        needed_acr=needed_acr,
        max_age=max_age,
        now=now,
        leeway=leeway,
    )


def make(missing: StepUp) -> str:
    """The value of ``WWW-Authenticate`` (§3)."""
    members = [f'error="{ERROR}"', 'error_description="A stronger or younger login is needed"']
    if missing.acr_values:
        members.append(f'acr_values="{" ".join(missing.acr_values)}"')
    if missing.max_age is not None:
        members.append(f'max_age="{missing.max_age}"')
    return f"Bearer {', '.join(members)}"


def read(header: str) -> StepUp | None:
    """What a resource asks for; None when the header asks for something else, or cannot be understood."""
    scheme, _, rest = header[:_MAX_HEADER].partition(" ")
    members = dict(_MEMBER.findall(rest))
    if scheme.lower() != "bearer" or members.get("error") != ERROR:
        return None
    age = members.get("max_age", "")
    is_number = age.isascii() and age.isdigit() and len(age) <= _MAX_DIGITS
    return StepUp(
        acr_values=tuple(members.get("acr_values", "").split()), max_age=int(age) if is_number else None
    )
