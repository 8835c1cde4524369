"""A post 岗位: who holds which roles for which organization in which division, since when, and who said so.

A post has an account of its own (kind ``official``), apart from the citizen account of the person who holds it
(domain §1), so that nobody's private logins and official ones are mixed. Denied by default: an account without an
active post may do nothing (`rights`).
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String, Uuid, select
from sqlalchemy.orm import Mapped, mapped_column

from idp.db import Json, Model, UtcDateTime, db
from idp.divisions import tree
from idp.errors import NotFound
from idp.operators.rights import Posting

PROPOSED = "proposed"
ACTIVE = "active"
REFUSED = "refused"
ENDED = "ended"
OPEN = (PROPOSED, ACTIVE)


class Post(Model):
    """One post of one person. ``account_id`` comes with the approval, ``taken_up_at`` with the first password.

    ``person_id`` is the holder's citizen account, null for the posts a deployment begins with; ``proposed_by`` and
    ``approved_by`` are official accounts, null where the deployment's own operator acted.
    """

    __tablename__ = "posts"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    account_id: Mapped[UUID | None] = mapped_column(Uuid, unique=True)
    person_id: Mapped[UUID | None] = mapped_column(Uuid)
    username: Mapped[str] = mapped_column(String(32))
    organization: Mapped[str] = mapped_column(String(200))
    division_code: Mapped[str] = mapped_column(String(12))
    roles: Mapped[list[str]] = mapped_column(Json)
    status: Mapped[str] = mapped_column(String(10))
    proposed_by: Mapped[UUID | None] = mapped_column(Uuid)
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    approved_by: Mapped[UUID | None] = mapped_column(Uuid)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    taken_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[UUID | None] = mapped_column(Uuid)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (
        Index("ix_posts_person_id", "person_id"),
        Index("ix_posts_division_code_id", "division_code", "id"),
    )

    @property
    def human(self) -> UUID | None:
        """Which person holds it: two posts with the same one are one person's."""
        return self.person_id or self.account_id

    @property
    def path(self) -> tuple[str, ...]:
        """The post's division and those above it."""
        return path_of(self.division_code)

    @property
    def posting(self) -> Posting:
        """The post as far as rights go: nothing unless it is active."""
        return Posting(self.path if self.status == ACTIVE else (), frozenset(self.roles))


def path_of(division_code: str) -> tuple[str, ...]:
    """Return *division_code* and the codes above it; of an unknown or abolished one only itself."""
    return tuple(one.code for one in reversed(tree.path(division_code))) or (division_code,)


def codes_within(division_code: str) -> list[str]:
    """Return *division_code* and the codes of everything below it, the widest first."""
    codes = [division_code]
    for code in codes:
        codes.extend(one.code for one in tree.children(code))
    return codes


def find(post_id: UUID) -> Post | None:
    """Return the post with that id, or None."""
    return db.session.get(Post, post_id)


def get(post_id: UUID) -> Post:
    """Return the post with that id; raises NotFound ``post_unknown``."""
    post = find(post_id)
    if post is None:
        raise NotFound("post_unknown", detail=str(post_id))
    return post


def find_active(account_id: UUID) -> Post | None:
    """Return the active post of an official account, or None; always as the database has it now."""
    return db.session.execute(
        select(Post)
        .where(Post.account_id == account_id, Post.status == ACTIVE)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def of_accounts(account_ids: Collection[UUID]) -> dict[UUID, Post]:
    """Return the posts of these official accounts, whatever became of them; one query for all."""
    if not account_ids:
        return {}
    rows = db.session.scalars(select(Post).where(Post.account_id.in_(account_ids)))
    return {row.account_id: row for row in rows if row.account_id is not None}


def find_of(account_id: UUID) -> Post | None:
    """Return the post of an official account, whatever became of it, or None."""
    return db.session.execute(select(Post).where(Post.account_id == account_id)).scalar_one_or_none()


def held_by(person_id: UUID) -> Sequence[Post]:
    """Return what the person with that citizen account holds or is to hold, newest first."""
    return db.session.scalars(
        select(Post).where(Post.person_id == person_id, Post.status.in_(OPEN)).order_by(Post.id.desc())
    ).all()


def has_open(division_code: str, roles: Collection[str]) -> bool:
    """Whether somebody holds, or is to hold, one of these roles in exactly that division."""
    rows = db.session.scalars(
        select(Post.roles).where(Post.division_code == division_code, Post.status.in_(OPEN))
    )
    return any(set(held) & set(roles) for held in rows)


def in_divisions(codes: Collection[str], *, before: UUID | None = None, limit: int = 50) -> Sequence[Post]:
    """Return posts of these divisions, newest first; *before* is the last id of the page before."""
    wanted = select(Post).where(Post.division_code.in_(codes))
    if before is not None:
        wanted = wanted.where(Post.id < before)
    return db.session.scalars(wanted.order_by(Post.id.desc()).limit(limit)).all()
