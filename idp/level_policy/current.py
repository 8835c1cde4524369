"""The level policy that holds now, without a query: every approved version that may still count is kept parsed.

A version whose date comes takes over by itself. A change elsewhere reaches us by message, and at the latest after
REFRESH_SECONDS. A version in force that passes its own ``valid_until`` holds on, because there must always be a
policy; it is reported until another one is in force (docs/decisions/0009). app.py sets CURRENT and subscribes `forget`.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import or_, select
from sqlalchemy.exc import SQLAlchemyError

from idp import clock, logs
from idp.assurance import policy_file
from idp.assurance.policy import Policy
from idp.assurance.policy_file import PolicyError
from idp.db import db, transaction
from idp.ephemeral.store import EPHEMERAL
from idp.level_policy import packaged
from idp.level_policy.version import LevelPolicyVersion, digest_of
from idp.per_app import PerApp

CHANNEL = "level_policy"
REFRESH_SECONDS = 300.0
# Of the past only the last few can matter to anybody; what is to come all counts, however much it is.
KEPT = 20

LOG = logs.get(__name__)


@dataclass(frozen=True)
class InForce:
    """A version as it holds. *number* 0: the packaged file, because no version was ever approved."""

    number: int
    digest: str
    effective_from: datetime
    policy: Policy = field(repr=False)


class CurrentPolicy:
    """The approved versions, newest date first, of which the first one that has begun holds."""

    def __init__(self, timer: Callable[[], float] = time.monotonic) -> None:
        self._timer = timer
        self._lock = threading.Lock()
        self._versions: tuple[InForce, ...] = ()
        self._loaded = float("-inf")
        self._forgotten = 0

    def in_force(self) -> InForce:
        """Return the version that holds now."""
        if self._timer() - self._loaded >= REFRESH_SECONDS:
            self._refresh()
        now = clock.now()
        for version in self._versions:
            if version.effective_from <= now:
                return version
        return _packaged()

    def coming(self) -> tuple[InForce, ...]:
        """Return the approved versions whose date is still to come, the next one first."""
        self.in_force()
        now = clock.now()
        return tuple(one for one in reversed(self._versions) if one.effective_from > now)

    def forget(self, _message: str = "*") -> None:
        """Load again at the next use (a version was approved)."""
        self._forgotten += 1
        self._loaded = float("-inf")

    def _refresh(self) -> None:
        # One loads while the others go on with what they have; at the start all wait for it.
        if not self._lock.acquire(blocking=not self._versions):
            return
        try:
            if self._timer() - self._loaded < REFRESH_SECONDS:
                return
            started, forgotten = self._timer(), self._forgotten
            try:
                self._versions = _load()
            except SQLAlchemyError:
                if not self._versions:
                    raise
                # What held a moment ago holds on; in a few seconds we ask again.
                LOG.warning("the level policy cannot be read again; the known one holds on")
                started -= REFRESH_SECONDS - 5
            # What was read before a change was announced must not outlive the announcement.
            self._loaded = started if forgotten == self._forgotten else float("-inf")
        finally:
            self._lock.release()


CURRENT: PerApp[CurrentPolicy] = PerApp("level_policy")


def get() -> Policy:
    """Return the policy that holds now."""
    return CURRENT.get().in_force().policy


def in_force() -> InForce:
    """Return the version that holds now, with its number and date."""
    return CURRENT.get().in_force()


def announce() -> None:
    """Tell every process that a version was approved (after the commit). Raises Unavailable."""
    CURRENT.get().forget()
    EPHEMERAL.get().publish(CHANNEL, "*")


def report_expired() -> bool:
    """Write into the log when the version in force has passed its own end; return whether it has (worker job)."""
    held = in_force()
    expired = held.policy.is_expired(clock.now())
    if expired:
        LOG.error(
            "the level policy in force has ended by its own date and holds on; put a newer one in force",
            number=held.number,
            valid_until=str(held.policy.valid_until),
        )
    return expired


def _load() -> tuple[InForce, ...]:
    now = clock.now()
    approved = LevelPolicyVersion.approved_at.is_not(None)
    newest_first = (LevelPolicyVersion.effective_from.desc(), LevelPolicyVersion.number.desc())
    begun = (
        select(LevelPolicyVersion.number)
        .where(approved, LevelPolicyVersion.effective_from <= now)
        .order_by(*newest_first)
        .limit(KEPT)
    )
    wanted = (
        select(
            LevelPolicyVersion.number,
            LevelPolicyVersion.digest,
            LevelPolicyVersion.effective_from,
            LevelPolicyVersion.document,
        )
        .where(approved, or_(LevelPolicyVersion.effective_from > now, LevelPolicyVersion.number.in_(begun)))
        .order_by(*newest_first)
    )
    with transaction():
        rows = db.session.execute(wanted).all()
    versions = []
    for number, digest, effective_from, document in rows:
        try:
            versions.append(InForce(number, digest, effective_from, policy_file.parse(document)))
        except PolicyError as error:
            # Approved under the rules of another version of the program.
            LOG.error(  # noqa: TRY400 - its reasons are what matters
                "a level policy in the database cannot be read; the one before holds",
                number=number,
                problems=[str(problem) for problem in error.problems],
            )
    return tuple(versions)


def _packaged() -> InForce:
    return InForce(0, digest_of(packaged.text()), datetime.fromtimestamp(0, UTC), packaged.policy())
