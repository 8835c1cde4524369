"""Evidence as levels see it: what kind, since when, until when. The cases behind it are `idp.proofing`'s. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from idp.assurance.policy import Policy

# Clocks of two of our machines may differ by this much; what claims to be from later than that counts nothing yet.
SKEW = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A piece of evidence; *until* None: it has no end of its own."""

    code: str
    at: datetime
    until: datetime | None = None


def from_standing(standing: Iterable[Mapping[str, Any]]) -> tuple[Evidence, ...]:
    """Return the evidence of an account's ``standing`` (``code``, ``at``, ``until`` in epoch seconds)."""
    return tuple(
        Evidence(
            one["code"],
            datetime.fromtimestamp(one["at"], UTC),
            None if one.get("until") is None else datetime.fromtimestamp(one["until"], UTC),
        )
        for one in standing
    )


def to_standing(evidence: Iterable[Evidence]) -> list[dict[str, Any]]:
    """Return *evidence* as it is kept with the account."""
    return [
        {
            "code": one.code,
            "at": int(one.at.timestamp()),
            "until": None if one.until is None else int(one.until.timestamp()),
        }
        for one in evidence
    ]


def end_of(policy: Policy, evidence: Evidence) -> datetime | None:
    """Return when *evidence* stops counting: its own end or the policy's, whichever is first; None: never."""
    kind = policy.evidence.get(evidence.code)
    if kind is None or kind.days is None:
        return evidence.until
    end = evidence.at + timedelta(days=kind.days)
    return end if evidence.until is None else min(end, evidence.until)


def valid(
    policy: Policy, kind: str, evidence: Iterable[Evidence], now: datetime, max_age: int | None = None
) -> dict[str, datetime]:
    """Return the codes that count for an account of *kind*, each with the time of its newest piece.

    *max_age*: seconds; older pieces do not count (``max_proof_age``).
    """
    found: dict[str, datetime] = {}
    oldest = None if max_age is None else now - timedelta(seconds=max_age)
    latest = now + SKEW
    for one in evidence:
        known = policy.evidence.get(one.code)
        if known is None or kind not in known.kinds or one.at > latest:
            continue
        if oldest is not None and one.at < oldest:
            continue
        end = end_of(policy, one)
        if end is not None and end <= now:
            continue
        if one.code not in found or found[one.code] < one.at:
            found[one.code] = one.at
    return found
