"""Claiming an enterprise: true, false, slow and lying registers, two claimants, a new representative."""

from datetime import timedelta

import pytest

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import identity as identities
from idp.accounts.account import Account
from idp.db import commit, db
from idp.errors import Forbidden, InvalidInput, TooMany
from idp.identifiers import citizen_id, uscc
from idp.mandates import ending, managing, mandate
from idp.mandates.decision import ENDED
from idp.proofing import case_row, enterprise_claim, evidence
from idp.setting_sections import Limits
from tests.person import Person
from tests.proofing.conftest import ADDRESS, number
from tests.proofing.register_server import Answer, Question, RegisterServer, problem
from tests.provider import NewProvider, Provider

CODE = "91330106MA28FAKE9N"
FORM = {"uscc": CODE, "enterprise_name": "杭州示例科技有限公司"}


def citizen(proving: Provider, sequence: int, *codes: str) -> Person:
    person = proving.person()
    with proving.context():
        account = accounts.get(person.id)
        identities.bind(account, identities.parse(citizen_id.TYPE, number(sequence)), name=person.name)
        for code in codes or ("chip",):
            evidence.add(account, code, source="test")
        commit()
    return person


def claim(person: Person, **form: str) -> enterprise_claim.Claim:
    return enterprise_claim.submit(accounts.get(person.id), FORM | form, address=ADDRESS)


def enterprise() -> Account | None:
    return identities.find_account(identities.parse(uscc.TYPE, CODE))


def test_the_representative_of_the_register_runs_the_enterprise(proving: Provider) -> None:
    wangfang = citizen(proving, 301)
    with proving.context():
        made = claim(wangfang)
        found = enterprise()
        assert found is not None
        assert made.mandate is not None
        assert (found.kind, accounts.name_of(found)) == ("enterprise", FORM["enterprise_name"])
        assert {one["code"] for one in found.standing} == {"enterprise_register", "representative"}
        assert managing.managers_of(found.id) == [wangfang.id]
        # Again is no second mandate.
        again = claim(wangfang)
        assert again.mandate is not None
        assert again.mandate.id == made.mandate.id


def test_name_and_code_alone_give_nobody_anything(proving: Provider, server: RegisterServer) -> None:
    stranger = citizen(proving, 302)
    server.respond = lambda question: server.signed(
        question, "match", {"status": "active", "representative": "mismatch"}
    )
    with proving.context():
        made = claim(stranger)
        assert (made.case.state, made.case.reasons) == ("refused", ["representative_mismatch"])
        assert made.mandate is None
        found = enterprise()
        assert found is not None
        assert managing.managers_of(found.id) == []
        assert [one.case.state for one in enterprise_claim.find_own(accounts.get(stranger.id))] == ["refused"]


@pytest.mark.parametrize("status", ["dissolved", "revoked"])
def test_a_dissolved_enterprise_is_nobodys(proving: Provider, server: RegisterServer, status: str) -> None:
    person = citizen(proving, 303)
    server.respond = lambda question: server.signed(question, "match", {"status": status})
    with proving.context():
        made = claim(person)
        assert made.case.state == "refused"
        assert enterprise() is None


def test_who_is_not_proven_to_level_3_asks_no_register(proving: Provider, server: RegisterServer) -> None:
    person = citizen(proving, 304, "register")
    asked: list[str] = []

    def respond(question: object) -> object:
        asked.append("asked")
        return problem(500)

    server.respond = respond  # type: ignore[assignment]
    with proving.context(), pytest.raises(Forbidden) as caught:
        claim(person)
    assert caught.value.code == "person_level_too_low"
    assert asked == []


def test_a_claim_waits_for_its_register_and_goes_on_days_later(
    proving: Provider, server: RegisterServer
) -> None:
    person = citizen(proving, 305)
    answering = server.respond
    server.respond = lambda question: problem(503)
    with proving.context():
        made = claim(person)
        assert (made.case.state, made.mandate) == ("waiting", None)
        assert enterprise() is None
        server.respond = answering
        (own,) = enterprise_claim.find_own(accounts.get(person.id))
        done = enterprise_claim.resume(own.case, address=ADDRESS)
        assert done.mandate is not None
        assert enterprise() is not None


def test_typing_another_code_into_a_waiting_claim_leaves_one_account(
    proving: Provider, server: RegisterServer
) -> None:
    person = citizen(proving, 306)
    server.respond = lambda question: problem(503)
    with proving.context():
        first = claim(person)
        second = claim(person, uscc="113300000024567818", enterprise_name="浙江省示范服务中心")
        assert second.enterprise.id == first.enterprise.id
        assert accounts.name_of(second.enterprise) == "浙江省示范服务中心"
        assert [one.enterprise.id for one in enterprise_claim.find_own(accounts.get(person.id))] == [
            first.enterprise.id
        ]


def test_a_new_representative_takes_over_and_the_old_tree_ends(proving: Provider) -> None:
    former, successor = citizen(proving, 307), citizen(proving, 308)
    with proving.context():
        first = claim(former)
        second = claim(successor)
        assert first.mandate is not None
        assert second.mandate is not None
        db.session.expire_all()
        assert mandate.get(first.mandate.id).status == ENDED
        found = enterprise()
        assert found is not None
        assert managing.managers_of(found.id) == [successor.id]
        # What the register said of the former one then does not bring them back now.
        (own,) = enterprise_claim.find_own(accounts.get(former.id))
        assert managing.manages(former.id, own.enterprise.id) is None


@pytest.mark.parametrize(
    "form",
    [
        {"uscc": ""},
        {"uscc": "91330106MA28FAKE9M"},
        {"uscc": "x" * 5000},
        {"enterprise_name": ""},
        {"enterprise_name": "\u202e"},
    ],
)
def test_what_is_no_code_and_no_name_is_refused(proving: Provider, form: dict[str, str]) -> None:
    person = citizen(proving, 309)
    with proving.context(), pytest.raises(InvalidInput) as caught:
        claim(person, **form)
    assert caught.value.field in {"uscc", "enterprise_name"}


def test_a_wrong_name_for_a_known_enterprise_is_refused(proving: Provider) -> None:
    person, other = citizen(proving, 310), citizen(proving, 311)
    with proving.context():
        claim(person)
        with pytest.raises(InvalidInput) as caught:
            claim(other, enterprise_name="另一家公司")
        assert caught.value.code == "enterprise_mismatch"


def test_a_claim_that_leads_nowhere_keeps_nobody_else_out(proving: Provider, server: RegisterServer) -> None:
    stranger, wangfang = citizen(proving, 351), citizen(proving, 352)
    answered = server.respond

    def respond(question: Question) -> Answer:
        asks_for_person = b"representative_name" in question.body
        return (
            server.signed(question, "match", {"status": "asleep"}) if asks_for_person else answered(question)
        )

    server.respond = respond
    with proving.context():
        stuck = claim(stranger).case
        assert (stuck.verifier, stuck.state) == ("representative", "undecided")
        server.respond = answered
        assert claim(wangfang).mandate is not None
        assert case_row.get(stuck.id).state == "cancelled"


def test_evidence_that_has_run_out_makes_nobody_a_representative(
    proving: Provider, server: RegisterServer
) -> None:
    wangfang = citizen(proving, 353)
    with proving.context():
        made = claim(wangfang)
        assert made.mandate is not None
        ending.void_for(made.enterprise.id, ending.NEW_REPRESENTATIVE)
        for piece in evidence.of_account(made.enterprise.id):
            piece.expires_at = clock.now() - timedelta(seconds=1)
        made.enterprise.standing = [
            one | {"until": clock.timestamp() - 1} for one in made.enterprise.standing
        ]
        commit()
        server.respond = lambda question: server.signed(
            question, "match", {"status": "active", "representative": "mismatch"}
        )
        again = enterprise_claim.resume(made.case, address=ADDRESS)
        assert (again.mandate, again.case.reasons) == (None, ["representative_mismatch"])


def test_names_of_enterprises_are_not_tried_without_end(
    new_provider: NewProvider, server: RegisterServer
) -> None:
    provider = new_provider(registers=server.settings(timeout=1.0), limits=Limits(proofings_per_person=5))
    person = citizen(provider, 354)
    with provider.context():
        assert claim(person).mandate is not None
        # The two steps of the claim counted as well.
        for _ in range(3):
            with pytest.raises(InvalidInput):
                claim(person, enterprise_name="杭州公司")
        with pytest.raises(TooMany):
            claim(person, enterprise_name="杭州公司")
