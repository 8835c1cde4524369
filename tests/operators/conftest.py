"""Citizens who have proven enough to hold a post, and posts that were there from the beginning."""

import itertools
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from idp import clock
from idp.accounts import account as accounts
from idp.accounts.account import OFFICIAL, Account
from idp.db import db
from idp.operators import following
from idp.operators.post import ACTIVE, Post
from idp.operators.rights import Role
from idp.proofing import evidence
from idp.uuid7 import uuid7
from tests.provider import Provider

PROVINCE, CITY, COUNTY, NEIGHBOUR = "330000", "330100", "330106", "330105"

_numbers = itertools.count(1)

MakePost = Callable[..., Post]
MakeCitizen = Callable[..., Account]


@pytest.fixture
def inside(either: Provider) -> Iterator[Flask]:
    """An application context."""
    with either.context() as app:
        yield app
        db.session.rollback()


@pytest.fixture
def make_citizen(inside: Flask) -> MakeCitizen:
    """A function that makes a citizen who has proven something (by default enough)."""

    def make(*codes: str) -> Account:
        person = accounts.Person(username=f"citizen{next(_numbers)}", name="王芳")
        account = accounts.create(person)
        for code in codes or ("chip",):
            evidence.add(account, code, source="test")
        db.session.commit()
        return account

    return make


@pytest.fixture
def make_post(inside: Flask) -> MakePost:
    """A function that makes an active post of its own, as a deployment begins with."""

    def make(*roles: Role, at: str = PROVINCE, person: Account | None = None) -> Post:
        facts = accounts.Person(username=f"official{next(_numbers)}", name="陈静")
        account = accounts.create(facts, kind=OFFICIAL)
        post = Post(
            id=uuid7(),
            account_id=account.id,
            person_id=person.id if person else None,
            username=facts.username,
            organization="政务服务中心",
            division_code=at,
            roles=list(roles),
            status=ACTIVE,
            proposed_at=clock.now(),
            approved_at=clock.now(),
        )
        db.session.add(post)
        db.session.flush()
        following.appoint(account, person)
        db.session.commit()
        return post

    return make
