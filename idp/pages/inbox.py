"""The inbox 消息: everything the person was told about their account, by key, and what they can do about each."""

from uuid import UUID

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import signed_in
from idp.accounts import notice
from idp.db import commit
from idp.pages import notice_wording
from idp.pages.timeline_entry import NOT_ME

blueprint = Blueprint("inbox", __name__)
blueprint.before_request(signed_in.require)

LIST = "/account/inbox"
PER_PAGE = 20


@blueprint.get(LIST)
def inbox() -> str:
    """Show them, newest first; ``before`` names the last one of the page before."""
    account_id, before = signed_in.current().account.id, _before()
    found = notice.recent(account_id, PER_PAGE + 1, before=before)
    shown = found[:PER_PAGE]
    return signed_in.page(
        "account/inbox.html",
        notices=notice_wording.shown(shown),
        action=f"{LIST}/read",
        older_url=f"{LIST}?before={shown[-1].id}" if len(found) > PER_PAGE else None,
        newest_url=LIST if before else None,
    )


@blueprint.get(f"{LIST}/<uuid:which>")
def one(which: UUID) -> str:
    """Show one, which is read with it."""
    account_id = signed_in.current().account.id
    found = notice.get(account_id, which)
    if found.read_at is None:
        notice.mark_read(account_id, which)
        commit()
    return signed_in.page(
        "account/inbox_notice.html",
        message=notice_wording.shown([found])[0],
        not_me_url=NOT_ME,
        back_url=LIST,
    )


@blueprint.post(f"{LIST}/read")
def read_all() -> BaseResponse:
    """Mark all of them as read."""
    notice.mark_read(signed_in.current().account.id)
    commit()
    return signed_in.go(LIST, _("All messages are marked as read"))


def _before() -> UUID | None:
    try:
        return UUID(request.args.get("before", ""))
    except ValueError:
        return None
