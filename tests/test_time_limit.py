"""The first end of what a page lives on."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp import clock, time_limit
from idp.journey import journey as journeys
from idp.journey.journey import Journey
from idp.sessions import session as sessions
from idp.sessions.session import Browser, Session
from idp.sessions.terms import Terms
from idp.time_limit import Needs
from tests.provider import Provider

HALF_AN_HOUR = 1800
SECONDS = st.integers(1, 5000)


@pytest.fixture(scope="module")
def anybody(provider: Provider) -> UUID:
    return provider.person().id


@pytest.fixture(autouse=True)
def _inside(provider: Provider) -> Iterator[None]:
    with provider.context():
        yield


def session_of(account_id: UUID, **terms: int) -> Session:
    made, _secret = sessions.start(account_id, ["pwd", "otp", "mfa"], Browser("test", ""), Terms(**terms))
    return made


def journey_ending(seconds: float, **facts: object) -> Journey:
    begun = journeys.begin("device").changed(**facts)
    return replace(begun, ends_at=clock.now() + timedelta(seconds=seconds), life=HALF_AN_HOUR)


def test_a_page_that_needs_nothing_has_no_end() -> None:
    assert time_limit.find(Needs(), None, None) is None


@pytest.mark.parametrize("needs", [Needs(journey="x"), Needs(session=True), Needs("x", session=True)])
def test_what_is_needed_and_gone_has_ended(needs: Needs) -> None:
    limit = time_limit.find(needs, None, None)
    assert limit is not None
    assert (limit.seconds, limit.can_extend, limit.person) == (0, False, "")


@given(journey=SECONDS, idle=SECONDS, absolute=SECONDS, max_age=SECONDS)
def test_the_first_end_counts(anybody: UUID, journey: int, idle: int, absolute: int, max_age: int) -> None:
    session = session_of(anybody, idle=idle, absolute=absolute)
    needs = Needs(journey="x", session=True, max_age=max_age)
    limit = time_limit.find(needs, journey_ending(journey), session)
    assert limit is not None
    first = min(journey, idle, absolute, max_age)
    assert first - 3 <= limit.seconds <= first
    kinds = {"journey": journey, "session": min(idle, absolute), "proof": max_age}
    assert kinds[limit.kind] <= first + 1
    if limit.kind == "session":
        assert limit.can_extend == (idle < absolute)


def test_strength_counts_only_where_one_factor_would_not_do(anybody: UUID) -> None:
    session = session_of(anybody, strong_idle=300)
    without = time_limit.find(Needs(session=True), None, session)
    needed = time_limit.find(Needs(session=True, level=3), None, session)
    assert without is not None
    assert needed is not None
    assert without.seconds > HALF_AN_HOUR
    assert (needed.kind, needed.can_extend) == ("proof", True)
    assert needed.seconds <= 300
    last = session_of(anybody, strong_idle=300, strong_absolute=300)
    at_last = time_limit.find(Needs(session=True, level=3), None, last)
    assert at_last is not None
    assert not at_last.can_extend


def test_a_first_factor_is_not_extended_with_its_journey() -> None:
    begun = clock.now() - timedelta(minutes=20)
    waiting = journey_ending(HALF_AN_HOUR, pending_account="x", pending_at=begun.timestamp())
    limit = time_limit.find(Needs(journey="x"), waiting, None)
    assert limit is not None
    assert not limit.can_extend
    assert 590 <= limit.seconds <= 600
    fresh = journey_ending(600, pending_account="x")
    limit = time_limit.find(Needs(journey="x"), fresh, None)
    assert limit is not None
    assert limit.can_extend


def test_a_query_says_what_a_page_needs() -> None:
    assert Needs().query == ""
    assert (
        Needs("a-b", session=True, max_age=300, level=3).query == "journey=a-b&session=1&max_age=300&level=3"
    )


def test_a_fresh_login_lives_for_minutes_so_the_warning_is_shorter(anybody: UUID) -> None:
    session = session_of(anybody)
    limits = [
        time_limit.find(needs, None, session)
        for needs in (Needs(session=True), Needs("", session=True, max_age=300))
    ]
    assert [limit.warned for limit in limits if limit] == [120, 60]
