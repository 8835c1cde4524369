"""A case is examined by one official and decided by another, both of its division or above."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from idp.accounts import account as accounts
from idp.accounts import identity as identities
from idp.audit.log import AuditEvent
from idp.db import db
from idp.operators import record
from idp.operators.rights import Role
from idp.proofing import case_row, evidence
from tests.console.conftest import (
    CITY,
    COUNTY,
    NEIGHBOUR,
    PROVINCE,
    MakeOfficial,
    Official,
    Waiting,
    post_directly,
    text,
    with_a_form,
)
from tests.provider import Provider

MakeCase = Callable[..., Waiting]


def path_of(waiting: Waiting) -> str:
    return f"/console/cases/{waiting.id}"


def compared(waiting: Waiting, **changes: str) -> dict[str, str]:
    return {
        "present": "1",
        "genuine": "1",
        "document_number": waiting.document,
        "reason": "identity card seen at window 3",
    } | changes


def examine(clerk: Official, waiting: Waiting, **changes: str) -> int:
    clerk.browser.go(path_of(waiting))
    clerk.browser.send("examine", values=compared(waiting, **changes))
    return clerk.browser.response.status_code


def state_of(provider: Provider, waiting: Waiting) -> str:
    with provider.context():
        return case_row.get(waiting.id).state


def test_examined_by_a_clerk_decided_by_an_approver(
    either: Provider, official: MakeOfficial, case: MakeCase
) -> None:
    waiting = case()
    clerk, approver = official(Role.PROOFING_CLERK), official(Role.PROOFING_APPROVER)
    clerk.browser.go("/console/cases")
    clerk.browser.send("case-find", values={"number": waiting.number.lower()})
    assert clerk.browser.path == path_of(waiting)
    assert waiting.document not in clerk.browser.response.get_data(as_text=True)
    clerk.browser.send("examine", values=compared(waiting))
    assert "Now somebody else decides" in text(clerk.browser)
    assert not clerk.browser.page.forms or "approve" not in clerk.browser.page.forms[-1].buttons
    approver.browser.go(path_of(waiting))
    assert "identity card seen at window 3" in text(approver.browser)
    assert waiting.document not in approver.browser.response.get_data(as_text=True)
    approver.browser.send("approve", values={"reason": "all fits"})
    assert "Approved" in text(approver.browser)
    with either.context():
        account = accounts.get(waiting.citizen.id)
        assert evidence.level(account, account.updated_at) == 4
        bound = identities.of(account)
        assert bound is not None
        assert bound.number == waiting.document
        events = record.in_division(COUNTY, limit=60)
        decided = [event for event in events if event.data.get("case_id") == str(waiting.id)]
        acts = [(event.data["act"], event.actor) for event in decided if event.name == "case.decided"]
        assert acts == [("approve", f"official:{approver.id}"), ("examine", f"official:{clerk.id}")]
        assert all(event.data["reason"] for event in decided if event.name == "case.decided")
        assert any(event.name == "console.viewed" for event in decided)
        assert waiting.document not in str([event.data for event in events])


def test_the_same_person_never_does_both(either: Provider, official: MakeOfficial, case: MakeCase) -> None:
    human = either.person(evidence=("chip",))
    waiting = case()
    both = official(Role.PROOFING_CLERK, Role.PROOFING_APPROVER, human=human)
    other_hat = official(Role.PROOFING_APPROVER, human=human)
    assert examine(both, waiting) == 200
    for hand in (both, other_hat):
        status = post_directly(with_a_form(hand.browser), path_of(waiting), act="approve", reason="me again")
        assert status == 403
    assert state_of(either, waiting) == case_row.WAITING


def test_nobody_decides_a_case_of_their_own(either: Provider, official: MakeOfficial, case: MakeCase) -> None:
    human = either.person(name="李娜", evidence=("chip",))
    mine = case(person=human)
    clerk = official(Role.PROOFING_CLERK, human=human)
    assert examine(clerk, mine) == 403
    assert "case of their own" in text(clerk.browser)


@pytest.mark.parametrize("home", [NEIGHBOUR, "440106", "999999"])
def test_a_case_elsewhere_does_not_exist(
    official: MakeOfficial, case: MakeCase, either: Provider, home: str
) -> None:
    waiting = case()
    stranger = official(Role.PROOFING_CLERK, Role.PROOFING_APPROVER, at=home)
    stranger.browser.go(path_of(waiting))
    assert stranger.browser.response.status_code == 404
    stranger.browser.go("/console/cases")
    assert waiting.number[:4] not in text(stranger.browser)
    stranger.browser.send("case-find", values={"number": waiting.number})
    assert stranger.browser.response.status_code == 404
    for act in ("examine", "approve", "refuse"):
        status = post_directly(with_a_form(stranger.browser), path_of(waiting), act=act, **compared(waiting))
        assert status == 404
    assert state_of(either, waiting) == case_row.WAITING


@pytest.mark.parametrize("home", [CITY, PROVINCE])
def test_divisions_above_see_what_lies_below(official: MakeOfficial, case: MakeCase, home: str) -> None:
    waiting = case()
    above = official(Role.PROOFING_CLERK, at=home)
    assert examine(above, waiting) == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"document_number": "11010519491231002X"},
        {"document_number": ""},
        {"document_number": "x" * 5000},
        {"document_number": "张"},
        {"present": ""},
        {"genuine": "yes"},
        {"reason": ""},
        {"reason": " \t"},
        {"reason": "x" * 201},
        {"reason": "a\x00b"},
    ],
)
def test_what_was_not_compared_is_not_examined(
    either: Provider, official: MakeOfficial, case: MakeCase, changes: dict[str, str]
) -> None:
    waiting = case()
    clerk = official(Role.PROOFING_CLERK)
    assert examine(clerk, waiting, **changes) == 400
    assert "There is a problem" in text(clerk.browser)
    if "document_number" in changes:
        assert waiting.document not in clerk.browser.response.get_data(as_text=True)
    with either.context():
        assert case_row.get(waiting.id).decided_by == []


def test_a_number_is_not_found_out_by_trying(official: MakeOfficial, case: MakeCase) -> None:
    waiting = case()
    clerk = official(Role.PROOFING_CLERK)
    seen = {examine(clerk, waiting, document_number="11010519491231002X") for _ in range(11)}
    assert seen == {400, 429}
    assert examine(clerk, waiting) == 429


def test_an_approver_refuses_and_the_person_keeps_their_level(
    either: Provider, official: MakeOfficial, case: MakeCase
) -> None:
    waiting = case()
    clerk, approver = official(Role.PROOFING_CLERK), official(Role.PROOFING_APPROVER)
    examine(clerk, waiting)
    approver.browser.go(path_of(waiting))
    approver.browser.send("refuse", values={"reason": "the photo is another person's"})
    assert state_of(either, waiting) == case_row.REFUSED
    with either.context():
        account = accounts.get(waiting.citizen.id)
        assert "counter" not in evidence.valid_codes(account, account.updated_at)


def test_at_an_agency_point_one_clerk_vouches(
    either: Provider, official: MakeOfficial, case: MakeCase
) -> None:
    waiting = case("point")
    clerk = official(Role.AGENCY_CLERK)
    clerk.browser.go(path_of(waiting))
    clerk.browser.send("approve", values=compared(waiting, document_number="11010519491231002X"))
    assert clerk.browser.response.status_code == 400
    clerk.browser.send("approve", values=compared(waiting))
    assert state_of(either, waiting) == case_row.APPROVED


@pytest.mark.parametrize(
    ("role", "act", "status"),
    [
        (Role.PROOFING_CLERK, "approve", 409),
        (Role.PROOFING_APPROVER, "examine", 403),
        (Role.PROOFING_APPROVER, "approve", 403),
        (Role.AGENCY_CLERK, "examine", 403),
        (Role.PROOFING_CLERK, "", 400),
        (Role.PROOFING_CLERK, "delete", 400),
    ],
)
def test_who_does_what_when(
    either: Provider, official: MakeOfficial, case: MakeCase, role: Role, act: str, status: int
) -> None:
    waiting = case()
    one = official(role)
    assert post_directly(with_a_form(one.browser), path_of(waiting), act=act, **compared(waiting)) == status
    assert state_of(either, waiting) == case_row.WAITING
    with either.context():
        assert case_row.get(waiting.id).decided_by == []


@pytest.mark.parametrize("case_id", ["x", "1", "' OR 1=1", "019f0000-0000-7000-8000-000000000000", "%00"])
def test_forged_ids(official: MakeOfficial, case_id: str) -> None:
    clerk = official(Role.PROOFING_CLERK)
    clerk.browser.go(f"/console/cases/{case_id}")
    assert clerk.browser.response.status_code == 404


def test_of_two_approvals_at_once_one_counts(
    either: Provider, official: MakeOfficial, case: MakeCase
) -> None:
    waiting = case()
    examine(official(Role.PROOFING_CLERK), waiting)
    approvers = [official(Role.PROOFING_APPROVER) for _ in range(2)]
    for one in approvers:
        one.browser.go(path_of(waiting))
    gate = threading.Barrier(2)

    def approve(one: Official) -> None:
        gate.wait()
        one.browser.send("approve", values={"reason": "all fits"}, follow=False)

    threads = [threading.Thread(target=approve, args=(one,)) for one in approvers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.browser.response.status_code for one in approvers) == [303, 409]
    with either.context():
        wanted = db.select(AuditEvent).where(AuditEvent.account_id == waiting.citizen.id)
        events: Any = db.session.scalars(wanted.where(AuditEvent.name == "evidence.added")).all()
        assert len([event for event in events if event.data["evidence"] == "counter"]) == 1


def test_a_closed_case_shows_what_came_of_it(official: MakeOfficial, case: MakeCase) -> None:
    waiting = case("point")
    clerk = official(Role.PROOFING_CLERK)
    clerk.browser.go(path_of(waiting))
    clerk.browser.send("refuse", values={"reason": "expired card"})
    assert "Refused" in text(clerk.browser)
    assert "expired card" in text(clerk.browser)
    assert (
        post_directly(with_a_form(clerk.browser), path_of(waiting), act="approve", **compared(waiting)) == 409
    )
