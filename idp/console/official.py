"""One post: approve or refuse it when it was proposed by somebody else, end it when it is over."""

from uuid import UUID

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import signed_in
from idp.console import entrance
from idp.console.officials import shown
from idp.db import db
from idp.errors import Conflict, Forbidden, InvalidInput, NotFound
from idp.operators import appointing
from idp.operators import post as posts
from idp.operators.post import ACTIVE, PROPOSED, Post
from idp.operators.rights import Act
from idp.tokens import account_logout

blueprint = Blueprint("console_official", __name__)
blueprint.before_request(entrance.require)


@blueprint.get("/console/officials/<uuid:post_id>")
def official(post_id: UUID) -> str:
    """Show it."""
    return _page(_get(post_id), {})


@blueprint.post("/console/officials/<uuid:post_id>")
def decide(post_id: UUID) -> BaseResponse | tuple[str, int]:
    """Approve, refuse or end it."""
    post = _get(post_id)
    act, reason = request.form.get("act", ""), request.form.get("reason", "")
    try:
        done = _decide(post, act, reason)
    except InvalidInput as error:
        db.session.rollback()
        text = _("Give the reason in a few words") if error.field == "reason" else _(str(error.message))
        return _page(post, {error.field: text}), 400
    except (Conflict, Forbidden) as error:
        db.session.rollback()
        return _page(_get(post_id), {"": _(str(error.message))}), error.status
    return signed_in.go(f"/console/officials/{post_id}", done)


def _decide(post: Post, act: str, reason: str) -> str:
    code = post.division_code
    done: str
    if act == "approve":
        entrance.check(Act.APPROVE_OFFICIAL, code)
        with entrance.on_record(code) as by:
            appointing.approve(by, post.id)
        done = _("Approved. The person can now take up the post")
    elif act == "refuse":
        with entrance.on_record(code) as by:
            appointing.refuse(by, post.id, reason)
        done = _("Refused")
    elif act == "end":
        entrance.check(Act.END_OFFICIAL, code)
        with entrance.on_record(code) as by:
            appointing.end(by, post.id, reason)
        if post.account_id is not None:
            account_logout.end_all(post.account_id, "post_ended")
        done = _("The post is ended, and every session of it")
    else:
        raise InvalidInput("act_unknown", "Press one of the buttons on this page")
    return done


def _get(post_id: UUID) -> Post:
    post = posts.find(post_id)
    by = entrance.check(Act.SEE_OFFICIALS)
    # What lies elsewhere does not exist for this official.
    if post is None or not by.may(Act.SEE_OFFICIALS, post.division_code):
        raise NotFound("post_unknown", detail=str(post_id))
    return post


def _page(post: Post, errors: dict[str, str]) -> str:
    by = entrance.current_official()
    proposed, mine = post.status == PROPOSED, post.proposed_by == by.account.id
    above = proposed and by.may(Act.APPROVE_OFFICIAL, post.division_code)
    return entrance.page(
        "console/official.html",
        post=shown(post),
        action=f"/console/officials/{post.id}",
        may_approve=above and not mine and by.post.human != post.human,
        may_refuse=proposed and (above or mine),
        may_end=post.status == ACTIVE
        and by.may(Act.END_OFFICIAL, post.division_code)
        and by.post.human != post.human,
        is_own_proposal=proposed and mine,
        errors=errors,
        values={},
        back_url="/console/officials",
    )
