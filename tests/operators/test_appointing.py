"""An official is made by two people, from above, and never holds two of the three administrations."""

import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from idp import clock
from idp.accounts import account as accounts
from idp.accounts.account import FROZEN, OFFICIAL, Account
from idp.audit.log import AuditEvent
from idp.authenticators import pwd
from idp.db import commit, db
from idp.errors import Conflict, Forbidden, IdpError, InvalidInput, NotFound
from idp.operators import appointing
from idp.operators import post as posts
from idp.operators.post import ACTIVE, ENDED, PROPOSED, REFUSED, Post
from idp.operators.rights import Role
from idp.proofing import evidence
from tests.operators.conftest import CITY, COUNTY, NEIGHBOUR, PROVINCE, MakeCitizen, MakePost
from tests.provider import Provider


def proposed(by: Post, person: Account, *roles: Role, at: str = COUNTY, **values: Any) -> Post:
    facts = {"username": f"o-{person.username}", "organization": "西湖区政务服务中心"} | values
    return appointing.propose(by, person, division_code=at, roles=roles or (Role.PROOFING_CLERK,), **facts)


def test_proposed_by_one_approved_by_another_taken_up_by_the_person(
    make_post: MakePost, make_citizen: MakeCitizen
) -> None:
    chen, gao = make_post(Role.SYSTEM_ADMINISTRATOR), make_post(Role.SECURITY_ADMINISTRATOR)
    person = make_citizen()
    post = proposed(chen, person, at=COUNTY)
    assert (post.status, post.account_id) == (PROPOSED, None)
    assert post.posting.path == ()
    appointing.approve(gao, post.id)
    commit()
    assert post.status == ACTIVE
    assert post.account_id is not None
    assert posts.find_active(post.account_id) is post
    account = accounts.get(post.account_id)
    assert (account.kind, account.username) == (OFFICIAL, post.username)
    assert accounts.name_of(account) == accounts.name_of(person)
    assert pwd.find_hash(account.id) is None
    appointing.take_up(person, post.id, pwd.hash_new("a good long phrase"))
    commit()
    assert pwd.verify(account.id, "a good long phrase")
    with pytest.raises(Conflict):
        appointing.take_up(person, post.id, "x")
    names = db.session.scalars(select(AuditEvent.name).where(AuditEvent.actor == appointing.actor(gao))).all()
    assert "post.approved" in names


@pytest.mark.parametrize(
    ("codes", "level"), [(("chip",), 3), (("register", "operator3", "bank4"), 3), (("counter",), 4)]
)
def test_the_account_is_worth_what_its_person_proved(
    make_post: MakePost, make_citizen: MakeCitizen, codes: tuple[str, ...], level: int
) -> None:
    chen, gao = make_post(Role.SYSTEM_ADMINISTRATOR), make_post(Role.SECURITY_ADMINISTRATOR)
    post = appointing.approve(gao, proposed(chen, make_citizen(*codes)).id)
    assert post.account_id is not None
    assert evidence.level(accounts.get(post.account_id), clock.now()) == level


def test_nobody_approves_what_they_proposed_themselves_with_whichever_post(
    make_post: MakePost, make_citizen: MakeCitizen
) -> None:
    human = make_citizen()
    both = make_post(Role.SYSTEM_ADMINISTRATOR, person=human)
    second = make_post(Role.SYSTEM_ADMINISTRATOR, person=human)
    post = proposed(both, make_citizen())
    for hand in (both, second):
        with pytest.raises(Forbidden) as refused:
            appointing.approve(hand, post.id)
        assert refused.value.code == "second_person_needed"


def test_nobody_decides_about_their_own_post(make_post: MakePost, make_citizen: MakeCitizen) -> None:
    human = make_citizen()
    mine = make_post(Role.SYSTEM_ADMINISTRATOR, person=human)
    chen = make_post(Role.SYSTEM_ADMINISTRATOR)
    with pytest.raises(Forbidden, match="own_post"):
        proposed(mine, human)
    post = proposed(chen, human)
    with pytest.raises(Forbidden, match="own_post"):
        appointing.approve(mine, post.id)
    with pytest.raises(Forbidden, match="own_post"):
        appointing.end(mine, mine.id, "enough")


@pytest.mark.parametrize(
    ("role", "home"),
    [
        (Role.SYSTEM_ADMINISTRATOR, COUNTY),  # not from above
        (Role.SYSTEM_ADMINISTRATOR, NEIGHBOUR),
        (Role.SUPERVISOR, PROVINCE),
        (Role.AUDIT_ADMINISTRATOR, PROVINCE),
        (Role.PROOFING_APPROVER, CITY),
    ],
)
def test_who_may_not_approve(make_post: MakePost, make_citizen: MakeCitizen, role: Role, home: str) -> None:
    post = proposed(make_post(Role.SYSTEM_ADMINISTRATOR), make_citizen())
    with pytest.raises(Forbidden):
        appointing.approve(make_post(role, at=home), post.id)


@pytest.mark.parametrize(
    ("role", "home", "at"),
    [
        (Role.SYSTEM_ADMINISTRATOR, COUNTY, NEIGHBOUR),
        (Role.SYSTEM_ADMINISTRATOR, COUNTY, PROVINCE),
        (Role.SYSTEM_ADMINISTRATOR, PROVINCE, "440106"),
        (Role.SECURITY_ADMINISTRATOR, PROVINCE, COUNTY),
        (Role.PROOFING_CLERK, COUNTY, COUNTY),
    ],
)
def test_who_may_not_propose(
    make_post: MakePost, make_citizen: MakeCitizen, role: Role, home: str, at: str
) -> None:
    with pytest.raises(Forbidden):
        proposed(make_post(role, at=home), make_citizen(), at=at)


def test_an_ended_post_allows_nothing(make_post: MakePost, make_citizen: MakeCitizen) -> None:
    chen, other = make_post(Role.SYSTEM_ADMINISTRATOR), make_post(Role.SYSTEM_ADMINISTRATOR)
    appointing.end(other, chen.id, "moved to another office")
    assert (chen.status, chen.end_reason) == (ENDED, "moved to another office")
    with pytest.raises(Forbidden):
        proposed(chen, make_citizen())
    with pytest.raises(Conflict):
        appointing.end(other, chen.id, "again")
    assert chen.account_id is not None
    assert posts.find_active(chen.account_id) is None


@pytest.mark.parametrize("codes", [("self",), ("phone",), ("register",)])
def test_who_has_not_proven_enough_holds_no_post(
    make_post: MakePost, make_citizen: MakeCitizen, codes: tuple[str, ...]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        proposed(make_post(Role.SYSTEM_ADMINISTRATOR), make_citizen(*codes))
    assert refused.value.field == "person"


def test_a_locked_person_and_an_official_account_hold_no_post(
    make_post: MakePost, make_citizen: MakeCitizen
) -> None:
    chen = make_post(Role.SYSTEM_ADMINISTRATOR)
    person = make_citizen()
    person.status = FROZEN
    with pytest.raises(IdpError):
        proposed(chen, person)
    official = make_post(Role.SUPERVISOR)
    assert official.account_id is not None
    with pytest.raises(InvalidInput):
        proposed(chen, accounts.get(official.account_id))


def test_who_fell_below_before_the_approval_is_not_approved(
    make_post: MakePost, make_citizen: MakeCitizen
) -> None:
    person = make_citizen()
    post = proposed(make_post(Role.SYSTEM_ADMINISTRATOR), person)
    evidence.revoke(person, {"chip"}, "card_lost")
    with pytest.raises(InvalidInput):
        appointing.approve(make_post(Role.SECURITY_ADMINISTRATOR), post.id)


def test_two_of_the_three_administrations_are_never_one_persons(
    make_post: MakePost, make_citizen: MakeCitizen
) -> None:
    chen = make_post(Role.SYSTEM_ADMINISTRATOR)
    person = make_citizen()
    with pytest.raises(Conflict) as refused:
        proposed(chen, person, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR)
    assert refused.value.field == "roles"
    proposed(chen, person, Role.SYSTEM_ADMINISTRATOR)
    with pytest.raises(Conflict):
        proposed(chen, person, Role.AUDIT_ADMINISTRATOR, username="another-name")
    proposed(chen, person, Role.SYSTEM_ADMINISTRATOR, username="a-third-name", at=NEIGHBOUR)


@pytest.mark.parametrize("roles", [(), ("mayor",), ("supervisor", "mayor"), ("supervisor", "")])
def test_roles_must_be_known(make_post: MakePost, make_citizen: MakeCitizen, roles: tuple[Any, ...]) -> None:
    chen, person = make_post(Role.SYSTEM_ADMINISTRATOR), make_citizen()
    with pytest.raises(InvalidInput, match="roles_unknown"):
        appointing.propose(
            chen, person, username="someone-new", organization="x", division_code=COUNTY, roles=roles
        )


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"username": "x"}, "username"),
        ({"username": "a b"}, "username"),
        ({"organization": " "}, "organization"),
        ({"organization": "x" * 201}, "organization"),
        ({"organization": "x\x00y"}, "organization"),
    ],
)
def test_what_is_typed_wrongly_is_said(
    make_post: MakePost, make_citizen: MakeCitizen, values: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        proposed(make_post(Role.SYSTEM_ADMINISTRATOR), make_citizen(), **values)
    assert refused.value.field == field


def test_an_unknown_division_has_no_posts(make_post: MakePost, make_citizen: MakeCitizen) -> None:
    nowhere = make_post(Role.SYSTEM_ADMINISTRATOR, at="999999")
    with pytest.raises(InvalidInput, match="division_unknown"):
        proposed(nowhere, make_citizen(), at="999999")


def test_a_taken_user_name_is_a_conflict_when_proposed_and_when_approved(
    make_post: MakePost, make_citizen: MakeCitizen
) -> None:
    chen = make_post(Role.SYSTEM_ADMINISTRATOR)
    with pytest.raises(Conflict, match="username_taken"):
        proposed(chen, make_citizen(), username=chen.username)
    post = proposed(chen, make_citizen(), username=f"late-{chen.username}")
    accounts.create(accounts.Person(username=post.username, name="李四"))
    with pytest.raises(Conflict, match="username_taken"):
        appointing.approve(make_post(Role.SECURITY_ADMINISTRATOR), post.id)


def test_refused_and_taken_back(make_post: MakePost, make_citizen: MakeCitizen) -> None:
    chen, gao = make_post(Role.SYSTEM_ADMINISTRATOR), make_post(Role.SECURITY_ADMINISTRATOR)
    refused = proposed(chen, make_citizen())
    with pytest.raises(InvalidInput):
        appointing.refuse(gao, refused.id, " \n")
    appointing.refuse(gao, refused.id, "no such office")
    assert refused.status == REFUSED
    with pytest.raises(Conflict):
        appointing.approve(gao, refused.id)
    mine = proposed(chen, make_citizen())
    appointing.refuse(chen, mine.id, "a mistake of mine")
    other = proposed(chen, make_citizen())
    with pytest.raises(Forbidden):
        appointing.refuse(make_post(Role.SYSTEM_ADMINISTRATOR, at=COUNTY), other.id, "not mine")


def test_nobody_takes_up_somebody_elses_post(make_post: MakePost, make_citizen: MakeCitizen) -> None:
    post = proposed(make_post(Role.SYSTEM_ADMINISTRATOR), make_citizen())
    appointing.approve(make_post(Role.SECURITY_ADMINISTRATOR), post.id)
    with pytest.raises(Forbidden):
        appointing.take_up(make_citizen(), post.id, "x")


def test_a_post_that_is_not_there(make_post: MakePost) -> None:
    with pytest.raises(NotFound):
        appointing.approve(make_post(Role.SYSTEM_ADMINISTRATOR), UUID(int=7))


def at_once(provider: Provider, *works: Callable[[], Any]) -> list[str]:
    """Do all at the same time, each in a transaction of its own; return how each ended."""
    ends: list[str] = []
    gate = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> None:
        with provider.context():
            gate.wait()
            try:
                work()
                commit()
                ends.append("done")
            except IdpError as error:
                db.session.rollback()
                ends.append(error.code)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ends)


def test_of_two_approvals_at_once_one_holds(
    either: Provider, make_post: MakePost, make_citizen: MakeCitizen
) -> None:
    post = proposed(make_post(Role.SYSTEM_ADMINISTRATOR), make_citizen())
    commit()
    post_id = post.id
    hands = [make_post(Role.SECURITY_ADMINISTRATOR).id for _ in range(2)]
    db.session.remove()
    ends = at_once(
        either, *(lambda hand=hand: appointing.approve(posts.get(hand), post_id) for hand in hands)
    )
    assert ends == ["done", "post_decided"]


def test_two_proposals_at_once_do_not_add_up_to_two_administrations(
    either: Provider, make_post: MakePost, make_citizen: MakeCitizen
) -> None:
    chen_id, person_id = make_post(Role.SYSTEM_ADMINISTRATOR).id, make_citizen().id
    db.session.remove()

    def propose(role: Role) -> None:
        proposed(
            posts.get(chen_id), accounts.get(person_id), role, username=f"{role.value[:6]}-{chen_id.hex[-8:]}"
        )

    ends = at_once(
        either,
        lambda: propose(Role.SECURITY_ADMINISTRATOR),
        lambda: propose(Role.AUDIT_ADMINISTRATOR),
    )
    assert ends == ["administrators_clash", "done"]
