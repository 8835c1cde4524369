"""A mandate between relatives or friends 亲友代办: let somebody act for me, or ask to act for them."""

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import signed_in
from idp.db import commit, db
from idp.errors import Conflict, Forbidden, InvalidInput, TooMany
from idp.mandates import relatives, rules
from idp.pages import mandating, refusal

blueprint = Blueprint("mandate_offer", __name__)
blueprint.before_request(signed_in.require)

FORM = f"{mandating.MANDATES}/new"
OFFER, ASK = "offer", "ask"


@blueprint.get(FORM)
def mandate_offer() -> str:
    """Show the form."""
    return _page({}, {"direction": request.args.get("direction", OFFER), "scope": "all"})


@blueprint.post(FORM)
def offer() -> BaseResponse | tuple[str, int]:
    """Write the mandate; the other one has still to say yes."""
    me = mandating.citizen()
    try:
        other = mandating.get_holder(request.form.get("holder", ""), request.form.get("holder_name", ""))
        wished = mandating.read_terms(rules.RELATIVE)
        if request.form.get("direction") == ASK:
            made = relatives.ask(me, other, wished)
        else:
            made = relatives.offer(me, other, wished)
        commit()
    except (InvalidInput, Conflict, TooMany) as error:
        db.session.rollback()
        field = "" if isinstance(error, TooMany) else error.field
        return _page(refusal.errors(error, field), mandating.values()), error.status
    except Forbidden as error:
        db.session.rollback()
        return _page(refusal.errors(error, ""), mandating.values()), error.status
    return signed_in.go(
        f"{mandating.MANDATES}/{made.id}", _("They have got a message. It holds when they say yes")
    )


def _page(errors: dict[str, str], values: dict[str, str]) -> str:
    return signed_in.page(
        "account/mandate_offer.html",
        action=FORM,
        dates=mandating.dates(rules.RELATIVE),
        item_choices=mandating.item_choices(),
        back_url=mandating.MANDATES,
        errors=errors,
        values=values,
    )
