"""Which password policy an account is under, and what follows from it beside the password itself.

The kind of account decides, by the level policy in force: ``nist`` for citizens, ``djbh3`` for officials (等保 2.0
level 3 wants kinds of characters, a history and a change now and then; NIST SP 800-63B-4 forbids all three).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from idp.authenticators import password_history, password_policy, pwd
from idp.errors import InvalidInput
from idp.level_policy import current
from idp.settings import SETTINGS


def of(kind: str) -> str:
    """Return the name of the policy for accounts of that kind."""
    return current.get().password_policy.get(kind, password_policy.NIST)


def check(password: str, kind: str, *, username: str = "", phone: str | None = None) -> None:
    """Raise InvalidInput when nobody of that kind may have this password."""
    password_policy.check(
        password,
        minimum=SETTINGS.get().passwords.minimum_length,
        username=username,
        phone=phone,
        policy=of(kind),
    )


def used_hashes(account_id: UUID, kind: str) -> list[str]:
    """Return the hashes that a new password must not match: none under ``nist``."""
    if of(kind) != password_policy.DJBH3:
        return []
    present = pwd.find_hash(account_id)
    return [*([present] if present else []), *password_history.hashes(account_id)]


def check_unused(password: str, used: Sequence[str]) -> None:
    """Raise InvalidInput ``password_used`` when it is one of these. Hashes for each; touches no database."""
    if any(pwd.matches(one, password) for one in used):
        raise InvalidInput(
            "password_used", "You have used this password before. Choose a new one", field="password"
        )


def is_due(account_id: UUID, kind: str, now: datetime) -> bool:
    """Whether the password is older than the policy allows, so that it must be changed before it opens anything.

    No query under ``nist``.
    """
    changed_at = pwd.changed_at(account_id) if of(kind) == password_policy.DJBH3 else None
    if changed_at is None:
        return False
    return now - changed_at > timedelta(days=SETTINGS.get().passwords.maximum_days)
