"""Older accounts 原有账号: which of mine at which service are linked, and where I can link another; unlinking.

What the three ways of linking share is here too: the page they come back to, and what a service is called.
"""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import signed_in
from idp.audit import log
from idp.audit.event import EventName
from idp.db import commit, db
from idp.errors import IdpError
from idp.linking import linked_account
from idp.linking.linked_account import LinkedAccount
from idp.pages import mandating, serving
from idp.relying_parties import relying_party_row

blueprint = Blueprint("linked_accounts", __name__)
blueprint.before_request(signed_in.require)

HERE = "/account/linked"
CODE = f"{HERE}/code"
NEW = f"{HERE}/new"
PAGE = 50
LONGEST_ID = 255


@blueprint.get(HERE)
def linked_accounts() -> str:
    """Show them."""
    person = mandating.citizen()
    linked = linked_account.of_account(person.id)
    after = client_id(request.args.get("after", ""))
    offered = relying_party_row.page_of_linking(after, PAGE + 1)
    return signed_in.page(
        "account/linked_accounts.html",
        linked=[_row(one) for one in linked],
        services=[_offer(one) for one in offered[:PAGE] if one not in {row.client_id for row in linked}],
        more_url=f"{HERE}?{urlencode({'after': offered[PAGE - 1]})}" if len(offered) > PAGE else None,
        code_url=CODE,
        unlink_action=f"{HERE}/unlink",
        back_url=serving.SERVICES,
    )


@blueprint.post(f"{HERE}/unlink")
def unlink() -> BaseResponse:
    """Unlink the older account at that service; twice does no harm."""
    person = mandating.citizen()
    linked_account.unlink(person, client_id(request.form.get("client_id", "")))
    commit()
    return signed_in.go(HERE, _("Done. It is linked no more, and we tell the service."))


def client_id(text: str) -> str:
    """Return what may be a service's id, else nothing."""
    return text if text.isprintable() and len(text) <= LONGEST_ID else ""


def done(linked: LinkedAccount) -> BaseResponse:
    """Go back to the list, and say what was linked."""
    name = serving.site_of(linked.client_id).name
    return signed_in.go(HERE, _("Your older account at %(site)s is linked.", site=name))


def refused(error: IdpError, asked: str | None = None) -> None:
    """Undo what the try began, and put it on record."""
    db.session.rollback()
    account_id = signed_in.current().account.id
    log.record(EventName.LINK_REFUSED, account_id=account_id, client_id=asked, reason=error.code)
    commit()


def _row(one: LinkedAccount) -> dict[str, Any]:
    return {
        "client_id": one.client_id,
        "site": serving.site_of(one.client_id),
        "masked": linked_account.masked(linked_account.legacy_id_of(one)),
        "how": one.how,
        "linked_at": one.linked_at,
    }


def _offer(asked: str) -> dict[str, Any]:
    return {"url": f"{NEW}?{urlencode({'client_id': asked})}", "site": serving.site_of(asked)}
