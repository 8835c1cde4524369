"""Nobody is looked up without a reason, in full, or without a trace."""

from collections.abc import Callable

import pytest

from idp.accounts import account as accounts
from idp.accounts import identity as identities
from idp.accounts import notice
from idp.db import commit
from idp.operators import record
from idp.operators.rights import Role
from tests.console.conftest import (
    COUNTY,
    NEIGHBOUR,
    MakeOfficial,
    Official,
    Waiting,
    citizen_number,
    text,
)
from tests.provider import Provider


def look_up(clerk: Official, identifier: str, reason: str = "at window 3, cannot log in") -> int:
    clerk.browser.go("/console/look-up")
    clerk.browser.send("look-up-submit", values={"identifier": identifier, "reason": reason})
    return clerk.browser.response.status_code


def test_what_helps_is_shown_and_nothing_in_full(either: Provider, official: MakeOfficial) -> None:
    citizen = either.person(name="欧阳明月", evidence=("register", "operator3"))
    number = citizen_number()
    with either.context():
        identities.bind(accounts.get(citizen.id), identities.Identity("citizen_id", number))
        commit()
    clerk = official(Role.PROOFING_CLERK)
    assert look_up(clerk, citizen.username) == 200
    said = clerk.browser.response.get_data(as_text=True)
    assert "欧*" in said
    assert "L2" in said
    for secret in (number, number[6:14], "欧阳明月", citizen.phone or "none"):
        assert secret not in said
    with either.context():
        event = record.in_division(COUNTY, limit=1)[0]
        assert (event.name, event.account_id, event.actor) == (
            "console.viewed",
            citizen.id,
            f"official:{clerk.id}",
        )
        assert event.data["reason"] == "at window 3, cannot log in"


@pytest.mark.parametrize("reason", ["", "   ", "x", "a\x00bcd", "x" * 201])
def test_no_look_up_without_a_reason(either: Provider, official: MakeOfficial, reason: str) -> None:
    citizen = either.person()
    clerk = official(Role.PROOFING_CLERK)
    assert look_up(clerk, citizen.username, reason) == 400
    assert "Proven" not in text(clerk.browser)


@pytest.mark.parametrize("identifier", ["", "nobody-there", "x" * 5000, "张", "\x00", "' OR 1=1"])
def test_who_is_not_there_is_not_found_and_that_was_tried_is_known(
    either: Provider, official: MakeOfficial, identifier: str
) -> None:
    clerk = official(Role.PROOFING_APPROVER)
    assert look_up(clerk, identifier) in {400, 404}
    if identifier.strip():
        with either.context():
            assert record.in_division(COUNTY, limit=1)[0].data["found"] is False


def test_officials_are_not_looked_up_here(official: MakeOfficial) -> None:
    clerk, colleague = official(Role.PROOFING_CLERK), official(Role.SUPERVISOR)
    assert look_up(clerk, colleague.person.username) == 404


def test_cases_of_other_divisions_stay_there(official: MakeOfficial, case: Callable[..., Waiting]) -> None:
    waiting = case()
    here, there = official(Role.PROOFING_CLERK), official(Role.PROOFING_CLERK, at=NEIGHBOUR)
    assert look_up(here, waiting.citizen.username) == 200
    assert f"/console/cases/{waiting.id}" in here.browser.response.get_data(as_text=True)
    assert look_up(there, waiting.citizen.username) == 200
    assert str(waiting.id) not in there.browser.response.get_data(as_text=True)


def test_there_is_an_end_to_curiosity(official: MakeOfficial) -> None:
    clerk = official(Role.PROOFING_CLERK)
    statuses = [look_up(clerk, f"nobody{number}") for number in range(61)]
    assert set(statuses[:60]) == {404}
    assert statuses[60] == 429


def test_the_citizen_reads_who_looked_and_why(either: Provider, official: MakeOfficial) -> None:
    citizen = either.person()
    clerk = official(Role.PROOFING_CLERK)
    look_up(clerk, citizen.username, "cannot log in at window 3")
    look_up(clerk, citizen.username, "")
    with either.context():
        (told,) = notice.recent(citizen.id)
        assert told.name == "looked_up"
        assert notice.values_of(told)["reason"] == "cannot log in at window 3"
        assert notice.values_of(told)["organization"]
