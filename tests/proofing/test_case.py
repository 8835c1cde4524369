"""Cases and the officials who decide them: one at an agency point, two at a counter, never one's own."""

import threading
from datetime import timedelta
from uuid import UUID

import pytest

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import identity as identities
from idp.audit.log import AuditEvent
from idp.db import commit, db
from idp.errors import Conflict, Forbidden, InvalidInput, NotFound
from idp.proofing import case as cases
from idp.proofing import case_row, evidence
from idp.proofing.case_row import ProofingCase
from idp.uuid7 import uuid7
from tests.person import Person
from tests.proofing.conftest import number, submit
from tests.proofing.register_server import RegisterServer
from tests.provider import Provider

FIRST, SECOND = uuid7(), uuid7()
WEST_LAKE = "330106"


def prepared(person: Person, verifier: str = "counter", sequence: int = 1) -> ProofingCase:
    return submit(person, verifier, name="李娜", number=number(sequence), division=WEST_LAKE)


def test_a_counter_case_is_decided_by_two_officials(proving: Provider, server: RegisterServer) -> None:
    person = proving.person()
    with proving.context():
        case = prepared(person)
        assert (case.state, case.reasons, case.division_code) == ("waiting", ["for_official"], WEST_LAKE)
        assert cases.needs_two(case)
        assert cases.examiner(case) is None
        cases.examine(case, FIRST, note="原件与本人一致")
        assert case.reasons == ["for_second_official"]
        assert cases.examiner(case) == FIRST
        cases.decide(case, SECOND, approve=True, reason="同意")
        commit()
        account = accounts.get(person.id)
        assert (case.state, case.evidence, case.given_sealed) == ("approved", "counter", None)
        assert evidence.level(account, clock.now()) == 4
        assert accounts.name_of(account) == "李娜"
        assert identities.of(account) == identities.Identity("citizen_id", number(1), "CHN")
        assert [(one["act"], one["account"]) for one in case.decided_by] == [
            ("examined", str(FIRST)),
            ("approved", str(SECOND)),
        ]
    assert not server.asked


def test_one_official_alone_decides_nothing_at_a_counter(proving: Provider) -> None:
    person = proving.person()
    with proving.context():
        case = prepared(person)
        with pytest.raises(Conflict, match="case_not_examined"):
            cases.decide(case, FIRST, approve=True, reason="")
        cases.examine(case, FIRST, person_id=(me := uuid7()))
        with pytest.raises(Conflict, match="case_examined"):
            cases.examine(case, SECOND)
        with pytest.raises(Forbidden, match="second_official_needed"):
            cases.decide(case, FIRST, approve=True, reason="")
        # Another post of the same person is the same person.
        with pytest.raises(Forbidden, match="second_official_needed"):
            cases.decide(case, SECOND, approve=True, reason="", person_id=me)
        assert case.state == "waiting"
        assert accounts.get(person.id).standing == []


def test_what_an_official_saw_is_what_another_one_approves(proving: Provider) -> None:
    person = proving.person()
    with proving.context():
        case = prepared(person, sequence=1)
        cases.examine(case, FIRST)
        commit()
        # The person changes name and number between the two officials.
        with pytest.raises(Conflict, match="case_busy"):
            submit(person, "counter", name="张伟", number=number(2), division=WEST_LAKE)
        db.session.rollback()
        cases.decide(case, SECOND, approve=True, reason="")
        commit()
        account = accounts.get(person.id)
        assert identities.of(account) == identities.Identity("citizen_id", number(1))
        assert accounts.name_of(account) == "李娜"


def test_what_was_examined_before_a_case_was_sent_anew_counts_no_more(proving: Provider) -> None:
    holder, person = proving.person(), proving.person()
    with proving.context():
        identities.bind(accounts.get(holder.id), identities.Identity("citizen_id", number(1)))
        evidence.add(accounts.get(holder.id), "counter", source="test")
        case = prepared(person, sequence=1)
        cases.examine(case, FIRST)
        cases.decide(case, SECOND, approve=True, reason="")
        commit()
        assert (case.state, case.reasons) == ("undecided", ["identity_taken"])
        again = prepared(person, sequence=2)
        assert (again.id, again.state, cases.examiner(again)) == (case.id, "waiting", None)
        with pytest.raises(Conflict, match="case_not_examined"):
            cases.decide(case, SECOND, approve=True, reason="")
        cases.examine(case, FIRST)
        assert cases.examiner(case) == FIRST


def test_nobody_decides_their_own_case(proving: Provider) -> None:
    person = proving.person()
    with proving.context():
        case = prepared(person)
        with pytest.raises(Forbidden, match="own_case"):
            cases.examine(case, FIRST, person_id=person.id)
        with pytest.raises(Forbidden, match="own_case"):
            cases.decide(case, person.id, approve=False, reason="")


def test_at_an_agency_point_one_clerk_vouches(proving: Provider) -> None:
    person = proving.person()
    with proving.context():
        case = prepared(person, "point")
        with pytest.raises(Conflict, match="case_needs_one_official"):
            cases.examine(case, FIRST)
        cases.decide(case, FIRST, approve=True, reason="")
        commit()
        assert evidence.level(accounts.get(person.id), clock.now()) == 3


def test_a_refusal_needs_one_official_and_tells_why(proving: Provider) -> None:
    person = proving.person()
    with proving.context():
        case = prepared(person)
        cases.decide(case, FIRST, approve=False, reason="照" * 500)
        commit()
        assert (case.state, case.reasons) == ("refused", ["refused_by_official"])
        assert case.decided_by[-1]["note"] == "照" * 200
        with pytest.raises(Conflict, match="case_closed"):
            cases.decide(case, SECOND, approve=True, reason="")


def test_what_is_not_sent_yet_or_asks_a_register_is_no_officials_case(proving: Provider) -> None:
    person = proving.person()
    with proving.context():
        account = accounts.get(person.id)
        with pytest.raises(Conflict, match="case_not_ready"):
            cases.examine(cases.begin(account, "counter"), FIRST)
        with pytest.raises(NotFound):
            cases.decide(cases.begin(account, "register"), FIRST, approve=True, reason="")


def test_of_two_who_approve_at_once_one_does(proving: Provider) -> None:
    person = proving.person()
    with proving.context():
        case_id = prepared(person).id
        cases.examine(case_row.get(case_id), FIRST)
        commit()
    outcomes: list[str] = []

    def approve(by: UUID) -> None:
        with proving.context():
            try:
                cases.decide(case_row.get(case_id), by, approve=True, reason="")
                commit()
                outcomes.append("approved")
            except Conflict as error:
                outcomes.append(error.code)

    threads = [threading.Thread(target=approve, args=(uuid7(),)) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(outcomes) == ["approved", "case_closed"]
    with proving.context():
        assert len(evidence.of_account(person.id)) == 1


def test_a_number_that_somebody_proved_meanwhile_leaves_the_counter_case_undecided(proving: Provider) -> None:
    one, other = proving.person(), proving.person()
    with proving.context():
        case = prepared(one, "point")
        cases.decide(prepared(other, "point"), FIRST, approve=True, reason="")
        cases.decide(case, FIRST, approve=True, reason="")
        commit()
        assert (case.state, case.reasons) == ("undecided", ["identity_taken"])
        assert accounts.get(one.id).standing == []


def test_a_case_begun_twice_is_one_case(proving: Provider) -> None:
    person = proving.person()
    with proving.context():
        account = accounts.get(person.id)
        one = cases.begin(account, "register")
        assert cases.begin(account, "register", return_to="/authorize/x").id == one.id
        assert one.return_to == "/authorize/x"
        commit()
        assert [case.id for case in cases.of_account(person.id)] == [one.id]
        assert cases.begin(account, "bank4").id != one.id


def test_a_case_is_found_by_its_number_however_it_is_typed(proving: Provider) -> None:
    person = proving.person()
    with proving.context():
        case = prepared(person)
        for typed in (case.number, case.printed_number, f" {case.printed_number.lower()} "):
            found = cases.find_by_number(typed)
            assert found is not None
            assert found.id == case.id
        for typed in ("", "X" * 12, "4T7K", "'; drop table --", "9" * 10_000):
            assert cases.find_by_number(typed) is None


def test_somebody_elses_case_is_as_unknown_as_none(proving: Provider) -> None:
    one, other = proving.person(), proving.person()
    with proving.context():
        case = prepared(one)
        assert cases.get_own(case.id, one.id) is case
        for case_id in (case.id, uuid7()):
            with pytest.raises(NotFound, match="case_unknown"):
                cases.get_own(case_id, other.id)


def test_the_queue_holds_what_waits_in_a_division_and_below(proving: Provider) -> None:
    mine, elsewhere = proving.person(), proving.person()
    with proving.context():
        case = prepared(mine)
        submit(elsewhere, "counter", name="王芳", number=number(2), division="110101")
        submit(mine, "register", name="李娜", number=number(1))
        for prefixes in (["330106"], ["3301"], ["33"], ["44", "33"]):
            assert [one.id for one in cases.queue(prefixes)] == [case.id]
        assert cases.queue([]) == []
        assert cases.queue(["3302"]) == []
        assert cases.queue(["33"], after=case.id) == []
        cases.cancel(case)
        assert cases.queue(["33"]) == []


def test_a_place_that_does_not_exist_is_refused(proving: Provider) -> None:
    person = proving.person()
    with proving.context(), pytest.raises(InvalidInput) as caught:
        submit(person, "counter", name="李娜", number=number(1), division="999999")
    assert caught.value.field == "division"


def test_an_unfinished_case_ends_after_its_life_and_is_forgotten(proving: Provider) -> None:
    person = proving.person()
    with proving.context():
        case = prepared(person)
        assert cases.expire_due() == 0
        with clock.shifted(cases.LIFE + timedelta(seconds=1)):
            assert cases.expire_due() == 1
            assert cases.expire_due() == 0
        commit()
        assert (case.state, case.given_sealed) == ("expired", None)
        with pytest.raises(Conflict, match="case_closed"):
            cases.examine(case, FIRST)
        assert cases.find_open(person.id, "counter") is None


def test_cancelling_twice_does_no_harm_and_everything_is_on_record(proving: Provider) -> None:
    person = proving.person()
    with proving.context():
        case = prepared(person)
        cases.cancel(case)
        cases.cancel(case)
        commit()
        assert case.state == "cancelled"
        events = [one for one in db.session.query(AuditEvent) if one.account_id == person.id]
        recorded = [one.name for one in sorted(events, key=lambda one: one.id)]
        assert recorded[-2:] == ["proofing.started", "proofing.decided"]
        assert number(1) not in str([one.data for one in events])
        assert "李娜" not in str([one.data for one in events])
