"""How somebody becomes an official, and ceases to be one: proposed by one person, approved by another from above.

Domain §2: created by the department's administrator, approved one level up, the person at P3 or more. The new
account has no password until the person takes the post up with their own login, so nobody else ever knows it.
Each step is one conditional update: of two who act at once, one gets Conflict.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import notice
from idp.accounts import person as persons
from idp.accounts.account import OFFICIAL, Account, Person
from idp.audit import log
from idp.audit.event import EventName
from idp.authenticators import pwd
from idp.db import db
from idp.divisions import tree
from idp.errors import Conflict, Forbidden, InvalidInput
from idp.operators import following, rights
from idp.operators import post as posts
from idp.operators.post import ACTIVE, ENDED, PROPOSED, REFUSED, Post
from idp.operators.rights import Act, Role
from idp.uuid7 import uuid7

LONGEST_ORGANIZATION = 200
LONGEST_REASON = 200


def propose(
    by: Post, person: Account, *, username: str, organization: str, division_code: str, roles: Collection[str]
) -> Post:
    """Propose *person* (a citizen) for a post; raises InvalidInput with a field, Forbidden, Conflict."""
    _check_allowed(by, Act.PROPOSE_OFFICIAL, posts.path_of(division_code))
    if tree.find(division_code) is None:
        raise InvalidInput("division_unknown", "We do not know this division", field="division_code")
    wanted = check_roles(roles)
    organization = one_line(organization, LONGEST_ORGANIZATION, "organization")
    username = persons.get_username(username)
    if accounts.find_by_identifier(username) is not None:
        raise Conflict("username_taken", "This user name is taken. Choose another one", field="username")
    _check_not_oneself(by, person.id)
    _lock(person.id)
    _check_person(person, wanted)
    post = Post(
        id=uuid7(),
        person_id=person.id,
        username=username,
        organization=organization,
        division_code=division_code,
        roles=list(wanted),
        status=PROPOSED,
        proposed_by=by.account_id,
        proposed_at=clock.now(),
    )
    db.session.add(post)
    db.session.flush()
    _record(EventName.POST_PROPOSED, by, post)
    return post


def approve(by: Post, post_id: UUID) -> Post:
    """Approve a proposed post and make its account; raises Forbidden for whoever proposed it or is to hold it."""
    post = posts.get(post_id)
    _check_second_person(by, post)
    _check_allowed(by, Act.APPROVE_OFFICIAL, post.path)
    person = accounts.get(post.person_id) if post.person_id else None
    if person is None:
        raise Conflict("post_not_proposed", "This was decided already")
    _lock(person.id)
    _check_person(person, post.roles, apart_from=post.id)
    _move(post, PROPOSED, status=ACTIVE, approved_by=by.account_id, approved_at=clock.now())
    _open_account(post, person, actor(by))
    _record(EventName.POST_APPROVED, by, post)
    return post


def begin(
    person: Account, *, username: str, organization: str, division_code: str, roles: Collection[str]
) -> Post:
    """Make the first post of its kind in a division, from the command line; the person takes it up as any other.

    Raises Conflict ``posts_begun`` when somebody there holds one of the roles already: then the console is the way.
    """
    if tree.find(division_code) is None:
        raise InvalidInput("division_unknown", "We do not know this division", field="division_code")
    wanted = check_roles(roles)
    username = persons.get_username(username)
    organization = one_line(organization, LONGEST_ORGANIZATION, "organization")
    _lock(person.id)
    _check_person(person, wanted)
    if posts.has_open(division_code, wanted):
        raise Conflict("posts_begun", "Somebody there holds such a post already. Use the console")
    post = Post(
        id=uuid7(),
        person_id=person.id,
        username=username,
        organization=organization,
        division_code=division_code,
        roles=list(wanted),
        status=ACTIVE,
        proposed_at=clock.now(),
        approved_at=clock.now(),
    )
    db.session.add(post)
    db.session.flush()
    _open_account(post, person, None)
    _record(EventName.POST_APPROVED, None, post)
    return post


def refuse(by: Post, post_id: UUID, reason: str) -> Post:
    """Refuse a proposed post; its proposer may take it back so."""
    post = posts.get(post_id)
    if by.account_id != post.proposed_by:
        _check_allowed(by, Act.APPROVE_OFFICIAL, post.path)
    reason = one_line(reason, LONGEST_REASON, "reason")
    _move(post, PROPOSED, status=REFUSED, ended_by=by.account_id, ended_at=clock.now(), end_reason=reason)
    _record(EventName.POST_REFUSED, by, post, reason=reason)
    return post


def end(by: Post, post_id: UUID, reason: str) -> Post:
    """End an active post; the caller ends the sessions of its account. Nobody ends their own."""
    post = posts.get(post_id)
    _check_allowed(by, Act.END_OFFICIAL, post.path)
    if by.human == post.human:
        raise Forbidden("own_post", "Nobody decides about their own post")
    reason = one_line(reason, LONGEST_REASON, "reason")
    _move(post, ACTIVE, status=ENDED, ended_by=by.account_id, ended_at=clock.now(), end_reason=reason)
    _record(EventName.POST_ENDED, by, post, reason=reason)
    return post


def take_up(person: Account, post_id: UUID, hashed: str) -> Post:
    """Let the person set the password of the post's account, once; *hashed* is `pwd.hash_new`'s."""
    post = posts.get(post_id)
    if post.person_id != person.id or post.status != ACTIVE or post.account_id is None:
        raise Forbidden("post_not_yours", "This post is not yours to take up")
    _move(post, ACTIVE, free=Post.taken_up_at.is_(None), taken_up_at=clock.now())
    pwd.store(post.account_id, hashed)
    log.record(EventName.POST_TAKEN, account_id=post.account_id, post_id=str(post.id))
    return post


def check_roles(roles: Collection[str]) -> tuple[str, ...]:
    """Return *roles* in the table's order; raises InvalidInput when there is none, an unknown one or a clash."""
    known = tuple(role for role in Role if role in roles)
    if not known or len(known) != len(set(roles)):
        raise InvalidInput("roles_unknown", "Choose at least one role", field="roles")
    if rights.clashing(known):
        raise _clash()
    return known


def one_line(text: str, longest: int, field: str) -> str:
    """Return *text* on one line; raises InvalidInput when it is empty or too long."""
    line = " ".join(text.split())
    if not line or len(line) > longest or not line.isprintable():
        raise InvalidInput(f"{field}_wrong", "Enter a few plain words", field=field)
    return line


def actor(by: Post) -> str:
    """Return how the audit log names an official."""
    return f"official:{by.account_id}"


def is_same_person(by: Post, name: str) -> bool:
    """Whether the actor *name* of an event or a decision is the person who holds this post, by whichever post."""
    prefix, _, account_id = name.partition(":")
    if prefix != "official":
        return False
    other = posts.find_of(UUID(account_id))
    return account_id == str(by.account_id) or (other is not None and other.human == by.human)


def _open_account(post: Post, person: Account, by: str | None) -> None:
    """Make the account of an approved post, and tell the person that it waits."""
    facts = Person(username=post.username, name=accounts.name_of(person), locale=person.locale)
    account = accounts.create(facts, kind=OFFICIAL, actor=by)
    _move(post, ACTIVE, account_id=account.id)
    following.appoint(account, person)
    notice.tell(person, "post_offered")


def _check_allowed(by: Post, act: Act, path: tuple[str, ...]) -> None:
    if not rights.is_allowed([by.posting], act, path):
        raise Forbidden("not_your_task", "Your post does not allow this", detail=f"{act} {path[0]}")


def _check_not_oneself(by: Post, person_id: UUID | None) -> None:
    if by.human == person_id:
        raise Forbidden("own_post", "Nobody decides about their own post")


def _check_second_person(by: Post, post: Post) -> None:
    _check_not_oneself(by, post.person_id)
    proposer = posts.find_of(post.proposed_by) if post.proposed_by else None
    if by.account_id == post.proposed_by or (proposer is not None and proposer.human == by.human):
        raise Forbidden("second_person_needed", "Somebody else must approve what you proposed")


def _check_person(person: Account, roles: Collection[str], apart_from: UUID | None = None) -> None:
    accounts.check_active(person)
    if not following.is_proven(person):
        raise InvalidInput(
            "person_not_proven", "This person must prove who they are first (level 3)", field="person"
        )
    held = {role for one in posts.held_by(person.id) if one.id != apart_from for role in one.roles}
    if rights.clashing(held | set(roles)):
        raise _clash()


def _clash() -> Conflict:
    text = "System, security and audit administration are for three different people"
    return Conflict("administrators_clash", text, field="roles")


def _lock(person_id: UUID) -> None:
    # What one person is to hold is decided one after the other: two approvals at once must not add up to a clash.
    db.session.execute(select(Account.id).where(Account.id == person_id).with_for_update())


def _move(post: Post, state: str, free: Any = None, **values: Any) -> None:
    """Change the post while it is in *state*; raises Conflict when somebody was faster."""
    change = update(Post).where(Post.id == post.id, Post.status == state)
    if free is not None:
        change = change.where(free)
    moved = db.session.execute(change.values(**values).returning(Post.id)).first()
    if moved is None:
        raise Conflict("post_decided", "This was decided already")
    db.session.refresh(post)


def _record(name: EventName, by: Post | None, post: Post, **data: Any) -> None:
    log.record(
        name,
        account_id=post.account_id or post.person_id,
        actor=actor(by) if by else None,
        post_id=str(post.id),
        division=post.division_code,
        roles=list(post.roles),
        **data,
    )
