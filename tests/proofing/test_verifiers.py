"""Each way of proving: what it asks, and what it believes; enterprises and vouchers among them."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import identity as identities
from idp.accounts.account import Account
from idp.db import commit, db
from idp.errors import Conflict, Forbidden, InvalidInput, NotFound, TooMany
from idp.level_policy import current
from idp.outbox.message import OutboxMessage
from idp.proofing import attempt, evidence, verifiers, vouching
from idp.proofing import case as cases
from idp.proofing.case_row import ProofingCase
from idp.proofing.verifiers import bank4
from idp.uuid7 import uuid7
from tests.person import Person
from tests.proofing.conftest import ADDRESS, number, submit
from tests.proofing.register_server import RegisterServer, problem
from tests.provider import Provider

ME = number(1)
USCC = "91330106MA28FAKE9N"
COMPANY = "杭州示例科技有限公司"


def enterprise() -> Account:
    facts = accounts.Person(f"company{uuid7().hex[-12:]}", COMPANY)
    return accounts.create(facts, kind=accounts.ENTERPRISE)


def claim(account: Account, person: Person, verifier: str, **form: str) -> ProofingCase:
    case = cases.begin(account, verifier, person_id=person.id)
    attempt.submit(case, {"enterprise_name": COMPANY, "uscc": USCC} | form, address=ADDRESS)
    return case


def test_every_verifier_earns_evidence_that_the_policy_knows(proving: Provider) -> None:
    with proving.context():
        catalogue = current.get().evidence
        for one in verifiers.ALL:
            assert one.KIND in catalogue[one.CODE].kinds, one.CODE
            assert catalogue.keys() >= one.NEEDS


def test_a_face_is_never_needed(proving: Provider) -> None:
    with proving.context():
        policy = current.get()
        for level in (2, 3, 4):
            routes = [route for route in policy.proofing["citizen"] if route.level == level]
            assert any("face" not in route.needs for route in routes)


@pytest.mark.parametrize("card", ["6222020000000000000", "4111111111111111", "621799331002700141"])
def test_a_card_number_has_its_check_digit(card: str) -> None:
    assert bank4.is_card(card)
    wrong = card[:-1] + str((int(card[-1]) + 1) % 10)
    assert not bank4.is_card(wrong)


@pytest.mark.parametrize("card", ["", "1", "６222", "0" * 11, "0" * 20, "62220200x0000000000"])
def test_what_is_no_card_number_is_none(card: str) -> None:
    assert not bank4.is_card(card)


def test_the_bank_is_asked_for_all_four(proving: Provider, server: RegisterServer) -> None:
    person = proving.person()
    with proving.context():
        form = {"name": "李娜", "number": ME, "phone": "138 0013 8000", "card": "4111 1111 1111 1111"}
        assert submit(person, "bank4", **form).state == "approved"
    asked = json.loads(server.asked[0].body)
    assert asked == {
        "name": "李娜",
        "number": ME,
        "phone": "+8613800138000",
        "card_number": "4111111111111111",
    }


@pytest.mark.parametrize(
    ("details", "state", "reason"),
    [
        ({"live": False}, "refused", "not_live"),
        ({"live": "yes"}, "undecided", "answer_contradictory"),
        ({}, "undecided", "answer_contradictory"),
    ],
)
def test_a_face_that_is_not_surely_alive_proves_nothing(
    proving: Provider, server: RegisterServer, details: dict[str, Any], state: str, reason: str
) -> None:
    person = proving.person()
    with proving.context():
        submit(person, "register", name="李娜", number=ME)
        server.respond = lambda question: server.signed(question, "match", details)
        case = submit(person, "face", consent="yes", image="/9j/2gAGc2NhbhL/2Q==")
        assert (case.state, case.reasons) == (state, [reason])


@pytest.mark.parametrize("image", ["", "!!", "aGVsbG8=", "/9j/" + "A" * 700_000])
def test_what_is_no_picture_goes_nowhere(proving: Provider, server: RegisterServer, image: str) -> None:
    person = proving.person()
    with proving.context():
        submit(person, "register", name="李娜", number=ME)
        server.asked.clear()
        with pytest.raises(InvalidInput) as caught:
            submit(person, "face", consent="yes", image=image)
        assert caught.value.field == "image"
    assert not server.asked


@pytest.mark.parametrize(
    ("details", "state", "reason"),
    [
        ({"name": "李娜", "number": ME, "holder_checked": True}, "approved", None),
        ({"name": "李娜", "number": ME, "holder_checked": False}, "refused", "reading_not_valid"),
        ({"name": "李娜", "number": ME}, "refused", "reading_not_valid"),
        ({"name": 7, "number": ME, "holder_checked": True}, "undecided", "answer_contradictory"),
        ({"name": "李娜", "number": "1", "holder_checked": True}, "undecided", "answer_contradictory"),
        ({"name": "王芳", "number": ME, "holder_checked": True}, "undecided", "name_differs"),
        ({"name": "李娜", "number": number(5), "holder_checked": True}, "undecided", "identity_differs"),
    ],
)
def test_a_chip_is_believed_when_it_fits_what_is_proven(
    proving: Provider, server: RegisterServer, details: dict[str, Any], state: str, reason: str | None
) -> None:
    person = proving.person()
    with proving.context():
        submit(person, "register", name="李娜", number=ME)
        server.respond = lambda question: server.signed(question, "match", details)
        case = submit(person, "chip", reading="ey.aa.bb")
        assert (case.state, case.reasons) == (state, [reason] if reason else [])


@pytest.mark.parametrize("until", [None, 7, "soon", "2020-01-01T00:00:00+00:00", "2099-01-01", True])
def test_a_network_certificate_without_a_good_end_proves_nothing(
    proving: Provider, server: RegisterServer, until: object
) -> None:
    person = proving.person()
    answer = {"pseudonym": "wz-9", "valid_until": until}
    server.respond = lambda question: server.signed(question, "match", answer)
    with proving.context():
        assert submit(person, "network_id", presentation="a.b.c").state in {"refused", "undecided"}
        assert evidence.of_account(person.id) == []


@pytest.mark.parametrize(
    ("way", "field"), [("network_id", "presentation"), ("chip", "reading"), ("business_licence", "licence")]
)
@pytest.mark.parametrize("text", ["", " \n ", "字", "a" * 20_000])
def test_what_was_pasted_wrong_is_said(proving: Provider, way: str, field: str, text: str) -> None:
    person = proving.person()
    with proving.context():
        account = enterprise() if way == "business_licence" else accounts.get(person.id)
        case = cases.begin(account, way, person_id=person.id)
        form = {field: text, "uscc": USCC, "enterprise_name": COMPANY}
        with pytest.raises(InvalidInput) as caught:
            attempt.submit(case, form, address=ADDRESS)
        assert caught.value.field == field


def test_a_question_that_is_refused_is_not_asked_for_ever(proving: Provider, server: RegisterServer) -> None:
    person = proving.person()
    server.respond = lambda question: problem(422)
    with proving.context():
        case = submit(person, "register", name="李娜", number=ME)
        assert (case.state, case.reasons, case.next_attempt_at) == ("undecided", ["not_accepted"], None)


def test_an_enterprise_rises_by_its_register_and_its_representative(proving: Provider) -> None:
    person = proving.person()
    with proving.context():
        submit(person, "register", name="王芳", number=ME)
        account = enterprise()
        assert claim(account, person, "enterprise_register").state == "approved"
        assert identities.of(account) == identities.Identity("uscc", USCC, "CHN")
        assert evidence.level(account, clock.now()) == 2
        with pytest.raises(Forbidden, match="person_level_too_low"):
            claim(account, person, "representative")
        submit(person, "chip", reading="ey.aa.bb")
        submit(person, "operator3", phone="13800138000")
        submit(person, "bank4", phone="13800138000", card="4111111111111111")
        assert evidence.level(accounts.get(person.id), clock.now()) == 3
        assert claim(account, person, "representative").state == "approved"
        assert evidence.level(account, clock.now()) == 3


@pytest.mark.parametrize(
    ("details", "state", "reason"),
    [
        ({"status": "dissolved"}, "refused", "enterprise_dissolved"),
        ({"status": "revoked"}, "refused", "enterprise_dissolved"),
        ({"status": "?"}, "undecided", "answer_contradictory"),
    ],
)
def test_an_enterprise_that_is_not_active_is_nobodys(
    proving: Provider, server: RegisterServer, details: dict[str, Any], state: str, reason: str
) -> None:
    person = proving.person()
    server.respond = lambda question: server.signed(question, "match", details)
    with proving.context():
        case = claim(enterprise(), person, "enterprise_register")
        assert (case.state, case.reasons) == (state, [reason])


def test_name_and_number_do_not_make_a_representative(proving: Provider, server: RegisterServer) -> None:
    person = proving.person()
    with proving.context():
        account = enterprise()
        for code in ("register", "operator3", "bank4"):
            evidence.add(accounts.get(person.id), code, source="test")
        identities.bind(accounts.get(person.id), identities.Identity("citizen_id", ME))
        claim(account, person, "enterprise_register")
        named = {"status": "active", "representative": "mismatch"}
        server.respond = lambda question: server.signed(question, "match", named)
        case = claim(account, person, "representative")
        assert (case.state, case.reasons) == ("refused", ["representative_mismatch"])
        assert json.loads(server.asked[-1].body)["representative_number"] == ME


@pytest.mark.parametrize("status", [["active"], {"dissolved": 1}, None])
def test_an_enterprise_whose_state_makes_no_sense_is_undecided(
    proving: Provider, server: RegisterServer, status: object
) -> None:
    person = proving.person()
    server.respond = lambda question: server.signed(question, "match", {"status": status})
    with proving.context():
        case = claim(enterprise(), person, "enterprise_register")
        assert (case.state, case.reasons) == ("undecided", ["answer_contradictory"])


def test_who_lost_the_level_while_the_register_was_away_represents_nobody(
    proving: Provider, server: RegisterServer
) -> None:
    person = proving.person()
    with proving.context():
        account, me = enterprise(), accounts.get(person.id)
        for code in ("register", "operator3", "bank4"):
            evidence.add(me, code, source="test")
        identities.bind(me, identities.Identity("citizen_id", ME))
        claim(account, person, "enterprise_register")
        server.respond = lambda question: problem(503)
        case = claim(account, person, "representative")
        assert case.state == "waiting"
        evidence.revoke(me, {"register"}, "card_lost")
        commit()
        named = {"status": "active", "representative": "match"}
        server.respond = lambda question: server.signed(question, "match", named)
        attempt.retry(case)
        assert (case.state, case.reasons) == ("undecided", ["not_accepted"])


def vouchable(proving: Provider) -> ProofingCase:
    return submit(proving.person(name="张伟"), "vouch", name="李娜")


def test_somebody_proven_can_answer_for_another_up_to_level_two(proving: Provider) -> None:
    voucher = proving.person()
    with proving.context():
        case = vouchable(proving)
        mine = accounts.get(voucher.id)
        with pytest.raises(Forbidden, match="voucher_level_too_low"):
            vouching.get(case.number, mine)
        evidence.add(mine, "register", source="test")
        commit()
        found = vouching.get(f" {case.printed_number.lower()}", mine)
        assert found.id == case.id
        vouching.answer(found, mine, approve=True)
        commit()
        account = accounts.get(case.account_id)
        assert evidence.level(account, clock.now()) == 2
        assert identities.of(account) is None
        # The name that the voucher read, not the one that was chosen when the account was made.
        assert accounts.name_of(account) == "李娜"
        assert case.decided_by[0]["account"] == str(voucher.id)
        with pytest.raises(Conflict, match="case_closed"):
            vouching.answer(case, mine, approve=False)
        with pytest.raises(NotFound):
            vouching.get(case.number, mine)


def test_who_was_only_vouched_for_vouches_for_nobody(proving: Provider) -> None:
    voucher = proving.person()
    with proving.context():
        mine = accounts.get(voucher.id)
        evidence.add(mine, "vouch", source="test")
        assert evidence.level(mine, clock.now()) == 2
        assert not vouching.may_vouch(mine)
        evidence.add(mine, "register", source="test")
        assert vouching.may_vouch(mine)


def test_a_word_falls_with_whoever_gave_it(proving: Provider) -> None:
    voucher, helped = proving.person(), proving.person(name="张伟")
    with proving.context():
        mine = accounts.get(voucher.id)
        evidence.add(mine, "register", source="test")
        evidence.add(mine, "bank4", source="test")
        vouching.answer(submit(helped, "vouch", name="李娜"), mine, approve=True)
        commit()
        theirs = accounts.get(helped.id)
        evidence.revoke(mine, {"register"}, "card_lost")
        commit()
        changed(mine)
        assert "vouch" in evidence.valid_codes(theirs, clock.now())
        evidence.revoke(mine, {"bank4"}, "deceased")
        commit()
        changed(mine)
        db.session.refresh(theirs)
        assert "vouch" not in evidence.valid_codes(theirs, clock.now())
        ended = [piece for piece in evidence.of_account(helped.id) if piece.code == "vouch"]
        assert [piece.end_reason for piece in ended] == ["voucher_fallen"]


def changed(voucher: Account) -> None:
    """Let the worker hear of the voucher's standing, as every change of evidence tells it."""
    query = select(OutboxMessage).where(OutboxMessage.kind == evidence.STANDING_CHANGED)
    told = [one for one in db.session.scalars(query) if one.payload == {"account_id": str(voucher.id)}]
    vouching.standing_changed(told[-1])


def test_a_voucher_may_say_no_and_nobody_answers_for_themselves(proving: Provider) -> None:
    voucher = proving.person()
    with proving.context():
        case = vouchable(proving)
        self = accounts.get(case.account_id)
        evidence.add(self, "register", source="test")
        with pytest.raises(Forbidden, match="own_case"):
            vouching.answer(case, self, approve=True)
        mine = accounts.get(voucher.id)
        evidence.add(mine, "register", source="test")
        vouching.answer(case, mine, approve=False)
        assert (case.state, case.reasons) == ("refused", ["refused_by_voucher"])


def test_numbers_of_cases_cannot_be_searched_for(proving: Provider) -> None:
    voucher = proving.person()
    with proving.context():
        mine = accounts.get(voucher.id)
        evidence.add(mine, "register", source="test")
        commit()
        for _ in range(vouching.LOOKUPS_PER_DAY):
            with pytest.raises(NotFound):
                vouching.get("2222-2222-2222", mine)
        with pytest.raises(TooMany):
            vouching.get("2222-2222-2222", mine)
