"""Versions: two people, one after the other, never into the past, never over somebody else's change."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from idp import clock
from idp.audit import search
from idp.db import commit
from idp.errors import Conflict, Forbidden, InvalidInput, NotFound
from idp.level_policy import current, packaged, version
from idp.level_policy.version import LevelPolicyVersion, State
from tests.accounts.crowd import at_once
from tests.level_policy.conftest import file

GAOYUAN, TANGMIN, THIRD = "person:gaoyuan", "person:tangmin", "person:third"


def proposed(cap: int = 2, *, later: timedelta | None = None) -> LevelPolicyVersion:
    made = version.propose(file(cap), clock.now() + later if later else None, GAOYUAN)
    commit()
    return made


def approved(number: int, by: str = TANGMIN) -> LevelPolicyVersion:
    made = version.approve(number, by)
    commit()
    current.announce()
    return made


def test_one_proposes_another_approves_and_it_holds(context: Flask) -> None:
    assert current.get().caps[2] == 3
    made = proposed()
    assert current.get().caps[2] == 3
    approved(made.number)
    assert current.get().caps[2] == 2
    assert current.in_force().number == made.number == 1
    events = {
        event.name: event
        for event in reversed(search.find(limit=20))
        if event.data.get("policy_digest") == made.digest
    }
    assert events["level_policy.proposed"].actor == GAOYUAN
    assert events["level_policy.approved"].actor == TANGMIN


def test_nobody_approves_what_they_proposed(context: Flask) -> None:
    made = proposed()
    with pytest.raises(Forbidden, match="level_policy_own"):
        version.approve(made.number, GAOYUAN)
    assert version.get(made.number).approved_at is None


def test_it_holds_from_its_date_by_itself(context: Flask) -> None:
    made = proposed(later=timedelta(hours=2))
    approved(made.number)
    assert current.get().caps[2] == 3
    assert [one.number for one in current.CURRENT.get().coming()] == [made.number]
    assert version.state_of(made, current.in_force().number, clock.now()) is State.APPROVED
    with clock.shifted(timedelta(hours=2, seconds=1)):
        assert current.get().caps[2] == 2
        assert current.CURRENT.get().coming() == ()
        assert version.state_of(made, current.in_force().number, clock.now()) is State.IN_FORCE


def test_a_date_that_passed_while_it_waited_becomes_the_moment_of_approval(context: Flask) -> None:
    made = proposed(later=timedelta(minutes=1))
    with clock.shifted(timedelta(hours=1)):
        decided = approved(made.number)
        assert decided.effective_from == decided.approved_at
    late = version.propose(file(4), datetime(2020, 1, 1, tzinfo=UTC), GAOYUAN)
    assert late.effective_from == late.proposed_at


def test_a_decided_version_stays_decided(context: Flask) -> None:
    made = proposed()
    version.reject(made.number, TANGMIN, "too strict for counters")
    commit()
    with pytest.raises(Conflict, match="level_policy_decided"):
        version.approve(made.number, TANGMIN)
    with pytest.raises(Conflict, match="level_policy_decided"):
        version.reject(made.number, TANGMIN, "")
    rejected = version.get(made.number)
    assert (rejected.rejected_by, rejected.rejected_reason) == (TANGMIN, "too strict for counters")
    assert version.state_of(rejected, 0, clock.now()) is State.REJECTED
    assert current.get().caps[2] == 3


def test_what_was_proposed_before_another_approval_must_be_proposed_again(context: Flask) -> None:
    """Else approving an old text would quietly undo what was agreed since."""
    old, new = proposed(2), proposed(4)
    approved(new.number)
    with pytest.raises(Conflict, match="level_policy_outdated"):
        version.approve(old.number, TANGMIN)
    assert current.get().caps[2] == 4


def test_of_two_approvals_at_once_one_wins(context: Flask) -> None:
    old, new = proposed(2), proposed(4)
    commit()
    results = at_once(
        context,
        lambda turn: version.approve((old, new)[turn % 2].number, (TANGMIN, THIRD)[turn % 2]).number,
        6,
    )
    won = [one for one in results if isinstance(one, int)]
    assert len(won) == 1
    assert all(isinstance(one, int | Conflict) for one in results), results
    current.CURRENT.get().forget()
    assert current.in_force().number == won[0]


def test_proposals_at_once_get_numbers_of_their_own(context: Flask) -> None:
    commit()
    results = at_once(context, lambda turn: version.propose(file(days=turn + 1), None, GAOYUAN).number, 6)
    assert sorted(one for one in results if isinstance(one, int)) == [1, 2, 3, 4, 5, 6], results


def test_the_same_text_again_is_refused(context: Flask) -> None:
    approved(proposed().number)
    with pytest.raises(InvalidInput, match="level_policy_same"):
        version.propose(file(2), None, GAOYUAN)


def test_a_file_with_mistakes_is_refused_with_its_reasons(context: Flask) -> None:
    with pytest.raises(InvalidInput, match="level_file_wrong") as caught:
        version.propose(file(9), None, GAOYUAN)
    assert "caps.A2" in caught.value.detail
    assert version.history() == []


def test_an_expired_file_never_comes_into_force(context: Flask) -> None:
    with pytest.raises(InvalidInput, match="level_file_expired"):
        version.propose(file(valid_until="2020-01-01T00:00:00Z"), None, GAOYUAN)
    soon = (clock.now() + timedelta(hours=1)).isoformat(timespec="seconds")
    with pytest.raises(InvalidInput, match="level_file_expired"):
        version.propose(file(valid_until=soon), clock.now() + timedelta(hours=2), GAOYUAN)
    waiting = version.propose(file(2, valid_until=soon), None, GAOYUAN)
    commit()
    with clock.shifted(timedelta(hours=2)):
        with pytest.raises(InvalidInput, match="level_file_expired"):
            version.approve(waiting.number, TANGMIN)
        assert current.get().caps[2] == 3


def test_a_file_that_has_not_begun_waits_for_its_own_date(context: Flask) -> None:
    begin = (clock.now() + timedelta(days=1)).replace(microsecond=0)
    text = file(2, valid_from=begin.isoformat())
    with pytest.raises(InvalidInput, match="level_file_not_begun"):
        version.propose(text, clock.now(), GAOYUAN)
    made = version.propose(text, None, GAOYUAN)
    assert made.effective_from == begin
    commit()
    approved(made.number)
    assert current.get().caps[2] == 3
    with clock.shifted(timedelta(days=1, minutes=1)):
        assert current.get().caps[2] == 2


def test_a_file_that_ends_while_in_force_holds_on_and_is_reported(context: Flask) -> None:
    """There must always be a policy: a date that somebody forgot locks nobody out."""
    soon = (clock.now() + timedelta(hours=1)).isoformat(timespec="seconds")
    made = version.apply(file(2, valid_until=soon), None, "operator:test")
    commit()
    current.announce()
    assert current.report_expired() is False
    with clock.shifted(timedelta(hours=2)):
        assert current.in_force().number == made.number
        assert current.get().caps[2] == 2
        assert current.report_expired() is True


def test_the_packaged_file_is_version_one_once(context: Flask) -> None:
    first = version.apply_packaged()
    assert first is not None
    assert (first.number, first.document, first.approved_by) == (1, packaged.text(), "init")
    commit()
    assert version.apply_packaged() is None
    current.announce()
    assert current.in_force().number == 1


def test_the_history_is_paged_newest_first(context: Flask) -> None:
    for days in (1, 2, 3):
        version.propose(file(days=days), None, GAOYUAN)
    assert [one.number for one in version.history(limit=2)] == [3, 2]
    assert [one.number for one in version.history(before=2)] == [1]
    assert version.find(3) is not None
    assert version.find(9) is None
    with pytest.raises(NotFound, match="level_policy_unknown"):
        version.approve(9, TANGMIN)


def test_a_superseded_version_says_so(context: Flask) -> None:
    first, second = approved(proposed(2).number), approved(proposed(4).number)
    states = [version.state_of(one, current.in_force().number, clock.now()) for one in (first, second)]
    assert states == [State.SUPERSEDED, State.IN_FORCE]
    assert version.state_of(proposed(2), second.number, clock.now()) is State.PROPOSED
