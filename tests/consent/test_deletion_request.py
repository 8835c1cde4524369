"""Requests to delete (PIPL art. 47): asked once, answered once, by the one who was asked."""

import threading
from uuid import UUID, uuid4

import pytest

from idp.accounts import account as accounts
from idp.accounts.notice import Notice
from idp.audit.log import AuditEvent
from idp.consent import deletion_request
from idp.consent.deletion_request import DeletionRequest
from idp.db import commit, db
from idp.errors import Conflict, IdpError, InvalidInput, NotFound
from idp.outbox import signal
from idp.outbox.message import OutboxMessage
from tests.consent.agreeing import Pair, pair
from tests.provider import Provider


@pytest.fixture
def person(either: Provider) -> Pair:
    """Somebody who let a site have the name."""
    made = pair(either)
    with either.context():
        made.give("name")
        commit()
    return made


def ask(provider: Provider, person: Pair) -> UUID:
    with provider.context():
        made = deletion_request.ask(accounts.get(person.person.id), person.site.id)
        commit()
        return made.id


def answer(provider: Provider, request_id: UUID, status: str, reason: str = "", by: str = "") -> str:
    """Let the site answer; return the error code, empty for none."""
    with provider.context():
        row = db.session.get(DeletionRequest, request_id)
        try:
            deletion_request.answer(request_id, by or (row.client_id if row else "site"), status, reason)
            commit()
        except IdpError as error:
            return error.code
        return ""


def row(provider: Provider, request_id: UUID) -> DeletionRequest:
    with provider.context():
        return db.session.get_one(DeletionRequest, request_id)


def test_the_site_hears_of_it_and_asking_twice_is_asking_once(either: Provider, person: Pair) -> None:
    first, second = ask(either, person), ask(either, person)
    assert first == second
    with either.context():
        (message,) = db.session.query(OutboxMessage).filter_by(account_id=person.person.id, kind=signal.KIND)
        assert message.payload["client_id"] == person.site.id
        assert message.payload["data"]["request_id"] == message.payload["data"]["reference"] == str(first)
        asked = db.session.query(AuditEvent).filter_by(account_id=person.person.id, name="deletion.requested")
        assert asked.count() == 1
        assert [
            one.id for one in deletion_request.of_account(person.person.id, client_id=person.site.id)
        ] == [first]
        assert deletion_request.of_account(person.person.id, before=first) == []


def test_two_at_once_make_one_request(either: Provider, person: Pair) -> None:
    found: list[UUID] = []
    threads = [threading.Thread(target=lambda: found.append(ask(either, person))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1


def test_each_site_is_asked_for_itself(either: Provider, person: Pair) -> None:
    other = Pair(person.person, either.site())
    with either.context():
        other.give("name")
    first, second = ask(either, person), ask(either, other)
    assert first != second
    assert (ask(either, person), ask(either, other)) == (first, second)
    with either.context():
        asked = deletion_request.of_account(person.person.id, client_id=other.site.id)
        assert [one.id for one in asked] == [second]
    assert answer(either, first, "completed", by=other.site.id) == "deletion_request_unknown"


def test_nothing_is_asked_of_a_site_that_was_given_nothing(either: Provider, person: Pair) -> None:
    with either.context(), pytest.raises(NotFound):
        deletion_request.ask(accounts.get(person.person.id), "another")


def test_the_last_word_is_told_to_the_person_and_stands(either: Provider, person: Pair) -> None:
    request_id = ask(either, person)
    assert answer(either, request_id, "in_progress") == ""
    assert row(either, request_id).is_open
    assert ask(either, person) == request_id
    reason = "账目须保存十年(会计法)"
    assert answer(either, request_id, "partial", reason) == ""
    assert answer(either, request_id, "partial", reason) == "", "a lost answer is sent again"
    assert answer(either, request_id, "completed") == "deletion_answered"
    found = row(either, request_id)
    assert (found.status, found.reason, found.is_open) == ("partial", reason, False)
    with either.context():
        told = db.session.query(Notice).filter_by(account_id=person.person.id, name="deletion_answered")
        assert told.count() == 1
        said = db.session.query(AuditEvent).filter_by(account_id=person.person.id, name="deletion.answered")
        assert reason not in str([event.data for event in said]), "what a site writes may name people"
    assert ask(either, person) != request_id, "who wants may ask again"


def test_of_two_last_words_one_counts(either: Provider, person: Pair) -> None:
    request_id = ask(either, person)
    codes: list[str] = []
    words = ("completed", "refused")
    threads = [
        threading.Thread(target=lambda status=one: codes.append(answer(either, request_id, status, "r")))
        for one in words
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == ["", "deletion_answered"]


def test_only_who_was_asked_may_answer(either: Provider, person: Pair) -> None:
    request_id = ask(either, person)
    assert answer(either, request_id, "completed", by="another") == "deletion_request_unknown"
    assert answer(either, uuid4(), "completed") == "deletion_request_unknown"
    assert row(either, request_id).status == "requested"


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("done", ""),
        ("", ""),
        ("refused", ""),
        ("partial", "   "),
        ("completed", "x" * 501),
        ("completed", "a\u202eb"),
        ("completed", "a\nb"),
        ("completed", "\x00"),
    ],
)
def test_what_is_no_answer_is_refused(either: Provider, person: Pair, status: str, reason: str) -> None:
    request_id = ask(either, person)
    with either.context(), pytest.raises(InvalidInput):
        deletion_request.answer(request_id, person.site.id, status, reason)
    assert row(either, request_id).status == "requested"


def test_a_request_answered_while_it_is_asked_again_is_said(
    either: Provider, person: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(either, person)
    monkeypatch.setattr(deletion_request, "find_open", lambda *_: None)
    with either.context(), pytest.raises(Conflict):
        deletion_request.ask(accounts.get(person.person.id), person.site.id)


def test_news_without_end_is_refused_but_never_the_last_word(either: Provider, person: Pair) -> None:
    request_id = ask(either, person)
    for number in range(deletion_request.ANSWERS_A_DAY):
        assert answer(either, request_id, "in_progress", f"step {number}") == ""
    assert answer(either, request_id, "in_progress", "one more") != ""
    assert row(either, request_id).reason == f"step {deletion_request.ANSWERS_A_DAY - 1}"
    assert answer(either, request_id, "completed") == ""
