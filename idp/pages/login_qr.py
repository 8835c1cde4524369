"""Log in on this screen by a phone that is logged in: a QR code, a number, and the answer collected.

A script asks whether the phone has answered; without one a button does. What the phone said is collected by a post.
"""

import io
from urllib.parse import urlencode

import segno
from flask import Blueprint, Response, abort, jsonify, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, metrics
from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.authenticators import qr
from idp.authenticators.qr import Answer, Outcome, Request
from idp.db import commit
from idp.errors import TooMany
from idp.journey.journey import Journey
from idp.pages import refusal, signing_in
from idp.sessions import session as sessions
from idp.settings import SETTINGS

blueprint = Blueprint("login_qr", __name__)

EXPIRED = "expired"
WAITING = "waiting"


@blueprint.get("/login/qr")
def login_qr() -> str | tuple[str, int]:
    """Show a new code."""
    journey = signing_in.current_journey()
    try:
        asked = qr.begin(
            device=browser.device_id(request),
            client_id=journey.request.client_id if journey.request else None,
            user_agent=request.headers.get("User-Agent", ""),
            address=request.remote_addr or "",
        )
    except TooMany as error:
        return _page(journey, None, EXPIRED, refusal.errors(error, "")), error.status
    return _page(journey, asked, WAITING, {})


@blueprint.post("/login/qr")
def collect() -> BaseResponse | str | tuple[str, int]:
    """Go in when the phone approved; show the same code while it has not answered."""
    journey = signing_in.current_journey()
    asked = _own(request.form.get("handle", ""))
    if asked is None:
        return _page(journey, None, EXPIRED, {}), 410
    said = qr.outcome(asked)
    if said is None:
        return _page(journey, asked, WAITING, {}, told=True)
    answer = qr.collect(asked)
    account = _approved(answer)
    if account is not None:
        metrics.login("succeeded")
        return signing_in.complete(journey, account, [qr.AMR])
    metrics.login("refused")
    commit()
    # Approved, but the phone was logged out or its account locked meanwhile: the screen stays out all the same.
    state = said if answer is not None and said is not Outcome.APPROVED else EXPIRED
    return _page(journey, None, state, {}), 410


@blueprint.get("/login/qr/state")
def state() -> Response:
    """Tell the script of this page whether the phone has answered."""
    asked = _own(request.args.get("handle", ""))
    commit()
    answered = qr.outcome(asked) if asked else EXPIRED
    told = jsonify(state=str(answered or WAITING))
    told.headers["Cache-Control"] = "no-store"
    return told


@blueprint.get("/login/qr/picture.svg")
def picture() -> Response:
    """Draw the address that the phone opens; only for the browser that shows it."""
    asked = _own(request.args.get("handle", ""))
    if asked is None:
        abort(404)
    drawn = io.BytesIO()
    segno.make(f"{SETTINGS.get().issuer}/qr/{asked.handle}", error="m").save(
        drawn, kind="svg", scale=5, border=3, dark="#000", light="#fff", xmldecl=False
    )
    return Response(drawn.getvalue(), mimetype="image/svg+xml", headers={"Cache-Control": "no-store"})


def _own(handle: str) -> Request | None:
    return qr.find_own(handle, browser.device_id(request))


def _approved(answer: Answer | None) -> Account | None:
    """Return the account to let in: the phone's session must still live, its account be in use."""
    if answer is None or answer.outcome is not Outcome.APPROVED:
        return None
    account = accounts.find(answer.account_id)
    lives = any(one.id == answer.session_id for one in sessions.live_sessions(answer.account_id))
    return account if account is not None and account.status == accounts.ACTIVE and lives else None


def _page(
    journey: Journey, asked: Request | None, state: str, errors: dict[str, str], *, told: bool = False
) -> str:
    handle = urlencode({"handle": asked.handle}) if asked else ""
    return render_template(
        "login_qr.html",
        rp=signing_in.site_of(journey),
        back_url=signing_in.cancel_url(journey),
        action=signing_in.page_url("/login/qr", journey),
        again_url=signing_in.page_url("/login/qr", journey),
        login_url=signing_in.page_url("/login", journey),
        state=str(state),
        still_waiting=told,
        handle=asked.handle if asked else "",
        number=asked.number if asked else None,
        seconds_left=asked.seconds_left if asked else 0,
        picture_url=f"/login/qr/picture.svg?{handle}",
        state_url=f"/login/qr/state?{handle}",
        errors=errors,
        values={},
    )
