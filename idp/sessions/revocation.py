"""The short list of what was revoked before it expired: sessions, grants and single access tokens.

An access token lives minutes, so the list lives in the ephemeral store, one life of a token long. All entries of
one family (one relying party's part of a session, or a grant that outlives sessions) share a hash tag, so that one
round trip asks for all.
The database stays the truth: refresh and userinfo ask there; losing this list costs at most the minutes that are left.
"""

from idp.ephemeral.store import EPHEMERAL
from idp.settings import SETTINGS

ALL = b"all"


def revoke(family: str, member: str = "", *, issued_until: int | None = None) -> None:
    """Let no access token of *family* count any more, or only those of *member* (a grant's id or a token's).

    With *issued_until* (epoch seconds) those that are issued later do count: what they say was changed.
    """
    life = SETTINGS.get().lifetimes.access_token
    if issued_until is None:
        EPHEMERAL.get().put(_key(family, member), ALL, life)
    else:
        # Beside the other: what was revoked altogether stays so, whatever is written about it afterwards.
        EPHEMERAL.get().put(_until(family, member), str(issued_until).encode(), life)


def is_revoked(issued_at: int, family: str, *members: str) -> bool:
    """Whether the family or any of its *members* is on the list for a token issued then. One round trip."""
    keys = [key(family, member) for member in ("", *members) for key in (_key, _until)]
    found = (value for value in EPHEMERAL.get().get_many(keys) if value is not None)
    return any(value == ALL or issued_at <= int(value) for value in found)


def _key(family: str, member: str) -> str:
    return f"revoked:{{{family}}}:{member}"


def _until(family: str, member: str) -> str:
    return f"revoked-until:{{{family}}}:{member}"
