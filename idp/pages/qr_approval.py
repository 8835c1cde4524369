"""A phone answers for another screen: who asks, where that screen is, which number it shows; approve or deny.

The phone's own login must be one factor at least, not itself by QR code, and not too old: else it is renewed first.
"""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from flask import Blueprint, redirect, request
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import clock, signed_in
from idp.assurance import authenticator_level
from idp.authenticators import mfa, qr
from idp.authenticators.qr import Request
from idp.db import commit
from idp.errors import Conflict, Expired, InvalidInput, TooMany
from idp.level_policy import current
from idp.pages import refusal
from idp.relying_parties import asking_site, cache
from idp.sessions import user_agent
from idp.settings import SETTINGS

blueprint = Blueprint("qr_approval", __name__)
blueprint.before_request(signed_in.require)

EXPIRED = "expired"
ANSWERED = "answered"
LEAST = 1  # the authenticator level that may vouch for another screen


@blueprint.get("/qr/<handle>")
def qr_approval(handle: str) -> BaseResponse | str | tuple[str, int]:
    """Show who asks and the three numbers."""
    asked = qr.find(handle)
    if asked is None:
        return _told(EXPIRED), 410
    if not _may_answer():
        return redirect(f"/account/reauthenticate?{urlencode({'next': request.path})}", 303)
    if qr.outcome(asked) is not None:
        return _told(ANSWERED), 409
    return _page(asked, {})


@blueprint.post("/qr/<handle>")
def answer(handle: str) -> BaseResponse | str | tuple[str, int]:
    """Say yes with the right number, or no; only the first answer counts."""
    if not _may_answer():
        return redirect(f"/account/reauthenticate?{urlencode({'next': request.path})}", 303)
    person = signed_in.current()
    who = {"account_id": person.account.id, "session_id": person.session.id}
    number = request.form.get("number", "")
    denied = request.form.get("answer") == "deny"
    asked = qr.find(handle)
    if not denied and not number and asked is not None:
        return _page(asked, {"number": _("Choose the number that the other screen shows")}), 400
    try:
        if denied:
            qr.deny(handle, **who)
        else:
            qr.approve(handle, number, **who)
    except (Expired, Conflict) as error:
        return _told(EXPIRED if isinstance(error, Expired) else ANSWERED), error.status
    except InvalidInput:
        commit()
        return _told(qr.Outcome.WRONG_NUMBER), 400
    except TooMany as error:
        return _told(EXPIRED, refusal.errors(error, "")), error.status
    commit()
    return _told(qr.Outcome.DENIED if denied else qr.Outcome.APPROVED)


def _may_answer() -> bool:
    """Whether this session may vouch for another: by own proof, with all factors the account has, not long ago."""
    person = signed_in.current()
    own = set(person.session.methods) - {qr.AMR, mfa.AMR}
    oldest = clock.now() - timedelta(seconds=SETTINGS.get().lifetimes.qr_login)
    complete = not person.owes_second_factor or mfa.is_two_factors(own)
    known = authenticator_level.of(current.get(), own, person.account.kind) >= LEAST
    return known and complete and person.session.auth_time > oldest


def _page(asked: Request, errors: dict[str, str]) -> str:
    rp = cache.find(asked.client_id) if asked.client_id else None
    return signed_in.page(
        "qr_approval.html",
        rp=asking_site.of(rp, str(get_locale())) if rp else None,
        back_url=None,
        action=request.path,
        browser_name=user_agent.name(asked.user_agent),
        address=asked.address,
        started_at=datetime.fromtimestamp(asked.started_at, tz=clock.now().tzinfo),
        numbers=[str(number) for number in asked.choices],
        errors=errors,
        values={},
    )


def _told(state: str, errors: dict[str, str] | None = None) -> str:
    return signed_in.page("qr_answered.html", rp=None, back_url=None, state=str(state), errors=errors or {})
