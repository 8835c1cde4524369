"""Expiry, and deletion with proof three years after the end (domain §5.8)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from idp import clock
from idp.accounts import notice
from idp.audit.log import AuditEvent
from idp.consent import consent_record, deletion, event, notification, record, retention
from idp.consent.consent_record import ConsentRecord
from idp.consent.document import Scene
from idp.db import commit, db
from tests.consent.agreeing import Pair, asked, pair
from tests.provider import Provider, Template

DUTY = "statutory_duty"


@pytest.fixture
def provider(template: Template, tmp_path: Path) -> Iterator[Provider]:
    """A provider with nobody else's records."""
    made = template.on_sqlite(tmp_path)
    yield made
    made.close()


def is_ended(one: Pair) -> bool:
    return one.row.ended_at is not None


def test_what_ran_out_is_written_down_once(provider: Provider) -> None:
    one, young = pair(provider), pair(provider)
    with provider.context():
        row = one.give("name")
        end = row.expires_at
        assert retention.expire() == 0
        with clock.shifted(timedelta(days=366)):
            young.give("name")
            assert retention.expire() == 1
            commit()
            assert retention.expire() == 0
            assert (one.row.expired_at, one.row.ended_at, young.row.ended_at) == (end, end, None)
            last = event.of_record(one.person.id, row.record_id)[-1]
            assert (last.name, last.items) == ("expired", ["name"])
            assert [told.name for told in notice.recent(one.person.id)] == ["consent_expired"]
            one.give("name")
            assert (one.row.expired_at, one.row.ended_at) == (None, None)


def test_what_was_released_by_law_ends_when_nobody_used_it_for_a_year(provider: Provider) -> None:
    one, mixed = pair(provider, legal_basis=DUTY), pair(provider)
    wanted = asked("name", by_law={"name"}, legal_basis=DUTY)
    with provider.context():
        for each in (one, mixed):
            notification.note_statutory(each.account, each.rp, wanted, Scene())
        mixed.give("locale")
        record.withdraw(mixed.person.id, mixed.site.id)
        commit()
        assert not is_ended(mixed)
        with clock.shifted(timedelta(days=366)):
            assert retention.end_unused() == 2
            commit()
            assert is_ended(one)
            assert is_ended(mixed)
            assert notification.note_statutory(one.account, one.rp, wanted, Scene())
            assert not is_ended(one)
            assert retention.end_unused() == 0


def test_a_record_is_deleted_three_years_after_its_end_and_leaves_a_proof(provider: Provider) -> None:
    taken, refused, held = pair(provider), pair(provider), pair(provider)
    with provider.context():
        ids = [taken.give("name").record_id, held.give("name").record_id]
        record.withdraw(taken.person.id, taken.site.id)
        record.refuse(refused.account, refused.rp, asked("name"))
        commit()
        with clock.shifted(timedelta(days=1095)):
            assert retention.delete_old() == 0
        with clock.shifted(timedelta(days=1097)):
            assert retention.delete_old() == 2
            commit()
        assert consent_record.find_row(taken.person.id, taken.site.id) is None
        assert consent_record.find_row(held.person.id, held.site.id) is not None
        assert event.of_record(taken.person.id, ids[0]) == []
        proof = deletion.find(taken.person.id, ids[0])
        assert proof is not None
        assert (proof.last_number, proof.client_id) == (2, taken.site.id)
        assert deletion.is_ours(proof)
        names = [row.name for row in db.session.query(AuditEvent).filter_by(account_id=taken.person.id)]
        assert "consent.deleted" in names
        assert deletion.find(held.person.id, ids[1]) is None


def test_who_answers_while_the_job_runs_is_not_lost(provider: Provider) -> None:
    """The job looks again once it has the row."""
    one = pair(provider)
    with provider.context():
        one.give("name")
        with clock.shifted(timedelta(days=366)):
            one.give("name")
            assert retention.expire() == 0
            assert db.session.query(ConsentRecord).one().expired_at is None
