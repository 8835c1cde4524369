"""The ``trust_chain`` header of a JWT: the chain that its maker brings along (OpenID Federation 1.0 §4.3). Pure.

Nothing is verified here: the chain is judged like any other, and the JWT by whoever it is for.
"""

from idp.keys import compact_jwt
from idp.keys.compact_jwt import NotVerified

NAME = "trust_chain"
MOST = 30


def read(token: str) -> tuple[str, ...]:
    """Return the statements that *token* carries, none where there are none or they cannot be any."""
    try:
        found = compact_jwt.unverified_header(token).get(NAME)
    except NotVerified:
        return ()
    if not isinstance(found, list) or len(found) > MOST:
        return ()
    return tuple(found) if all(isinstance(one, str) for one in found) else ()
