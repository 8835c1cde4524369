"""Attempts at registers that answer truly, not at all, falsely, twice, too late: nothing is ever half done."""

import threading
from datetime import timedelta

import pytest

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import identity as identities
from idp.accounts import merging
from idp.accounts.account import Account
from idp.db import db
from idp.errors import Conflict, Forbidden, InvalidInput, TooMany
from idp.keys import field_cipher
from idp.proofing import attempt, case_row, evidence
from idp.proofing import case as cases
from idp.setting_sections import Limits
from tests.proofing.conftest import ADDRESS, ALIVE, number, submit
from tests.proofing.register_server import Answer, Question, RegisterServer, late, problem
from tests.provider import NewProvider, Provider

ME = number(1)


def reload(account: Account) -> Account:
    db.session.rollback()
    db.session.expire_all()
    return accounts.get(account.id)


def test_name_and_number_that_match_bind_the_identity_and_raise_the_level(proving: Provider) -> None:
    person = proving.person(name="李 娜", phone=False)
    with proving.context():
        case = submit(person, "register", name="李娜", number=f" {ME[:6]} {ME[6:14]} {ME[14:].lower()}")
        account = reload(accounts.get(person.id))
        assert (case.state, case.evidence, case.source) == ("approved", "register", "population")
        assert case.digest is not None
        assert len(case.digest) == 64
        assert identities.of(account) == identities.Identity("citizen_id", ME, "CHN")
        assert accounts.name_of(account) == "李娜"
        assert evidence.level(account, clock.now()) == 2
        assert [one["code"] for one in account.standing] == ["register"]


def test_what_was_typed_is_sealed_while_the_case_is_open_and_gone_with_its_end(
    proving: Provider, server: RegisterServer
) -> None:
    person = proving.person()
    server.respond = lambda question: problem(503)
    with proving.context():
        case = submit(person, "register", name="李娜", number=ME)
        assert case.given_sealed is not None
        assert ME not in case.given_sealed
        assert case_row.given(case)["number"] == ME
        server.respond = lambda question: server.signed(question, "match", ALIVE)
        assert attempt.retry(case)
        assert case.state == "approved"
        db.session.refresh(case)
        assert not case.given_sealed


@pytest.mark.parametrize("result", ["mismatch", "not_found", "refused"])
def test_who_is_not_there_and_who_does_not_match_get_one_answer(
    proving: Provider, server: RegisterServer, result: str
) -> None:
    person = proving.person()
    server.respond = lambda question: server.signed(question, result)
    with proving.context():
        case = submit(person, "register", name="李娜", number=ME)
        assert (case.state, case.reasons) == ("refused", ["mismatch"])
        account = reload(accounts.get(person.id))
        assert account.standing == []
        assert account.identity_index is None


@pytest.mark.parametrize(
    ("details", "state", "reason"),
    [
        (ALIVE | {"status": "deceased"}, "refused", "deceased"),
        (ALIVE | {"status": "cancelled"}, "refused", "identity_cancelled"),
        (ALIVE | {"card": "lost"}, "refused", "card_not_valid"),
        (ALIVE | {"name_changed": True}, "undecided", "answer_contradictory"),
        (ALIVE | {"status": "asleep"}, "undecided", "answer_contradictory"),
        (ALIVE | {"status": ["alive"]}, "undecided", "answer_contradictory"),
        (ALIVE | {"card": {"valid": True}}, "undecided", "answer_contradictory"),
        ({}, "undecided", "answer_contradictory"),
    ],
)
def test_a_match_that_contradicts_itself_is_believed_by_nobody(
    proving: Provider, server: RegisterServer, details: dict[str, object], state: str, reason: str
) -> None:
    person = proving.person()
    server.respond = lambda question: server.signed(question, "match", details)
    with proving.context():
        case = submit(person, "register", name="李娜", number=ME)
        assert (case.state, case.reasons) == (state, [reason])
        assert reload(accounts.get(person.id)).standing == []


def test_an_undecided_case_can_be_tried_again_with_another_key(
    proving: Provider, server: RegisterServer
) -> None:
    person = proving.person()
    server.respond = lambda question: server.signed(question, "match", {})
    with proving.context():
        case = submit(person, "register", name="李娜", number=ME)
        server.respond = lambda question: server.signed(question, "match", ALIVE)
        again = submit(person, "register", name="李娜", number=ME)
        assert (again.id, again.state, again.attempt) == (case.id, "approved", 2)
    assert [one.key for one in server.asked] == [f"{case.id}:1", f"{case.id}:2"]


@pytest.mark.parametrize("pseudonym", ["a\u0000b", "x" * 10_000, ["wz"], ""])
def test_a_pseudonym_that_is_none_is_kept_by_nobody(
    proving: Provider, server: RegisterServer, pseudonym: object
) -> None:
    person = proving.person()
    details = {"pseudonym": pseudonym, "valid_until": "2099-01-01T00:00:00+00:00"}
    server.respond = lambda question: server.signed(question, "match", details)
    with proving.context():
        case = submit(person, "network_id", presentation="ey.ab.cd")
        assert (case.state, case.reasons) == ("undecided", ["answer_contradictory"])


@pytest.mark.parametrize("fault", ["down", "slow", "lying", "another question", "old"])
def test_a_register_that_fails_leaves_the_case_waiting_and_nothing_half_done(
    proving: Provider, server: RegisterServer, fault: str
) -> None:
    person = proving.person()
    server.respond = {
        "down": lambda question: problem(503),
        "slow": late(1.5, lambda question: server.signed(question, "match", ALIVE)),
        "lying": lambda question: server.signed(question, "match", ALIVE, claims={"iss": "somebody-else"}),
        "another question": lambda question: server.signed(
            question, "match", ALIVE, claims={"request_digest": "A" * 43}
        ),
        "old": lambda question: server.signed(
            question, "match", ALIVE, claims={"iat": clock.timestamp() - 900, "exp": clock.timestamp() - 600}
        ),
    }[fault]
    with proving.context():
        case = submit(person, "register", name="李娜", number=ME)
        assert (case.state, case.reasons, case.asking_until) == ("waiting", ["source_away"], None)
        assert case.next_attempt_at is not None
        account = reload(accounts.get(person.id))
        assert (account.standing, account.identity_index) == ([], None)
        assert evidence.of_account(person.id) == []


def test_a_clock_that_is_a_little_wrong_is_borne(proving: Provider, server: RegisterServer) -> None:
    person = proving.person()
    ahead = {"iat": clock.timestamp() + 30, "exp": clock.timestamp() + 150}
    server.respond = lambda question: server.signed(question, "match", ALIVE, claims=ahead)
    with proving.context():
        assert submit(person, "register", name="李娜", number=ME).state == "approved"


def test_the_worker_asks_again_with_the_same_key_until_it_is_answered(
    proving: Provider, server: RegisterServer
) -> None:
    person = proving.person()
    server.respond = lambda question: problem(503)
    with proving.context():
        case_id = submit(person, "register", name="李娜", number=ME).id
        assert attempt.retry_due() == 0
        with clock.shifted(timedelta(minutes=2)):
            assert attempt.retry_due() == 1
            assert case_row.get(case_id).failures == 2
        server.respond = lambda question: server.signed(question, "match", ALIVE)
        with clock.shifted(timedelta(minutes=10)):
            # The circuit has had time to close again.
            assert attempt.retry_due() == 1
        assert case_row.get(case_id).state == "approved"
        assert attempt.retry_due() == 0
    assert {one.key for one in server.asked} == {f"{case_id}:1"}


def test_a_case_whose_process_died_while_asking_is_found_by_the_worker(proving: Provider) -> None:
    person = proving.person()
    with proving.context():
        case = cases.begin(accounts.get(person.id), "register")
        given = {"name": "李娜", "type": "citizen_id", "number": ME, "country": "CHN"}
        case.attempt = 1
        case_row.keep_given(case, given)
        attempt._take(case)
        db.session.commit()
        with pytest.raises(Conflict, match="case_busy"):
            attempt.retry(case)
        db.session.rollback()
        with clock.shifted(timedelta(seconds=61)):
            assert attempt.retry_due() == 1
        assert case.state == "approved"


def test_a_face_whose_process_died_while_asking_does_not_keep_the_worker_busy(proving: Provider) -> None:
    person = proving.person()
    with proving.context():
        case = cases.begin(accounts.get(person.id), "face")
        case_row.keep_given(case, {"name": "李娜", "type": "citizen_id", "number": ME, "country": "CHN"})
        attempt._take(case)
        db.session.commit()
        with clock.shifted(timedelta(seconds=61)):
            assert attempt.retry_due() == 0
            again = case_row.get(case.id)
            assert (again.state, again.reasons) == ("waiting", ["source_away"])
            assert (again.next_attempt_at, again.asking_until) == (None, None)


@pytest.mark.parametrize("when", ["before it asks again", "while it asks"])
def test_a_locked_account_earns_nothing_and_is_not_asked_about_for_ever(
    proving: Provider, server: RegisterServer, when: str
) -> None:
    person = proving.person()

    def lock() -> None:
        with proving.context():
            accounts.get(person.id).status = accounts.FROZEN
            db.session.commit()

    def answer(question: Question) -> Answer:
        if when == "while it asks":
            lock()
        return server.signed(question, "match", ALIVE)

    server.respond = lambda question: problem(503)
    with proving.context():
        case = submit(person, "register", name="李娜", number=ME)
    server.asked.clear()
    server.respond = answer
    if when == "before it asks again":
        lock()
    with proving.context(), clock.shifted(timedelta(minutes=2)):
        attempt.retry_due()
        found = case_row.get(case.id)
        assert (found.state, found.reasons, found.next_attempt_at) == ("undecided", ["not_accepted"], None)
        assert evidence.of_account(person.id) == []
        assert attempt.retry_due() == 0
    assert len(server.asked) == (when == "while it asks")


def test_one_person_cannot_have_a_source_asked_without_end(proving: Provider, server: RegisterServer) -> None:
    person = proving.person()
    server.respond = lambda question: problem(503)
    with proving.context():
        case = submit(person, "register", name="李娜", number=ME)
        for _ in range(6):
            attempt.retry(case)
        with pytest.raises(TooMany):
            attempt.retry(case)


def test_a_strangers_guesses_do_not_keep_anybody_from_a_counter(new_provider: NewProvider) -> None:
    provider = new_provider(limits=Limits(proofings_per_number=1))
    with provider.context():
        for _ in range(2):
            case = submit(provider.person(), "counter", name="李娜", number=ME, division="330106")
            assert case.state == "waiting"


def test_a_case_that_is_sent_twice_is_asked_once(proving: Provider, server: RegisterServer) -> None:
    person = proving.person()
    answered = server.respond
    server.respond = late(0.4, answered)
    found: list[str] = []

    def send() -> None:
        with proving.context():
            try:
                found.append(submit(person, "register", name="李娜", number=ME).state)
            except Conflict as error:
                found.append(error.code)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(found) == ["approved", "case_busy"]
    assert len(server.asked) == 1


def test_of_two_people_who_claim_one_number_one_gets_it(proving: Provider, server: RegisterServer) -> None:
    people = [proving.person(), proving.person()]
    barrier = threading.Barrier(2)

    def together(question: Question) -> Answer:
        barrier.wait(timeout=5)
        return server.signed(question, "match", ALIVE)

    server.respond = together
    states: dict[str, list[str]] = {}

    def claim(username: str) -> None:
        person = next(one for one in people if one.username == username)
        with proving.context():
            case = submit(person, "register", name="李娜", number=ME)
            states[case.state] = case.reasons

    threads = [threading.Thread(target=claim, args=(one.username,)) for one in people]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert states == {"approved": [], "undecided": ["identity_taken"]}
    with proving.context():
        held = [accounts.get(one.id) for one in people]
        assert sorted(len(one.standing) for one in held) == [0, 1]
        assert len([one for one in held if one.identity_index]) == 1
        holder, other = sorted(held, key=lambda one: one.identity_index is None)
        assert merging.is_duplicate(other)
        assert not merging.is_duplicate(holder)


def test_an_answer_that_comes_after_the_case_was_cancelled_changes_nothing(
    proving: Provider, server: RegisterServer
) -> None:
    person = proving.person()

    def cancelling(question: Question) -> Answer:
        with proving.context():
            case = cases.find_open(person.id, "register")
            assert case is not None
            cases.cancel(case)
            db.session.commit()
        return server.signed(question, "match", ALIVE)

    server.respond = cancelling
    with proving.context():
        case = submit(person, "register", name="李娜", number=ME)
        db.session.refresh(case)
        assert case.state == "cancelled"
        assert reload(accounts.get(person.id)).standing == []


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"name": "", "number": ME}, "name"),
        ({"name": "李娜", "number": ""}, "number"),
        ({"name": "李娜", "number": ME[:-1] + ("1" if ME[-1] != "1" else "2")}, "number"),
        ({"name": "李娜", "number": "9" * 10_000}, "number"),
        ({"name": "李娜\x00", "number": ME}, "name"),
        ({"name": "李娜", "number": "E1234567", "type": "passport", "country": "X"}, "country"),
    ],
)
def test_bad_input_names_its_field_and_asks_nobody(
    proving: Provider, server: RegisterServer, form: dict[str, str], field: str
) -> None:
    person = proving.person()
    with proving.context():
        with pytest.raises(InvalidInput) as caught:
            submit(person, "register", **form)
        assert caught.value.field == field
        db.session.rollback()
        assert cases.of_account(person.id) == []
    assert not server.asked


def test_a_step_that_needs_another_one_first_says_so(proving: Provider) -> None:
    person = proving.person()
    with proving.context(), pytest.raises(Forbidden, match="evidence_missing"):
        submit(person, "face", consent="yes", image="")


def test_one_person_may_not_guess_for_ever(new_provider: NewProvider, server: RegisterServer) -> None:
    limits = Limits(proofings_per_person=3, proofings_per_number=100, proofings_per_address=100)
    provider = new_provider(registers=server.settings(), limits=limits)
    person = provider.person()
    server.respond = lambda question: server.signed(question, "mismatch")
    with provider.context():
        for sequence in range(3):
            assert submit(person, "register", name="李娜", number=number(sequence)).state == "refused"
        with pytest.raises(TooMany):
            submit(person, "register", name="李娜", number=number(9))


def test_one_number_may_not_be_guessed_at_by_many(new_provider: NewProvider, server: RegisterServer) -> None:
    limits = Limits(proofings_per_person=100, proofings_per_number=2, proofings_per_address=100)
    provider = new_provider(registers=server.settings(), limits=limits)
    server.respond = lambda question: server.signed(question, "mismatch")
    with provider.context():
        for _ in range(2):
            assert submit(provider.person(), "register", name="李娜", number=ME).state == "refused"
        with pytest.raises(TooMany):
            submit(provider.person(), "register", name="王芳", number=ME)


def test_three_sources_without_a_face_reach_level_three(proving: Provider, server: RegisterServer) -> None:
    person = proving.person()
    with proving.context():
        submit(person, "register", name="李娜", number=ME)
        submit(person, "operator3", phone="138 0013 8000")
        assert evidence.level(accounts.get(person.id), clock.now()) == 2
        submit(person, "bank4", phone="13800138000", card="6222 0200 0000 0000 000")
        account = reload(accounts.get(person.id))
        assert evidence.level(account, clock.now()) == 3
    assert [one.source for one in server.asked] == ["population", "operator", "bank"]
    assert ME.encode() in server.asked[2].body


def test_a_network_certificate_proves_without_a_number_and_belongs_to_one(
    proving: Provider, server: RegisterServer
) -> None:
    one, other = proving.person(), proving.person()
    with proving.context():
        assert submit(one, "network_id", presentation="ey.ab.cd").state == "approved"
        account = accounts.get(one.id)
        assert evidence.level(account, clock.now()) == 3
        found = identities.of(account)
        assert found is not None
        assert found.document() is None
        case = submit(other, "network_id", presentation="ey.ab.ef")
        assert (case.state, case.reasons) == ("undecided", ["identity_taken"])


def test_the_picture_of_a_face_is_kept_nowhere(proving: Provider, server: RegisterServer) -> None:
    person = proving.person()
    picture = "/9j/2gAGc2NhbhL/2Q=="
    with proving.context():
        submit(person, "register", name="李娜", number=ME)
        server.respond = lambda question: problem(503)
        case = submit(person, "face", consent="yes", image=picture)
        assert (case.state, case.reasons, case.next_attempt_at) == ("waiting", ["source_away"], None)
        assert "image" not in case_row.given(case)
        assert not attempt.retry(case)
        kept = " ".join(str(value) for value in vars(case).values())
        assert picture not in kept


def test_consent_to_a_face_is_its_own_act(proving: Provider) -> None:
    person = proving.person()
    with proving.context():
        submit(person, "register", name="李娜", number=ME)
        with pytest.raises(InvalidInput, match="consent_missing"):
            submit(person, "face", image="/9j/2gAGc2NhbhL/2Q==")


def test_limits_hold_no_number_in_the_clear(proving: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    keys: list[str] = []
    monkeypatch.setattr("idp.rate_limit.check", lambda key, limit, window: keys.append(key))
    person = proving.person()
    with proving.context():
        submit(person, "register", name="李娜", number=ME)
        index = field_cipher.blind_index("proofing_limit", ME).hex()
    assert f"proofing-number:{index}" in keys
    assert not [key for key in keys if ME in key or ADDRESS in key]


@pytest.mark.parametrize(
    ("said", "kept"),
    [("330106", "330106"), ("330106000000", "330106"), ("nowhere", None), (330106, None), (None, None)],
)
def test_where_a_person_lives_is_kept_when_the_register_says_so(
    proving: Provider, server: RegisterServer, said: object, kept: str | None
) -> None:
    person = proving.person(name="李娜", phone=False)
    server.respond = lambda question: server.signed(question, "match", ALIVE | {"residence": said})
    with proving.context():
        submit(person, "register", name="李娜", number=ME)
        account = reload(accounts.get(person.id))
        assert evidence.level(account, clock.now()) == 2
        assert accounts.residence_of(account) == kept
