"""What officials did is found under the division it was about, and every one above."""

import pytest

from idp.db import commit, db
from idp.operators import appointing, record
from idp.operators.rights import Role
from tests.operators.conftest import CITY, COUNTY, NEIGHBOUR, PROVINCE, MakeCitizen, MakePost


def test_an_act_is_filed_under_its_division_and_those_above(
    make_post: MakePost, make_citizen: MakeCitizen
) -> None:
    by, person = make_post(Role.PROOFING_CLERK, at=COUNTY), make_citizen()
    with record.acting(by, COUNTY):
        record.viewed("look_up", account_id=person.id, reason="asked at window 3")
    commit()
    for code in (COUNTY, CITY, PROVINCE):
        event = record.in_division(code, limit=1)[0]
        assert (event.name, event.account_id) == ("console.viewed", person.id)
        assert event.actor == appointing.actor(by)
        assert event.data == {"page": "look_up", "reason": "asked at window 3"}
    assert all(event.actor != appointing.actor(by) for event in record.in_division(NEIGHBOUR))


def test_without_a_division_it_is_the_officials_own(make_post: MakePost) -> None:
    by = make_post(Role.SUPERVISOR, at="331122")
    with record.acting(by):
        record.viewed("levels")
    commit()
    assert [event.actor for event in record.in_division("331122")] == [appointing.actor(by)]


def test_what_was_not_done_is_not_on_record(make_post: MakePost) -> None:
    by = make_post(Role.SUPERVISOR, at="331123")

    def fail() -> None:
        with record.acting(by):
            record.viewed("levels")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    db.session.rollback()
    assert record.in_division("331123") == []


def test_pages_go_on_by_key(make_post: MakePost) -> None:
    by = make_post(Role.SUPERVISOR, at="331124")
    for number in range(5):
        with record.acting(by):
            record.viewed("levels", number=str(number))
    commit()
    first = record.in_division("331124", limit=3)
    rest = record.in_division("331124", before=first[-1].id)
    assert [event.data["number"] for event in [*first, *rest]] == ["4", "3", "2", "1", "0"]
