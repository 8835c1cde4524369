"""When what a page lives on ends, and whether the person can have more time (WCAG 2.2 §2.2.1). Flask world.

A page lives on its journey, on the session of who is signed in, on a login that is fresh and strong enough; the first
of them to end counts. Pages warn before; more time is given by `idp.pages.more_time`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import urlencode

from flask import g

from idp import clock, signed_in
from idp.assurance import session_level
from idp.journey import journey as journeys
from idp.journey.journey import Journey
from idp.keys import field_cipher
from idp.level_policy import current as level_policy
from idp.sessions.session import Session
from idp.settings import SETTINGS
from idp.signed_in import Proof

Kind = Literal["journey", "session", "proof"]
WARNED = 120  # seconds before the end
WARNED_OF_PROOF = 60  # it lives for minutes only


@dataclass(frozen=True)
class Needs:
    """What a page lives on. ``journey`` is the id of one; ``level`` one that a single factor does not reach, or 0."""

    journey: str = ""
    session: bool = False
    max_age: int | None = None
    level: int = 0

    @property
    def query(self) -> str:
        """The same as a query, for asking again."""
        named = {
            "journey": self.journey,
            "session": "1" if self.session else "",
            "max_age": str(self.max_age or ""),
            "level": str(self.level or ""),
        }
        return urlencode({name: value for name, value in named.items() if value})


@dataclass(frozen=True)
class TimeLimit:
    """The first end of what *needs* names, in ``seconds`` from now. ``person`` tells sessions of two people apart."""

    kind: Kind
    ends_at: datetime
    seconds: int
    can_extend: bool
    needs: Needs
    person: str

    @property
    def warned(self) -> int:
        """How many seconds before the end the person is warned."""
        return WARNED_OF_PROOF if self.kind == "proof" else WARNED


def of_page() -> TimeLimit | None:
    """Return the time limit of the page of this request; None when it lives on nothing that ends."""
    journey: Journey | None = g.get("journey")
    session: Session | None = g.get("journey_session")
    needs = Needs(journey=journey.id if journey else "", session=session is not None)
    if "signed_in" in g and journey is None:
        session = signed_in.current().session
        proof = signed_in.proof()
        needs = Needs(session=True, max_age=proof.max_age, level=_level(proof))
    return find(needs, journey, session)


def find(needs: Needs, journey: Journey | None, session: Session | None) -> TimeLimit | None:
    """Return the first end of what is needed of *journey* and *session*; None when there is none.

    What is needed and is not there has ended already.
    """
    now = clock.now()
    ends: list[tuple[datetime, Kind, bool]] = []
    if needs.journey:
        ends.append(_of_journey(journey, now))
    if needs.session and session is None:
        ends.append((now, "session", False))
    if needs.session and session is not None:
        ends += _of_session(session, needs)
    if not ends:
        return None
    ends_at, kind, can_extend = min(ends)
    return TimeLimit(
        kind=kind,
        ends_at=ends_at,
        seconds=max(0, int((ends_at - now).total_seconds())),
        can_extend=can_extend and ends_at > now,
        needs=needs,
        person=_tag(session) if session else "",
    )


def _of_journey(journey: Journey | None, now: datetime) -> tuple[datetime, Kind, bool]:
    if journey is None or journey.ends_at is None:
        return now, "journey", False
    if journey.pending_account is not None:
        # The first factor counts for as long as it does, however often the journey is given more time.
        factor_ends = datetime.fromtimestamp(journey.pending_at, UTC) + timedelta(
            seconds=SETTINGS.get().lifetimes.journey
        )
        if factor_ends <= journey.ends_at:
            return factor_ends, "journey", False
    return journey.ends_at, "journey", journeys.may_extend(journey, now)


def _of_session(session: Session, needs: Needs) -> list[tuple[datetime, Kind, bool]]:
    idle = session.idle_until or session.expires_at
    ends: list[tuple[datetime, Kind, bool]] = [
        (min(idle, session.expires_at), "session", idle < session.expires_at)
    ]
    if needs.max_age is not None:
        ends.append((session.auth_time + timedelta(seconds=needs.max_age), "proof", False))
    if needs.level and session.strong_until is not None:
        longest = session.auth_time + timedelta(seconds=session.terms.strong_absolute)
        ends.append((session.strong_until, "proof", session.strong_until < longest))
    return ends


def _level(proof: Proof) -> int:
    """Return the page's level where it is out of reach with one factor."""
    alone = session_level.of(level_policy.get(), proof.level, 1) if proof.level else 0
    return proof.level if proof.level > alone else 0


def _tag(session: Session) -> str:
    return field_cipher.blind_index("time-limit", str(session.account_id)).hex()[:16]
