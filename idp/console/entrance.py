"""Who comes into the console, with which post, and the frame its pages are shown in.

Denied by default: a blueprint's ``before_request`` is `require`; each act asks `check` for its right in its division.
Officials come in at level 3 with a cryptographic factor, security and audit administrators at level 4 (the policy's
floors). What was refused is on record too.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import g, request
from werkzeug.wrappers import Response as BaseResponse

from idp import signed_in
from idp.accounts.account import OFFICIAL, Account
from idp.assurance import policy
from idp.audit import log
from idp.audit.event import EventName
from idp.console import wording
from idp.db import commit, db
from idp.divisions import tree
from idp.errors import Forbidden
from idp.level_policy import current
from idp.operators import post as posts
from idp.operators import record, rights
from idp.operators.post import Post
from idp.operators.rights import Act, Role

CONSOLE, CONSOLE_SECURITY, CONSOLE_AUDIT = "console", "console_security", "console_audit"


@dataclass(frozen=True)
class Official:
    """The official of this request: the account that is signed in, and its active post."""

    account: Account
    post: Post

    def may(self, act: Act, division_code: str | None = None) -> bool:
        """Whether *act* is allowed in that division; without one, somewhere."""
        if division_code is None:
            return act in rights.acts([self.post.posting])
        return rights.is_allowed([self.post.posting], act, posts.path_of(division_code))


def require() -> BaseResponse | None:
    """Let officials with an active post pass whose login is strong enough; send others to log in, or refuse."""
    away = signed_in.require()
    if away is not None:
        return away
    account = signed_in.current().account
    post = posts.find_active(account.id) if account.kind == OFFICIAL else None
    if post is None:
        raise Forbidden("not_an_official", "This part is for officials. Log in with your official account")
    away = signed_in.step_up(_floor(post))
    if away is not None:
        return away
    g.official = Official(account, post)
    commit()
    return None


def current_official() -> Official:
    """Return the official that `require` let pass."""
    official: Official = g.official
    return official


def check(act: Act, division_code: str | None = None) -> Official:
    """Return the official of this request if *act* is allowed; raises Forbidden, which goes on record."""
    official = current_official()
    if not official.may(act, division_code):
        db.session.rollback()
        with record.acting(official.post):
            log.record(
                EventName.ACCESS_REFUSED,
                account_id=official.account.id,
                act=act.value,
                division=division_code,
                page=request.path,
            )
        commit()
        raise Forbidden("not_your_task", "Your post does not allow this", detail=f"{act} {division_code}")
    return official


@contextmanager
def on_record(division_code: str | None = None) -> Iterator[Post]:
    """Put what is done in this block on record under that division, and commit it."""
    post = current_official().post
    with record.acting(post, division_code):
        yield post
    commit()


def page(template: str, **context: Any) -> str:
    """Show *template* in the console's frame."""
    official = current_official()
    return signed_in.page(
        template,
        official={
            "organization": official.post.organization,
            "division": tree.full_name(official.post.division_code) or official.post.division_code,
            "roles": [wording.role(role) for role in official.post.roles],
        },
        rooms=rooms(official),
        **context,
    )


def position() -> UUID | None:
    """Return the id after which a list goes on (``?from=``), None at its beginning or for what is no id."""
    try:
        return UUID(request.args.get("from", ""))
    except ValueError:
        return None


def rooms(official: Official) -> list[str]:
    """Return the keys of the rooms that this official's post opens, in the order of the list."""
    opens = {
        "assist": Act.ASSIST,
        "cases": Act.SEE_CASES,
        "guardians": Act.DECIDE_CASE,
        "look-up": Act.LOOK_UP_ACCOUNT,
        "levels": Act.SEE_LEVELS,
        "officials": Act.SEE_OFFICIALS,
        "federation": Act.SEE_FEDERATION,
        "streams": Act.SEE_STREAMS,
        "record": Act.SEE_RECORD,
    }
    return [key for key, act in opens.items() if official.may(act)]


def _floor(post: Post) -> policy.Act:
    floors = current.get().floors.acts
    if Role.AUDIT_ADMINISTRATOR in post.roles:
        return floors[CONSOLE_AUDIT]
    return floors[CONSOLE_SECURITY if Role.SECURITY_ADMINISTRATOR in post.roles else CONSOLE]
