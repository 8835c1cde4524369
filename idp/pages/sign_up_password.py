"""Sign up, step 3 of 3: what to call the person and how they log in; then the account begins, and its session."""

from flask import Blueprint, redirect, render_template, request
from flask_babel import get_locale
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, metrics, rate_limit
from idp.accounts import account as accounts
from idp.accounts import person
from idp.accounts.account import Account, Person
from idp.audit import log as audit
from idp.audit.event import EventName
from idp.authenticators import password_rules, pwd, sms
from idp.authenticators.sms import Challenge
from idp.db import db
from idp.errors import Conflict, Expired, InvalidInput, TooMany
from idp.journey.journey import Journey
from idp.pages import refusal, sign_up, signing_in
from idp.proofing import evidence
from idp.settings import SETTINGS

blueprint = Blueprint("sign_up_password", __name__)

# Each try can tell whether a user name is taken: enough for a person, too few for a list of names.
TRIES = 20


@blueprint.get("/sign-up/details")
def sign_up_password() -> str:
    """Show the form."""
    journey, challenge = _proven()
    return _page(journey, challenge, {}, {})


@blueprint.post("/sign-up/details")
def create() -> BaseResponse | tuple[str, int]:
    """Make the account and log in."""
    journey, challenge = _proven()
    name, username = request.form.get("name", ""), request.form.get("username", "")
    password = request.form.get("password", "")
    values = {"name": name[:200], "username": username[:64]}
    errors = _refused(name, username, password, challenge)
    if errors:
        return _page(journey, challenge, errors, values), 400
    facts = Person(username, name, phone=challenge.phone, locale=str(get_locale()))
    try:
        rate_limit.check(f"sign-up-details:{challenge.ticket}", TRIES, SETTINGS.get().lifetimes.journey)
        account = _create(facts, password)
    except TooMany as error:
        return _page(journey, challenge, refusal.errors(error), values), error.status
    except Conflict as error:
        db.session.rollback()
        # Whoever proved the number may know: it has an account now (perhaps this very form, sent twice).
        if accounts.find_by_phone(challenge.phone) is not None:
            return redirect(signing_in.page_url("/login", journey), 303)
        return _page(journey, challenge, refusal.errors(error), values), 400
    metrics.login("succeeded")
    response = signing_in.complete(journey, account, [pwd.AMR, sms.AMR])
    sms.close(challenge)
    return response


def _create(facts: Person, password: str) -> Account:
    # Hashed first: no transaction is open meanwhile.
    hashed = pwd.hash_new(password)
    account = accounts.create(facts)
    pwd.store(account.id, hashed)
    evidence.add(account, "phone", source=sms.AMR)
    audit.record(EventName.PHONE_VERIFIED, account_id=account.id)
    return account


def _proven() -> tuple[Journey, Challenge]:
    """Return the journey and this browser's challenge whose code was right; Expired without one."""
    journey = signing_in.current_journey()
    challenge = sms.get(request.args.get("ticket", ""), browser.device_id(request))
    if not challenge.proven:
        raise Expired("journey_expired")
    return journey, challenge


def _refused(name: str, username: str, password: str, challenge: Challenge) -> dict[str, str]:
    """Return everything that is wrong, not only the first."""
    errors: dict[str, str] = {}
    for check, value in ((person.get_name, name), (person.get_username, username)):
        try:
            check(value)
        except InvalidInput as error:
            errors |= refusal.errors(error)
    try:
        password_rules.check(
            password, accounts.CITIZEN, username=person.find_username(username) or "", phone=challenge.phone
        )
    except InvalidInput as error:
        errors |= refusal.errors(error)
    return errors


def _page(journey: Journey, challenge: Challenge, errors: dict[str, str], values: dict[str, str]) -> str:
    return render_template(
        "sign_up_password.html",
        rp=signing_in.site_of(journey),
        back_url=signing_in.cancel_url(journey),
        action=sign_up.url("/sign-up/details", journey, challenge.ticket),
        min_length=SETTINGS.get().passwords.minimum_length,
        errors=errors,
        values=values,
    )
