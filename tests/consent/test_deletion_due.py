"""What happens when a site does not answer: it is reminded, then the person is told, each once."""

from datetime import timedelta
from uuid import uuid4

from idp import clock
from idp.accounts.notice import Notice
from idp.audit.log import AuditEvent
from idp.consent import deletion_due
from idp.consent.deletion_request import ANSWER_DAYS, DeletionRequest
from idp.db import commit, db
from idp.outbox import signal
from idp.outbox.message import OutboxMessage
from tests.provider import Provider


def waiting(provider: Provider, days: float, **values: object) -> DeletionRequest:
    """A request that was asked so many days ago."""
    person = provider.person()
    with provider.context():
        asked_at = clock.now() - timedelta(days=days)
        made = DeletionRequest(
            id=uuid4(),
            account_id=person.id,
            client_id="site",
            asked_at=asked_at,
            status="requested",
            reason="",
            **values,
        )
        db.session.add(made)
        commit()
        return made


def said(request: DeletionRequest) -> tuple[int, int, int]:
    """How often the site, the person and the auditor were told."""
    told = db.session.query(OutboxMessage).filter_by(account_id=request.account_id, kind=signal.KIND)
    notices = db.session.query(Notice).filter_by(account_id=request.account_id, name="deletion_overdue")
    events = db.session.query(AuditEvent).filter_by(account_id=request.account_id, name="deletion.delayed")
    return told.count(), notices.count(), events.count()


def test_a_site_is_reminded_once_and_the_person_told_when_the_time_is_over(either: Provider) -> None:
    young = waiting(either, deletion_due.REMIND_DAYS - 0.1)
    slow = waiting(either, deletion_due.REMIND_DAYS + 0.1)
    answered = waiting(either, ANSWER_DAYS + 1, closed_at=clock.now())
    with either.context():
        for _ in range(2):
            deletion_due.run()
        assert [said(one) for one in (young, slow, answered)] == [(0, 0, 0), (1, 0, 0), (0, 0, 0)]
        with clock.shifted(timedelta(days=ANSWER_DAYS - deletion_due.REMIND_DAYS)):
            for _ in range(2):
                deletion_due.run()
        assert said(slow) == (2, 1, 1)
        assert db.session.get_one(DeletionRequest, slow.id, populate_existing=True).overdue_at is not None


def test_more_than_a_batch_is_done_in_one_run(either: Provider) -> None:
    person = either.person()
    with either.context():
        asked_at = clock.now() - timedelta(days=deletion_due.REMIND_DAYS + 1)
        count = deletion_due.BATCH + 5
        db.session.add_all(
            DeletionRequest(
                id=uuid4(),
                account_id=person.id,
                client_id=f"site-{number}",
                asked_at=asked_at,
                status="requested",
                reason="",
            )
            for number in range(count)
        )
        commit()
        deletion_due.run()
        reminded = db.session.query(DeletionRequest).filter_by(account_id=person.id)
        assert sum(one.reminded_at is not None for one in reminded) == count


def test_old_answers_are_deleted_and_open_requests_never(either: Provider) -> None:
    long_ago = clock.now() - timedelta(days=deletion_due.KEPT_DAYS + 1)
    old = waiting(either, deletion_due.KEPT_DAYS + 2, closed_at=long_ago)
    unanswered = waiting(either, deletion_due.KEPT_DAYS + 2)
    with either.context():
        deletion_due.sweep()
        commit()
        assert db.session.get(DeletionRequest, old.id) is None
        assert db.session.get(DeletionRequest, unanswered.id) is not None
