"""What may happen to a record, on real stores (domain §5)."""

import threading
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import represented
from idp.accounts.account import CITIZEN, Account
from idp.consent import acting_party, consent_record, decision, event, lifetime, record
from idp.consent.acting_party import ActingParty
from idp.consent.document import Scene
from idp.consent.record import Withdrawn
from idp.db import commit, db
from idp.errors import Conflict, Forbidden
from idp.mandates import age
from tests.consent.agreeing import Pair, asked, pair
from tests.provider import Provider


def agent(by: UUID | None = None) -> Scene:
    return Scene(ActingParty(acting_party.AGENT, by or uuid4(), uuid4()))


def names(one: Pair) -> list[str]:
    return [each.name for each in event.of_record(one.person.id, one.row.record_id)]


def test_what_was_allowed_before_and_not_asked_now_stays(either: Provider) -> None:
    one = pair(either)
    with either.context():
        assert consent_record.find(one.person.id, one.site.id) is None
        one.give("name", "locale", allowed={"name"})
        one.give("phone_number")
        given = consent_record.find(one.person.id, one.site.id)
        assert given is not None
        assert given.items == {"name", "phone_number"}
        assert given.seen == {"name", "locale", "phone_number"}
        assert names(one) == ["given", "given"]


def test_nothing_stays_of_another_purpose_or_of_what_ended(provider: Provider) -> None:
    """PIPL art. 14: a new purpose is a new consent."""
    with provider.context():
        other, taken, old = pair(provider), pair(provider), pair(provider)
        other.give("name")
        other.give("locale", purpose="other")
        taken.give("name")
        record.withdraw(taken.person.id, taken.site.id)
        taken.give("locale")
        old.give("name")
        with clock.shifted(timedelta(days=366)):
            old.give("locale")
            for one in (other, taken, old):
                given = consent_record.find(one.person.id, one.site.id)
                assert given is not None
                assert given.items == {"locale"}
                assert not given.withdrawn


def test_the_same_again_is_a_renewal(provider: Provider) -> None:
    one = pair(provider)
    with provider.context():
        first = one.give("name").expires_at
        with clock.shifted(timedelta(days=300)):
            assert one.give("name").expires_at > first
            assert names(one) == ["given", "renewed"]
            assert one.row.given_number == 2


def test_each_sensitive_item_is_an_event_of_its_own(provider: Provider) -> None:
    """PIPL art. 29."""
    one = pair(provider)
    with provider.context():
        one.give("name", "identity_number", "birthdate", sensitive={"identity_number", "birthdate"})
        acts = event.of_record(one.person.id, one.row.record_id)
        assert [(act.name, act.items) for act in acts[1:]] == [
            ("separate_given", ["birthdate"]),
            ("separate_given", ["identity_number"]),
        ]
        assert [act["item"] for act in acts[0].document["separate_consents"]] == [
            "birthdate",
            "identity_number",
        ]


def test_a_refusal_is_kept_and_takes_nothing_away(either: Provider) -> None:
    one = pair(either)
    with either.context():
        one.give("name")
        row = record.refuse(one.account, one.rp, asked("phone_number"))
        commit()
        assert (row.items, row.refused_items, row.ended_at) == (["name"], ["phone_number"], None)
        fresh = pair(either)
        row = record.refuse(fresh.account, fresh.rp, asked("name"))
        commit()
        assert (row.state(clock.now()), row.ended_at is not None) == ("refused", True)
        assert names(fresh) == ["refused"]
        fresh.give("name")
        assert fresh.row.refused_at is None
        assert fresh.row.ended_at is None


def test_what_the_person_withdrew_nobody_else_gives_again(either: Provider) -> None:
    one = pair(either)
    with either.context():
        one.give("name", scene=agent())
        record.withdraw(one.person.id, one.site.id)
        commit()
        given = consent_record.find(one.person.id, one.site.id)
        assert given is not None
        assert given.withheld
        with pytest.raises(Forbidden) as caught:
            one.give("name", scene=agent())
        assert caught.value.code == "consent_withdrawn"
        db.session.rollback()
        one.give("name")
        given = consent_record.find(one.person.id, one.site.id)
        assert given is not None
        assert not given.withdrawn


def test_an_item_that_the_person_withdrew_nobody_else_gives_again(provider: Provider) -> None:
    one = pair(provider)
    with provider.context():
        one.give("name", "locale", optional={"phone_number"}, scene=agent())
        record.withdraw(one.person.id, one.site.id, items=frozenset({"phone_number", "locale"}))
        commit()
        one.give("name", optional={"phone_number"}, scene=agent())
        assert one.row.items == ["name"]
        assert one.row.withdrawn_items == ["locale", "phone_number"]
        with pytest.raises(Forbidden):
            one.give("name", "locale", scene=agent())
        db.session.rollback()
        one.give("name", "locale", "phone_number")
        assert one.row.items == ["locale", "name", "phone_number"]
        assert one.row.withdrawn_items == []


def test_what_somebody_withdrew_for_another_can_be_given_again_for_them(provider: Provider) -> None:
    """A guardian for a small child, whoever acts for an enterprise: nobody else could."""
    one, by = pair(provider), uuid4()
    with provider.context():
        one.give("name", scene=agent(by))
        acting = ActingParty(acting_party.GUARDIAN, by)
        record.withdraw(one.person.id, one.site.id, by=by, acting=acting)
        last = event.of_record(one.person.id, one.row.record_id)[-1]
        assert (last.name, last.actor_kind, last.actor_id) == ("withdrawn", "guardian", by)
        one.give("name", scene=agent(by))
        given = consent_record.find(one.person.id, one.site.id)
        assert given is not None
        assert (given.withdrawn, given.withheld) == (False, False)


def test_taking_back_the_last_item_takes_back_the_whole(provider: Provider) -> None:
    one = pair(provider)
    with provider.context():
        one.give("name", "locale")
        first = record.withdraw(one.person.id, one.site.id, items=frozenset({"name", "never_given"}))
        assert (first.items, first.whole) == (frozenset({"name"}), False)
        assert one.allowed == {"locale"}
        second = record.withdraw(one.person.id, one.site.id, items=frozenset({"locale"}))
        assert (second.items, second.whole) == (frozenset({"locale"}), True)
        assert one.row.state(clock.now()) == "withdrawn"
        assert one.allowed == frozenset()


@pytest.mark.parametrize("items", [None, frozenset({"name"})])
def test_where_nothing_is_given_nothing_can_be_taken_back(
    provider: Provider, items: frozenset[str] | None
) -> None:
    """Never asked, only refused, released by law, withdrawn already, expired."""
    with provider.context():
        never, refused, by_law, taken, old = (pair(provider) for _ in range(5))
        record.refuse(refused.account, refused.rp, asked("name"))
        by_law.give("name", by_law={"name"}, legal_basis="statutory_duty", allowed=())
        by_law.row.was_given = False
        taken.give("name")
        record.withdraw(taken.person.id, taken.site.id)
        with clock.shifted(timedelta(days=-400)):
            old.give("name")
        commit()
        for one in (never, refused, by_law, taken, old):
            with pytest.raises(Conflict) as caught:
                record.withdraw(one.person.id, one.site.id, items=items)
            assert caught.value.code == "nothing_to_withdraw"


def test_of_many_who_withdraw_at_once_one_does(either: Provider) -> None:
    one, done = pair(either), list[Withdrawn | str]()
    with either.context():
        one.give("name")

    def withdraw() -> None:
        with either.context():
            try:
                taken = record.withdraw(one.person.id, one.site.id)
                commit()
                done.append(taken)
            except Conflict as error:
                done.append(error.code)

    _at_once([withdraw] * 4)
    assert len([each for each in done if isinstance(each, Withdrawn)]) == 1
    assert done.count("nothing_to_withdraw") == 3
    with either.context():
        assert names(one) == ["given", "withdrawn"]


def test_of_many_first_answers_at_once_each_has_its_place_in_one_chain(either: Provider) -> None:
    one = pair(either)

    def give() -> None:
        with either.context():
            one.give("name")

    _at_once([give] * 4)
    with either.context():
        events = event.of_record(one.person.id, one.row.record_id)
        assert [each.number for each in events] == [1, 2, 3, 4]
        assert [each.previous_hash for each in events[1:]] == [each.hash for each in events[:-1]]


def _at_once(works: list[object]) -> None:
    threads = [threading.Thread(target=work) for work in works if callable(work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


def test_a_new_record_supersedes_the_old_one(provider: Provider) -> None:
    one = pair(provider)
    with provider.context():
        first = one.give("name", "locale").record_id
        assert record.supersede(one.person.id, one.site.id) == first
        commit()
        assert one.allowed == frozenset()
        second = one.give("name").record_id
        assert second != first
        assert [each.name for each in event.of_record(one.person.id, first)] == ["given", "superseded"]
        assert names(one) == ["given"]
        assert one.row.items == ["name"]
        found = consent_record.find_by_id(second)
        assert found is not None
        assert found.account_id == one.person.id
        assert consent_record.find_by_id(first) is None
        assert record.supersede(uuid4(), one.site.id) is None


def test_nobody_begins_anew_for_another_what_that_person_took_back(provider: Provider) -> None:
    one = pair(provider)
    with provider.context():
        first = one.give("name").record_id
        record.withdraw(one.person.id, one.site.id)
        commit()
        with pytest.raises(Forbidden):
            record.supersede(one.person.id, one.site.id, acting=agent().acting)
        assert record.supersede(one.person.id, one.site.id) == first


def child_of(years: int) -> Account:
    """A child who turns *years* + 1 in about a month."""
    day = age.today(clock.now() + timedelta(days=30))
    child = represented.create(CITIZEN, "刘小宝")
    accounts.set_birth(child, date(day.year - years - 1, day.month, min(day.day, 28)).isoformat(), "male")
    commit()
    return child


def test_what_a_guardian_allowed_ends_when_the_child_consents_alone(either: Provider) -> None:
    """PIPL art. 31: from 14 on nobody else consents."""
    site = either.site()
    with either.context():
        child, small = child_of(13), child_of(7)
        for account in (child, small):
            record.save(account, site.rp, asked("name"), {"name"}, agent())
        birthdate = accounts.birthdate_of(child)
        assert birthdate is not None
        birthday = age.reached(date.fromisoformat(birthdate), 14)
        given = consent_record.find(child.id, site.id)
        assert given is not None
        assert given.expires_at == given.of_age_at == birthday
        given = consent_record.find(small.id, site.id)
        assert given is not None
        assert given.expires_at > clock.now() + timedelta(days=364)
        commit()
        with clock.shifted(birthday - clock.now() + timedelta(seconds=1)):
            # Somebody else at the window, for a child who is there: what the guardian allowed does not revive.
            record.save(child, site.rp, asked("locale"), {"locale"}, agent())
            given = consent_record.find(child.id, site.id)
            assert given is not None
            assert given.items == {"locale"}
            assert given.expires_at > clock.now() + timedelta(days=364)
            commit()


def test_what_another_allowed_is_not_taken_over_by_the_person(provider: Provider) -> None:
    one, by = pair(provider), uuid4()
    with provider.context():
        one.give("name", scene=agent(by))
        assert one.row.given_by == by
        one.give("locale")
        given = consent_record.find(one.person.id, one.site.id)
        assert given is not None
        assert given.items == given.seen == {"locale"}
        assert one.row.given_by is None


def test_everything_of_an_account_is_listed_by_site(provider: Provider) -> None:
    first, second = pair(provider), provider.site()
    with provider.context():
        first.give("name")
        record.save(first.account, second.rp, asked("locale"), {"locale"})
        commit()
        assert {row.client_id for row in consent_record.of_account(first.person.id)} == {
            first.site.id,
            second.id,
        }
        newest = event.of_account(first.person.id, limit=1)
        assert [each.client_id for each in newest] == [second.id]
        older = event.of_account(first.person.id, before=newest[0].id)
        assert [each.client_id for each in older] == [first.site.id]


def test_a_consent_ends_after_its_life(provider: Provider) -> None:
    one = pair(provider)
    with provider.context():
        row = one.give("name")
        assert row.expires_at == lifetime.ends_at(one.account, row.given_at)
        with clock.shifted(timedelta(days=366)):
            assert row.state(clock.now()) == "expired"
            assert one.allowed == frozenset()


def test_what_the_person_took_back_stays_theirs_whatever_else_happens(provider: Provider) -> None:
    """PIPL art. 15: neither another yes of theirs nor another's no makes it somebody else's to give."""
    with provider.context():
        other_yes, whole, other_no = pair(provider), pair(provider), pair(provider)
        for one in (other_yes, whole, other_no):
            one.give("name", "locale", optional={"phone_number"})
        phone = frozenset({"phone_number"})
        record.withdraw(other_yes.person.id, other_yes.site.id, items=phone)
        other_yes.give("birthdate")
        record.withdraw(whole.person.id, whole.site.id)
        whole.give("name")
        record.withdraw(other_no.person.id, other_no.site.id, items=phone)
        record.withdraw(other_no.person.id, other_no.site.id, by=uuid4(), items=frozenset({"locale"}))
        commit()
        for one in (other_yes, whole, other_no):
            one.give("name", optional={"phone_number"}, scene=agent())
            assert "phone_number" not in one.row.items
        record.withdraw(other_no.person.id, other_no.site.id, by=uuid4())
        commit()
        other_no.give("name", optional={"phone_number", "locale"}, scene=agent())
        assert other_no.row.items == ["locale", "name"]
        other_no.give("name", optional={"phone_number"})
        assert "phone_number" in other_no.row.items
        assert other_no.row.withdrawn_items == []


def test_a_new_record_does_not_make_a_withdrawal_forgotten(provider: Provider) -> None:
    """A site that gives its grant back (Grant Management §6.5) gains nothing by it."""
    one = pair(provider)
    with provider.context():
        one.give("name")
        record.withdraw(one.person.id, one.site.id)
        record.supersede(one.person.id, one.site.id, why="revoked_by_relying_party")
        commit()
        with pytest.raises(Forbidden):
            one.give("name", scene=agent())
        db.session.rollback()
        assert one.give("name").withdrawn_at is None


def test_a_refusal_rests_whatever_else_is_asked_meanwhile(provider: Provider) -> None:
    """Domain §5.6: a question for something else does not open the way for the one that was refused."""
    with provider.context():
        said_yes, said_no, later = pair(provider), pair(provider), pair(provider)
        for one in (said_yes, said_no, later):
            record.refuse(one.account, one.rp, asked("phone_number"))
        said_yes.give("name")
        record.refuse(said_no.account, said_no.rp, asked("name"))
        with clock.shifted(timedelta(days=31)):
            record.refuse(later.account, later.rp, asked("name"))
            assert later.row.refused_items == ["name"]
        commit()
        for one in (said_yes, said_no):
            made = decision.decide(
                asked("phone_number"),
                consent_record.find(one.person.id, one.site.id),
                clock.now(),
                rest=lifetime.rest(),
            )
            assert made.refused_at is not None
        said_yes.give("phone_number")
        assert (said_yes.row.refused_items, said_yes.row.refused_at) == ([], None)


def test_a_sensitive_item_that_was_not_asked_about_again_is_no_act_again(provider: Provider) -> None:
    """PIPL art. 29: the chain says what somebody did, and when."""
    one = pair(provider)
    with provider.context():
        number = {"identity_number"}
        one.give("identity_number", sensitive=number)
        one.give("identity_number", "name", sensitive=number, scene=Scene(reason="new_items"))
        assert names(one) == ["given", "separate_given", "given"]
        one.give("identity_number", "name", sensitive=number, scene=Scene(reason="insisted"))
        assert names(one)[3:] == ["renewed", "separate_given"]
