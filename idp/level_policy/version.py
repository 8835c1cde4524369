"""One version of the level policy: proposed, approved by somebody else or rejected, in force from its date.

The file is kept as it was given; its digest is what the two people agreed on. Whoever proposes or approves takes turns
(`schema.take_turn`), so that of two approvals at once one sees the other.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Integer, String, Text, func, select
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock, schema
from idp.assurance import policy_file
from idp.assurance.policy import Policy
from idp.assurance.policy_file import PolicyError
from idp.audit import log
from idp.audit.event import EventName
from idp.db import Model, UtcDateTime, db
from idp.errors import Conflict, Forbidden, InvalidInput, NotFound
from idp.level_policy import packaged

LONGEST_NAME = 100
LONGEST_REASON = 500
SHOWN_PROBLEMS = 20
# Who put version 1 in force.
INIT = "init"


class State(StrEnum):
    """Where a version stands."""

    PROPOSED = "proposed"
    REJECTED = "rejected"
    APPROVED = "approved"  # its date is still to come
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"


class LevelPolicyVersion(Model):
    """A version. *base* is the version that was the last approved one when this was proposed (0: none)."""

    __tablename__ = "level_policy_versions"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    document: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    base: Mapped[int] = mapped_column(Integer)
    effective_from: Mapped[datetime] = mapped_column(UtcDateTime)
    proposed_by: Mapped[str] = mapped_column(String(LONGEST_NAME))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    approved_by: Mapped[str | None] = mapped_column(String(LONGEST_NAME))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rejected_by: Mapped[str | None] = mapped_column(String(LONGEST_NAME))
    rejected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rejected_reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))

    @property
    def policy(self) -> Policy:
        """What the version says; raises PolicyError when an older program's rules were others."""
        return policy_file.parse(self.document)


def propose(text: str, effective_from: datetime | None, by: str) -> LevelPolicyVersion:
    """Propose *text* to hold from that moment (None: as soon as it is approved). *by*: its actor on record.

    Raises InvalidInput: ``level_file_wrong`` (``problems`` in its detail), ``level_file_expired``,
    ``level_file_not_begun``, ``level_policy_same``. The caller commits.
    """
    schema.take_turn()
    try:
        policy = policy_file.parse(text)
    except PolicyError as error:
        raise _wrong_file(error) from error
    now = clock.now()
    moment = max(effective_from or now, now)
    if effective_from is None and policy.valid_from is not None:
        moment = max(moment, policy.valid_from)
    check_dates(policy, moment)
    digest = digest_of(text)
    last = find_last_approved()
    if last is not None and last.digest == digest:
        raise InvalidInput(
            "level_policy_same", "This is the policy that is in force already", field="document"
        )
    version = LevelPolicyVersion(
        number=(db.session.scalar(select(func.max(LevelPolicyVersion.number))) or 0) + 1,
        document=text,
        digest=digest,
        base=last.number if last is not None else 0,
        effective_from=moment,
        proposed_by=by,
        proposed_at=now,
    )
    db.session.add(version)
    log.record(
        EventName.LEVEL_POLICY_PROPOSED,
        actor=by,
        number=version.number,
        policy_digest=digest,
        effective_from=moment.isoformat(),
    )
    db.session.flush()
    return version


def approve(number: int, by: str) -> LevelPolicyVersion:
    """Let a proposed version hold from its date, or from now when that has passed.

    Whether two names stand for one person the caller knows (`idp.operators.appointing.is_same_person`). Raises
    Forbidden ``level_policy_own`` for the one who proposed it, Conflict ``level_policy_decided`` (somebody
    decided) or ``level_policy_outdated`` (another version was approved after it was proposed), InvalidInput
    ``level_file_expired`` (it ended while it waited), NotFound. The caller commits, then calls `current.announce`.
    """
    schema.take_turn()
    version = get(number)
    check_undecided(version)
    if version.proposed_by == by:
        raise Forbidden(
            "level_policy_own", "You proposed this version yourself. Somebody else must approve it"
        )
    last = find_last_approved()
    if (last.number if last is not None else 0) != version.base:
        raise Conflict(
            "level_policy_outdated",
            "Another version was approved after this one was proposed. Propose it again",
        )
    _approve(version, by)
    log.record(EventName.LEVEL_POLICY_APPROVED, actor=by, **_facts(version))
    db.session.flush()
    return version


def reject(number: int, by: str, reason: str) -> LevelPolicyVersion:
    """Decide against a proposed version; its proposer may do so too. Raises Conflict, NotFound. The caller commits."""
    schema.take_turn()
    version = get(number)
    check_undecided(version)
    version.rejected_by, version.rejected_at = by, clock.now()
    version.rejected_reason = reason[:LONGEST_REASON]
    log.record(EventName.LEVEL_POLICY_REJECTED, actor=by, number=number, policy_digest=version.digest)
    db.session.flush()
    return version


def apply(text: str, effective_from: datetime | None, by: str) -> LevelPolicyVersion:
    """Put *text* in force from the command line, whose users hold the keys anyway; on record as such. As `propose`."""
    version = propose(text, effective_from, by)
    _approve(version, by)
    log.record(EventName.LEVEL_POLICY_APPLIED, actor=by, **_facts(version))
    db.session.flush()
    return version


def apply_packaged() -> LevelPolicyVersion | None:
    """Put the packaged file in force as version 1; None when there are versions already. The caller commits."""
    if db.session.scalar(select(func.max(LevelPolicyVersion.number))) is not None:
        return None
    return apply(packaged.text(), None, INIT)


def find(number: int) -> LevelPolicyVersion | None:
    """Return the version, or None."""
    return db.session.get(LevelPolicyVersion, number)


def get(number: int) -> LevelPolicyVersion:
    """Return the version as it is now; raises NotFound ``level_policy_unknown``."""
    version = db.session.get(LevelPolicyVersion, number, populate_existing=True)
    if version is None:
        raise NotFound("level_policy_unknown", "There is no version with this number", detail=str(number))
    return version


def history(before: int | None = None, limit: int = 50) -> Sequence[LevelPolicyVersion]:
    """Return versions, newest first; *before*: the last number of the page before."""
    wanted = select(LevelPolicyVersion).order_by(LevelPolicyVersion.number.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(LevelPolicyVersion.number < before)
    return db.session.scalars(wanted).all()


def find_last_approved() -> LevelPolicyVersion | None:
    """Return the version that was approved last, in force or still to come."""
    return db.session.scalars(
        select(LevelPolicyVersion)
        .where(LevelPolicyVersion.approved_at.is_not(None))
        .order_by(LevelPolicyVersion.approved_at.desc(), LevelPolicyVersion.number.desc())
        .limit(1)
    ).first()


def state_of(version: LevelPolicyVersion, in_force: int, now: datetime) -> State:
    """Return where *version* stands when number *in_force* holds now."""
    if version.rejected_at is not None:
        return State.REJECTED
    if version.approved_at is None:
        return State.PROPOSED
    if version.number == in_force:
        return State.IN_FORCE
    return State.APPROVED if version.effective_from > now else State.SUPERSEDED


def check_undecided(version: LevelPolicyVersion) -> None:
    """Raise Conflict ``level_policy_decided`` when somebody approved or rejected it."""
    if version.approved_at is not None or version.rejected_at is not None:
        raise Conflict("level_policy_decided", "Somebody has decided on this version already")


def check_dates(policy: Policy, moment: datetime) -> None:
    """Raise InvalidInput when the file's own dates forbid that it holds from *moment* on."""
    if policy.is_expired(moment):
        raise InvalidInput(
            "level_file_expired",
            "This level file has ended by its own date. Give it a later valid_until",
            detail=f"valid_until {policy.valid_until}",
            field="document",
        )
    if not policy.is_begun(moment):
        raise InvalidInput(
            "level_file_not_begun",
            "This level file begins later than the date it should be in force from",
            detail=f"valid_from {policy.valid_from}",
            field="effective_from",
        )


def digest_of(text: str) -> str:
    """Return the SHA-256 of a file's text, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _approve(version: LevelPolicyVersion, by: str) -> None:
    now = clock.now()
    # What holds is never written into the past.
    version.effective_from = max(version.effective_from, now)
    check_dates(version.policy, version.effective_from)
    version.approved_by, version.approved_at = by, now


def _facts(version: LevelPolicyVersion) -> dict[str, Any]:
    return {
        "number": version.number,
        "policy_digest": version.digest,
        "effective_from": version.effective_from.isoformat(),
    }


def _wrong_file(error: PolicyError) -> InvalidInput:
    problems = [str(problem) for problem in error.problems[:SHOWN_PROBLEMS]]
    return InvalidInput(
        "level_file_wrong", "The level file has mistakes", detail="; ".join(problems), field="document"
    )
