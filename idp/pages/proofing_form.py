"""One way of proving: what it is, what it needs, and its form; posting it opens the case and asks.

The ways that ask a phone company or a bank go on with a code to that phone (`proofing_code`), the face has pages of
its own (`proofing_face`), a counter or agency point needs its place first (`proofing_place`).
"""

from typing import Any

from flask import Blueprint, redirect, request
from flask_babel import get_locale
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, signed_in
from idp.accounts import account as accounts
from idp.accounts import phone_number
from idp.accounts.account import Account
from idp.authenticators import sms
from idp.authenticators.sms import Purpose
from idp.db import commit, db
from idp.divisions import tree
from idp.errors import Conflict, Forbidden, InvalidInput, TooMany, Unavailable, Upstream
from idp.pages import proving, refusal
from idp.proofing import attempt, case_row
from idp.proofing import case as cases
from idp.proofing.verifier import Verifier, Way

blueprint = Blueprint("proofing_form", __name__)
blueprint.before_request(signed_in.require)
blueprint.url_value_preprocessor(proving.take_enterprise)

WAYS = "register, operator3, bank4, 'network-id', chip, point, counter, vouch, 'business-licence', 'enterprise-counter'"
OWN, OF_ENTERPRISE = proving.at(f"{proving.OVERVIEW}/<any({WAYS}):way>")


@blueprint.get(OWN)
@blueprint.get(OF_ENTERPRISE)
def proofing_form(way: str) -> BaseResponse | str:
    """Show the form; where a case waits already, the case."""
    person, verifier = proving.account(), proving.get_way(way)
    case = cases.find_open(person.id, verifier.CODE)
    if case is not None and case.state == case_row.WAITING:
        return redirect(proving.case_url(case), 303)
    if _in_person(verifier) and tree.find(request.args.get("division", "")) is None:
        return redirect(proving.way_url(verifier.CODE, "/place"), 303)
    return _page(person, verifier, {}, _prefilled(person) | proving.typed_before(case))


@blueprint.post(OWN)
@blueprint.post(OF_ENTERPRISE)
def send(way: str) -> BaseResponse | tuple[str, int]:
    """Open the case, ask, and show what came of it."""
    person, verifier = proving.account(), proving.get_way(way)
    form = request.form.to_dict()
    try:
        if verifier.CODE in proving.BY_PHONE:
            return _prove_phone(person, verifier, form)
        me = signed_in.current().account.id
        case = cases.begin(person, verifier.CODE, person_id=me, return_to=proving.return_to())
        attempt.submit(case, form, address=request.remote_addr or "")
    except (InvalidInput, TooMany, Forbidden, Conflict) as error:
        return _refused(person, verifier, form, error)
    return redirect(proving.case_url(case), 303)


def _prove_phone(person: Account, verifier: Verifier, form: dict[str, str]) -> BaseResponse | tuple[str, int]:
    """Keep what was typed with the case, and send a code to the phone."""
    case = cases.begin(person, verifier.CODE, return_to=proving.return_to())
    # A source that is asked at this moment about one phone must not be asked again about another one.
    if case_row.lock(case).state == case_row.WAITING:
        raise Conflict("case_busy", "This is being checked at this moment")
    given = verifier.read(form, proving.about(person))
    case_row.keep_given(case, given)
    challenge = sms.begin(
        given["phone"],
        browser=browser.device_id(request),
        address=request.remote_addr or "",
        purpose=Purpose.PROOFING,
    )
    commit()
    try:
        sms.send(challenge, locale=str(get_locale()), known=True)
    except (Unavailable, Upstream) as error:
        return _page(person, verifier, refusal.errors(error, ""), form), refusal.status(error)
    return redirect(proving.way_url(verifier.CODE, "/code", ticket=challenge.ticket), 303)


def _refused(
    person: Account,
    verifier: Verifier,
    form: dict[str, str],
    error: InvalidInput | TooMany | Forbidden | Conflict,
) -> BaseResponse | tuple[str, int]:
    db.session.rollback()
    if isinstance(error, Conflict):
        # Sent twice, or decided meanwhile: what became of it stands on the case's page, or among the closed ones.
        case = cases.find_open(person.id, verifier.CODE)
        return redirect(proving.url(proving.OVERVIEW) if case is None else proving.case_url(case), 303)
    if isinstance(error, Forbidden) and not error.message:
        raise error
    db.session.refresh(person)
    return _page(person, verifier, refusal.errors(error), form), error.status


def _page(person: Account, verifier: Verifier, errors: dict[str, str], values: dict[str, str]) -> str:
    division = tree.find(values.get("division") or request.args.get("division", ""))
    context: dict[str, Any] = {
        "way": verifier.CODE,
        "name": proving.name_of(verifier.CODE),
        "action": proving.way_url(verifier.CODE),
        "back_url": proving.url(proving.OVERVIEW),
        "known": proving.known(proving.about(person)),
        "place": None if division is None else {"code": division.code, "name": tree.full_name(division.code)},
        "place_url": proving.way_url(verifier.CODE, "/place"),
        "needs_two": verifier.WAY is Way.TWO_OFFICIALS,
    }
    return signed_in.page("account/proofing_form.html", errors=errors, values=values, **context)


def _in_person(verifier: Verifier) -> bool:
    return verifier.WAY in {Way.OFFICIAL, Way.TWO_OFFICIALS}


def _prefilled(person: Account) -> dict[str, str]:
    phone = accounts.phone_of(person)
    return {
        "name": accounts.name_of(person),
        "phone": phone.removeprefix(f"+{phone_number.MAINLAND}") if phone else "",
    }
