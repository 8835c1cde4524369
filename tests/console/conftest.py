"""Officials in front of the console, and citizens who come to their window."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from idp import clock
from idp.accounts import account as accounts
from idp.accounts.account import OFFICIAL
from idp.db import commit, db
from idp.operators import following
from idp.operators.post import ACTIVE, Post
from idp.operators.rights import GUARDED, Role
from idp.proofing import attempt
from idp.proofing import case as cases
from idp.proofing import evidence as evidences
from idp.sessions import session as sessions
from idp.uuid7 import uuid7
from tests.person import Person, Visitor
from tests.provider import Provider

PROVINCE, CITY, COUNTY, NEIGHBOUR = "330000", "330100", "330106", "330105"

_numbers = itertools.count(1)


@dataclass
class Official:
    """Somebody with a post, and the browser they sit at."""

    person: Person
    post_id: UUID
    browser: Visitor

    @property
    def id(self) -> UUID:
        """The official's account."""
        return self.person.id


MakeOfficial = Callable[..., Official]


@pytest.fixture
def official(either: Provider) -> MakeOfficial:
    """A function that makes an official with these roles who has just come into the console."""

    def make(*roles: Role, at: str = COUNTY, human: Person | None = None, enters: bool = True) -> Official:
        person = either.person(totp=True, name="孙丽", username=f"post{next(_numbers)}")
        with either.context():
            account = accounts.get(person.id)
            account.kind = OFFICIAL
            post = Post(
                id=uuid7(),
                account_id=person.id,
                person_id=human.id if human else None,
                username=person.username,
                organization="西湖区政务服务中心",
                division_code=at,
                roles=list(roles),
                status=ACTIVE,
                proposed_at=clock.now(),
                approved_at=clock.now(),
            )
            db.session.add(post)
            db.session.flush()
            following.appoint(account, accounts.get(human.id) if human else None)
            if GUARDED & set(roles):
                evidences.add(account, "counter", source="test")
            commit()
            made = Official(person, post.id, Visitor(either.app, either.settings.issuer, language="en"))
        if enters:
            enter(either, made, strong=bool(GUARDED & set(roles)))
        return made

    return make


def enter(provider: Provider, official: Official, *, strong: bool = False) -> None:
    """Log in with password and code; *strong*: as after a key on a trusted device (journeys do that in a browser)."""
    official.browser.go("/login")
    official.browser.log_in(official.person)
    if strong:
        with provider.context():
            for session in sessions.live_sessions(official.id):
                session.methods = ["hwk", "user"]
                session.strong_until = clock.now() + timedelta(hours=1)
            commit()
    official.browser.go("/console")


def text(visitor: Visitor) -> str:
    """All that the open page says."""
    return " ".join("".join(visitor.page.texts).split())


def post_directly(visitor: Visitor, path: str, **values: Any) -> int:
    """Send a form that was never opened, with a right token from another page; return the status."""
    token = next(value for name, value in visitor.page.forms[0].values if name == "csrf_token")
    visitor.response = visitor.client.post(
        path, base_url=visitor.issuer, data={"csrf_token": token, **values}, headers=visitor.headers
    )
    return visitor.response.status_code


def with_a_form(visitor: Visitor) -> Visitor:
    """Open a page that has a form, for its token."""
    visitor.go("/account/reauthenticate")
    return visitor


NUMBERS = itertools.count(100)


def citizen_number() -> str:
    """A valid identity number that nobody else uses."""
    sequence = next(NUMBERS)
    body = f"3301061990{sequence % 12 + 1:02}{sequence // 12 % 28 + 1:02}{sequence % 1000:03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    rest = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11
    return body + "10X98765432"[rest]


@dataclass
class Waiting:
    """A case that waits at a window."""

    id: UUID
    number: str
    citizen: Person
    document: str


@pytest.fixture
def case(either: Provider) -> Callable[..., Waiting]:
    """A function that lets a citizen prepare a case."""

    def make(verifier: str = "counter", at: str = COUNTY, person: Person | None = None) -> Waiting:
        citizen = person or either.person(name="李娜")
        document = citizen_number()
        with either.context():
            made = cases.begin(accounts.get(citizen.id), verifier, division_code=at)
            commit()
            form = {"name": "李娜", "type": "citizen_id", "number": document, "division": at}
            attempt.submit(made, form, address="127.0.0.1")
            commit()
            return Waiting(made.id, made.number, citizen, document)

    return make
