"""An official's account follows what its person has proven."""

from uuid import UUID

from flask import Flask

from idp import clock
from idp.accounts import account as accounts
from idp.accounts.account import FROZEN, Account
from idp.background import HANDLERS
from idp.db import db
from idp.operators import following
from idp.operators.post import Post
from idp.operators.rights import Role
from idp.outbox.message import OutboxMessage
from idp.proofing import evidence
from tests.operators.conftest import MakeCitizen, MakePost


def level(account: Account) -> int:
    return evidence.level(account, clock.now())


def account_of(post: Post) -> Account:
    assert post.account_id is not None
    return accounts.get(post.account_id)


def test_a_lost_card_takes_the_level_away_and_a_new_proof_gives_it_back(
    make_post: MakePost, make_citizen: MakeCitizen
) -> None:
    person = make_citizen("chip", "counter")
    official = account_of(make_post(Role.SUPERVISOR, person=person))
    assert level(official) == 4
    evidence.revoke(person, {"counter"}, "card_lost")
    following.follow(person)
    assert level(official) == 3
    evidence.revoke(person, {"chip"}, "card_lost")
    following.follow(person)
    assert level(official) == 0
    evidence.add(person, "counter", source="test")
    following.follow(person)
    assert level(official) == 4


def test_a_message_about_the_person_reaches_the_post_and_one_about_the_post_nobody(
    make_post: MakePost, make_citizen: MakeCitizen
) -> None:
    person = make_citizen()
    official = account_of(make_post(Role.SUPERVISOR, person=person))
    evidence.revoke(person, {"chip"}, "card_lost")
    wanted = db.select(OutboxMessage).where(OutboxMessage.account_id == person.id)
    message = db.session.scalars(wanted.order_by(OutboxMessage.id.desc())).first()
    assert message is not None
    HANDLERS[message.kind](message)
    assert level(official) == 0
    told = db.select(OutboxMessage).where(OutboxMessage.account_id == official.id)
    newest = db.session.scalars(told.order_by(OutboxMessage.id.desc())).first()
    assert newest is not None
    following.standing_changed(newest)
    newest.payload = {"account_id": str(UUID(int=7))}
    following.standing_changed(newest)
    assert level(official) == 0


def test_following_twice_changes_nothing_more(make_post: MakePost, make_citizen: MakeCitizen) -> None:
    person = make_citizen("counter")
    official = account_of(make_post(Role.SUPERVISOR, person=person))
    following.follow(person)
    before = [piece.id for piece in evidence.of_account(official.id)]
    following.follow(person)
    assert [piece.id for piece in evidence.of_account(official.id)] == before


def test_a_frozen_person_holds_no_level(make_post: MakePost, make_citizen: MakeCitizen) -> None:
    person = make_citizen("counter")
    official = account_of(make_post(Role.SUPERVISOR, person=person))
    person.status = FROZEN
    following.follow(person)
    assert level(official) == 0


def test_who_holds_no_post_is_left_alone(inside: Flask, make_citizen: MakeCitizen) -> None:
    person = make_citizen()
    following.follow(person)
    assert level(person) == 3
