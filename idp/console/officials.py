"""The officials of a division and those below it: who holds which post, and what waits for approval."""

from typing import Any
from uuid import UUID

from flask import Blueprint

from idp.accounts import account as accounts
from idp.console import entrance, wording
from idp.db import commit
from idp.divisions import tree
from idp.operators import post as posts
from idp.operators.post import Post
from idp.operators.rights import Act

blueprint = Blueprint("console_officials", __name__)
blueprint.before_request(entrance.require)

PAGE = 30


@blueprint.get("/console/officials")
def officials() -> str:
    """Show the list, newest first."""
    by = entrance.check(Act.SEE_OFFICIALS)
    codes = posts.codes_within(by.post.division_code)
    found = posts.in_divisions(codes, before=entrance.position(), limit=PAGE + 1)
    page = entrance.page(
        "console/officials.html",
        posts=[shown(post) for post in found[:PAGE]],
        older=str(found[PAGE - 1].id) if len(found) > PAGE else None,
        may_propose=by.may(Act.PROPOSE_OFFICIAL),
    )
    commit()
    return page


def shown(post: Post) -> dict[str, Any]:
    """Return a post as pages show it."""
    return {
        "id": str(post.id),
        "name": name_of(post),
        "username": post.username,
        "organization": post.organization,
        "division": tree.full_name(post.division_code) or post.division_code,
        "roles": [wording.role(role) for role in post.roles],
        "status": post.status,
        "status_text": wording.post_status(post.status),
        "proposed_at": post.proposed_at,
        "approved_at": post.approved_at,
        "ended_at": post.ended_at,
        "end_reason": post.end_reason,
        "proposed_by": official_name(post.proposed_by),
        "approved_by": official_name(post.approved_by),
        "ended_by": official_name(post.ended_by),
        "taken_up": post.taken_up_at is not None,
    }


def name_of(post: Post) -> str:
    """Return the name of whoever holds the post."""
    return official_name(post.account_id or post.person_id) or post.username


def official_name(account_id: UUID | None) -> str | None:
    """Return an official's name, or None where the deployment's own operator acted."""
    account = accounts.find(account_id) if account_id else None
    return accounts.name_of(account) if account else None
