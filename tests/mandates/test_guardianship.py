"""Guardians: what the register and an official say, and what a birthday changes."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import notice, represented
from idp.accounts.account import CITIZEN, Account
from idp.db import commit, db
from idp.errors import Conflict, Forbidden, InvalidInput, NotFound
from idp.mandates import age, appointment, choosing, due, ending, guardianship, mandate
from idp.mandates.decision import ACTIVE, ENDED, PROPOSED, Permit, Reason, Refusal
from idp.mandates.guardianship import Kinship
from idp.mandates.mandate import Mandate
from idp.mandates.terms import Terms
from tests.mandates.conftest import MakePerson

Later = Callable[[timedelta], None]
YEAR = timedelta(days=366)


def born(years_ago: int) -> date:
    """The birthday of somebody who was *years_ago* old yesterday."""
    yesterday = age.today(clock.now() - timedelta(days=1))
    return date(yesterday.year - years_ago, yesterday.month, min(yesterday.day, 28))


def child_of(years: int) -> tuple[Account, Kinship]:
    birthdate = born(years)
    child = represented.create(CITIZEN, "刘小宝")
    accounts.set_birth(child, birthdate.isoformat(), "male")
    return child, Kinship(birthdate, "father", "ab" * 32)


def may(guardian: Account, made: Mandate, *items: str) -> Permit | Refusal:
    return choosing.check(guardian.id, made.id, ("guardian", "ward_guardian"), items, clock.now())


def test_a_guardian_acts_for_a_child_until_it_is_of_age(person: MakePerson) -> None:
    liuyang = person("刘洋")
    child, kinship = child_of(7)
    made = guardianship.establish(liuyang, child, kinship)
    commit()
    assert made.status == ACTIVE
    assert made.expires_at == age.reached(kinship.birthdate, 18)
    assert may(liuyang, made) == Permit(frozenset(), 3, "guardian")
    (choice,) = choosing.choices(liuyang.id, {"guardian"}, ("school",), clock.now())
    assert (choice.principal_name, choice.principal_kind, choice.items) == ("刘小宝", "citizen", ("school",))
    assert not appointment.may_end(made, child.id)
    assert appointment.may_end(made, liuyang.id)


def test_a_child_has_two_guardians_at_most_and_nobody_twice(person: MakePerson) -> None:
    child, kinship = child_of(3)
    father, mother = person("父"), person("母")
    guardianship.establish(father, child, kinship)
    with pytest.raises(Conflict) as caught:
        guardianship.establish(father, child, kinship)
    assert caught.value.code == "mandate_exists"
    guardianship.establish(mother, child, kinship)
    with pytest.raises(Conflict) as caught:
        guardianship.establish(person("叔"), child, kinship)
    assert caught.value.code == "role_full"


def test_nobody_guards_who_is_of_age_or_without_a_proven_name(person: MakePerson) -> None:
    child, kinship = child_of(18)
    with pytest.raises(InvalidInput) as caught:
        guardianship.establish(person("父"), child, kinship)
    assert caught.value.code == "ward_of_age"
    child, kinship = child_of(5)
    with pytest.raises(Forbidden) as refused:
        guardianship.establish(person("父", proven=("register",)), child, kinship)
    assert refused.value.code == "proofing_too_low"


def test_birthdays_change_what_a_guardian_may_and_everybody_is_told(person: MakePerson, later: Later) -> None:
    liuyang = person("刘洋")
    child, kinship = child_of(7)
    made = guardianship.establish(liuyang, child, kinship)
    commit()
    assert due.run() == 0
    told = []
    for years in (8, 14, 16):
        later(age.reached(kinship.birthdate, years) - clock.now() + timedelta(seconds=1))
        # The decision is right before the job came round.
        answer = may(liuyang, made)
        assert due.run() == 1
        assert due.run() == 0
        told.append((years, answer))
    assert told == [
        (8, Permit(frozenset(), 3, "guardian")),
        (14, Permit(frozenset(), 3, "guardian", may_consent=False)),
        (16, Refusal(Reason.AGE_NEEDS_ITEMS)),
    ]
    assert {row.name for row in notice.recent(liuyang.id, 10)} >= {"guardian_birthday"}
    guardianship.name_items(made, child.id, ["school"])
    commit()
    assert may(liuyang, made) == Permit(frozenset({"school"}), 3, "guardian", may_consent=False)
    assert may(liuyang, made, "bank") == Refusal(Reason.ITEM_NOT_COVERED)
    later(age.reached(kinship.birthdate, 18) - clock.now())
    assert isinstance(may(liuyang, made), Refusal)
    assert due.run() >= 1
    db.session.refresh(made)
    assert (made.status, made.end_reason) == (ENDED, ending.OF_AGE)
    assert notice.recent(liuyang.id)[0].name == "guardian_of_age"


def test_only_a_child_of_16_names_items_and_only_their_own(person: MakePerson) -> None:
    child, kinship = child_of(15)
    made = guardianship.establish(person("父"), child, kinship)
    with pytest.raises(Forbidden) as caught:
        guardianship.name_items(made, child.id, ["school"])
    assert caught.value.code == "not_by_item_yet"
    with pytest.raises(NotFound):
        guardianship.name_items(made, person("别人").id, ["school"])
    elder, kinship = child_of(16)
    other = guardianship.establish(person("母"), elder, kinship)
    with pytest.raises(InvalidInput):
        guardianship.name_items(other, elder.id, ["phone"])


def test_a_guardian_of_an_adult_waits_for_an_official_who_saw_the_decision(
    person: MakePerson, later: Later
) -> None:
    guardian, ward, official = person("监护人"), person("成年被监护人"), person("窗口")
    for number in ("", " " * 9, "x" * 61, "\0"):
        with pytest.raises(InvalidInput) as caught:
            guardianship.ask_for_ward(guardian, ward, number, Terms("ward_guardian"))
        assert caught.value.field == "evidence_number"
    made = guardianship.ask_for_ward(guardian, ward, " (2026) 浙0106民特12号 ", Terms("ward_guardian"))
    commit()
    assert made.evidence_number == "(2026) 浙0106民特12号"
    assert "民特" not in (made.evidence_sealed or "")
    assert may(guardian, made) == Refusal(Reason.NOT_CONFIRMED)
    for own in (guardian, ward):
        with pytest.raises(Forbidden):
            guardianship.confirm_for_ward(made, own.id)
        with pytest.raises(NotFound):
            appointment.confirm(made, own.id)
    guardianship.confirm_for_ward(made, official.id)
    commit()
    assert may(guardian, made) == Permit(frozenset(), 3, "ward_guardian")
    with pytest.raises(NotFound):
        guardianship.confirm_for_ward(made, official.id)
    # Until the review date, and not a moment longer.
    later(YEAR)
    assert may(guardian, made) == Refusal(Reason.EXPIRED)


def test_an_official_refuses_a_decision_that_was_not_shown(person: MakePerson) -> None:
    made = guardianship.ask_for_ward(person("甲"), person("乙"), "12号", Terms("ward_guardian"))
    assert made.status == PROPOSED
    guardianship.refuse_for_ward(made, person("窗口").id)
    assert made.end_reason == ending.DECLINED
    with pytest.raises(NotFound):
        guardianship.refuse_for_ward(made, person("窗口").id)


def test_nothing_is_due_for_mandates_that_have_ended(
    context: Flask, person: MakePerson, later: Later
) -> None:
    child, kinship = child_of(7)
    made = guardianship.establish(person("父"), child, kinship)
    ending.end(made, ending.LEFT)
    commit()
    later(12 * YEAR)
    assert due.run() == 0
    assert db.session.scalars(select(Mandate)).one().end_reason == ending.LEFT
    assert mandate.ended_of(child.id) == [made]


def test_the_other_one_hears_that_a_mandate_ended(person: MakePerson) -> None:
    guardian = person("父")
    child, kinship = child_of(7)
    made = guardianship.establish(guardian, child, kinship)
    ending.end(made, ending.LEFT, by=guardian.id)
    assert "mandate_ended" in [one.name for one in notice.recent(child.id)]
    assert "mandate_ended" not in [one.name for one in notice.recent(guardian.id)]
    assert not ending.end(made, ending.LEFT, by=guardian.id)
    assert len([one for one in notice.recent(child.id) if one.name == "mandate_ended"]) == 1
