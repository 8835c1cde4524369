"""Log in with user name or phone number and password: the first factor, and often the only one."""

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, metrics, network_address, security_headers
from idp.accounts import account as accounts
from idp.audit import log as audit
from idp.audit.batch import BATCH
from idp.audit.event import EventName
from idp.authenticators import otp, passkey_assertion, password_login, pwd, sc
from idp.db import AWAY, commit, db
from idp.errors import Forbidden, InvalidInput, TooMany
from idp.journey import journey as journeys
from idp.journey.journey import Journey
from idp.pages import province_login, refusal, shown_certificate, signing_in
from idp.recognition import tables
from idp.sessions import seen, user_agent
from idp.sessions import session as sessions

blueprint = Blueprint("login", __name__)


@blueprint.get("/login")
def login() -> str:
    """Show the form."""
    journey = signing_in.current_journey()
    hint = journey.request.login_hint if journey.request else None
    return page(journey, {}, {"identifier": hint or ""})


@blueprint.post("/login")
def check() -> BaseResponse | tuple[str, int]:
    """Check identifier and password; unknown names answer in the same words and the same time."""
    journey = signing_in.current_journey()
    identifier = request.form.get("identifier", "").strip()
    password = request.form.get("password", "")
    values = {"identifier": identifier[:200]}
    errors = {}
    if not identifier:
        errors["identifier"] = _("Enter your user name or phone number")
    if not password:
        errors["password"] = _("Enter your password")
    if errors:
        return page(journey, errors, values), 400
    return _check_password(journey, identifier, password, values)


def _check_password(
    journey: Journey, identifier: str, password: str, values: dict[str, str]
) -> BaseResponse | tuple[str, int]:
    address = request.remote_addr or ""
    suspect = None
    try:
        candidate = password_login.look_up(identifier, device=browser.device_id(request), address=address)
        suspect = candidate.account.id if candidate.account else None
        # Nothing of the database is held while the hash is computed.
        commit()
        account = password_login.check(candidate, password)
        accounts.check_active(account)
    except TooMany as error:
        # Not in this transaction: whoever floods us costs a row of a batch, not a commit of their own.
        digest = seen.address_digest(address)
        BATCH.get().enqueue(EventName.LOGIN_BLOCKED, limit=error.detail, address_digest=digest)
        return page(journey, refusal.errors(error, ""), values), 429
    except (InvalidInput, Forbidden) as error:
        metrics.login("refused")
        audit.record(
            EventName.LOGIN_FAILED,
            account_id=suspect,
            reason=error.code,
            device=user_agent.name(request.headers.get("User-Agent", "")),
            network=network_address.kind(address),
            address_digest=seen.address_digest(address),
        )
        commit()
        return page(journey, {"": _(str(error.message))}, values), 400
    renewed = password_login.renew(candidate, password)
    if renewed is not None and candidate.stored is not None:
        pwd.replace_outdated(account.id, candidate.stored, renewed)
    if otp.is_enrolled(account.id):
        journeys.save(journey.changed(pending_account=str(account.id), methods=(pwd.AMR,)))
        commit()
        return signing_in.back(journey)
    metrics.login("succeeded")
    return signing_in.complete(journey, account, [pwd.AMR])


def page(journey: Journey, errors: dict[str, str], values: dict[str, str]) -> str:
    """Show the login page; other ways in that stand on it come back here when they do not work."""
    asked = journey.request
    again = asked is not None and ("login" in asked.prompt or asked.max_age is not None)
    return render_template(
        "login.html",
        rp=signing_in.site_of(journey),
        back_url=signing_in.cancel_url(journey),
        action=signing_in.page_url("/login", journey),
        sign_up_url=signing_in.page_url("/sign-up", journey),
        qr_url=signing_in.page_url("/login/qr", journey),
        recovery_url="/recovery",
        sms_url=signing_in.page_url("/login/sms", journey),
        certificate_url=_certificate_url(journey),
        **_other_provinces(journey),
        passkey_action=signing_in.page_url("/login/passkey", journey),
        passkey_options=passkey_assertion.options(
            passkey_assertion.SIGN_IN, browser=browser.device_id(request)
        ),
        reauthenticating=again and browser.session_secret(request) is not None,
        errors=errors,
        values=values,
    )


def _other_provinces(journey: Journey) -> dict[str, Any]:
    """Return the way to other provinces, and the person's own one where it is known; nothing where there are none."""
    try:
        known = tables.find()
    except AWAY:
        if db.session().in_transaction():
            raise
        # Who logs in here can do without it, and needs no database before the form is sent.
        return {}
    if known is None or not known.others:
        return {}
    if journey.request is not None and known.find_other(journey.request.client_id) is not None:
        # Another province asks for our people: it has asked them where they are from.
        return {}
    here = signing_in.page_url(province_login.HERE, journey)
    session = sessions.find_by_secret(browser.session_secret(request))
    home = province_login.home_of(session)
    if home is None:
        return {"province_url": here}
    security_headers.allow_form_action(home.entity_id)
    again = session is not None and session.level_cap is not None
    shown = {"id": home.entity_id, "name": home.name(str(get_locale())), "action": here, "again": again}
    return {"province_url": here, "home": shown}


def _certificate_url(journey: Journey) -> str | None:
    if not sc.is_offered():
        return None
    return shown_certificate.address(signing_in.page_url("/login/certificate", journey))
