"""What is told and not asked (PIPL art. 13, 14, 35)."""

from dataclasses import replace
from datetime import timedelta

from idp import clock
from idp.consent import consent_record, decision, event, notification
from idp.consent.document import Scene
from idp.db import commit
from tests.consent.agreeing import asked, pair
from tests.provider import Provider, counted
from tests.waiting import eventually

DUTY = "statutory_duty"


def test_a_statutory_release_is_noted_once_again_for_more_and_after_a_year(either: Provider) -> None:
    one = pair(either, legal_basis=DUTY)
    with either.context():
        for items, noted in (({"name"}, True), ({"name"}, False), ({"locale"}, True), ({"locale"}, False)):
            wanted = asked(*items, by_law=items, legal_basis=DUTY)
            assert notification.note_statutory(one.account, one.rp, wanted, Scene()) == noted
            commit()
        assert (one.row.by_law, one.row.items, one.row.was_given) == (["locale", "name"], [], False)
        assert one.allowed == {"name", "locale"}
        with clock.shifted(timedelta(days=366)):
            wanted = asked("name", by_law={"name"}, legal_basis=DUTY)
            assert notification.note_statutory(one.account, one.rp, wanted, Scene())
            commit()
        events = event.of_record(one.person.id, one.row.record_id)
        assert [each.name for each in events] == ["notice"] * 3
        assert events[0].document["items"][0]["legal_basis"] == DUTY


def test_what_was_noted_before_costs_no_query(either: Provider) -> None:
    one = pair(either, legal_basis=DUTY)
    wanted = asked("name", by_law={"name"}, legal_basis=DUTY)
    with either.context():
        account = one.account
        notification.note_statutory(account, one.rp, wanted, Scene())
        commit()

        def statements() -> list[str]:
            with counted(either.app) as counts:
                assert not notification.note_statutory(account, one.rp, wanted, Scene())
                assert not notification.note_policy(account, one.rp, Scene())
            return counts.statements

        # The word of the change itself is still on its way round.
        eventually(lambda: not statements())


def test_what_was_released_by_law_is_no_consent(either: Provider) -> None:
    """PIPL art. 13, 14: a site that asks people from now on has been allowed nothing yet."""
    one = pair(either)
    with either.context():
        wanted = asked("name", by_law={"name"}, legal_basis=DUTY)
        notification.note_statutory(one.account, one.rp, wanted, Scene())
        commit()
        now_asked = asked("name")
        decided = decision.decide(now_asked, consent_record.find(one.person.id, one.site.id), clock.now())
        assert decided == decision.Decision(decision.Reason.FIRST, frozenset())
        one.give("locale")
        assert (one.row.items, one.row.by_law) == (["locale"], ["name"])
        one.give("name")
        assert (one.row.items, one.row.by_law) == (["locale", "name"], [])


def test_a_new_text_of_the_notice_is_told_once(provider: Provider) -> None:
    one = pair(provider, policy_version="2026-01")
    with provider.context():
        assert not notification.note_policy(one.account, one.rp, Scene())
        one.give("name")
        assert not notification.note_policy(one.account, one.rp, Scene())
        changed = replace(one.rp, policy_version="2026-07")
        assert notification.note_policy(one.account, changed, Scene())
        commit()
        assert not notification.note_policy(one.account, changed, Scene())
        last = event.of_record(one.person.id, one.row.record_id)[-1]
        assert (last.name, last.document["notice"]["before"]) == ("notice", "2026-01")
        assert one.allowed == {"name"}
