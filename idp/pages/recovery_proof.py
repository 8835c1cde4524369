"""Recover an account, step 3: prove who you are, as strongly as the account was proven.

One question at a time; what is right is kept for this browser. When nothing is missing the waiting can begin.
"""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import browser
from idp.accounts import phone_number
from idp.audit import log as audit
from idp.audit.event import EventName
from idp.authenticators import recovery as recoveries
from idp.authenticators import recovery_proof as proofs
from idp.authenticators import recovery_visit
from idp.authenticators.recovery_visit import Visit
from idp.db import commit
from idp.errors import Forbidden, IdpError, InvalidInput, TooMany, Unavailable, Upstream
from idp.pages import recovery, refusal

blueprint = Blueprint("recovery_proof", __name__)

HERE = "/recovery/proof"
FIELDS = ("name", "number", "card", "reading")


@blueprint.get(HERE)
def recovery_proof() -> BaseResponse | str | tuple[str, int]:
    """Show what is still to be proven, or go on."""
    visit = _visit()
    account = proofs.find_account(visit)
    if account is not None:
        try:
            recoveries.check_allowed(account)
        except Forbidden as error:
            return refused(error), error.status
    if proofs.is_proven(visit, account):
        return redirect(recovery.url("/recovery/start", visit), 303)
    if proofs.has_no_account(visit):
        return refused(Forbidden("recovery_no_account")), 404
    return _page(visit, _step(visit), {}, {})


@blueprint.post(HERE)
def prove() -> BaseResponse | str | tuple[str, int]:
    """Ask the source of one proof."""
    visit = _visit()
    code = request.form.get("proof", "")
    typed = {name: request.form.get(name, "")[:9000] for name in FIELDS}
    commit()
    try:
        visit = proofs.prove(visit, code, typed, address=request.remote_addr or "")
    except InvalidInput as error:
        _note(visit, code, error)
        return _page(visit, code, {error.field: _(str(error.message))}, typed), 400
    except TooMany as error:
        return _page(visit, code, refusal.errors(error, ""), typed), error.status
    except (Unavailable, Upstream):
        text = _("The register does not answer now. Nothing is lost; try again in a few minutes")
        return _page(visit, code, {"": text}, typed), 503
    except Forbidden as error:
        _note(visit, code, error)
        return refused(error), error.status
    recovery_visit.save(visit)
    commit()
    return redirect(recovery.url(HERE, visit), 303)


@blueprint.post(f"{HERE}/other-account")
def other_account() -> BaseResponse:
    """Go on without the account of this number: it has become mine, and was somebody else's."""
    visit = _visit().changed(account_id=None, own_number=False, proofs=(proofs.PHONE,), claim=())
    recovery_visit.save(visit)
    return redirect(recovery.url(HERE, visit), 303)


@blueprint.get(f"{HERE}/other-account")
def back() -> BaseResponse:
    """Lead back who comes here by a link."""
    return redirect(recovery.url(HERE, _visit()), 303)


def refused(error: IdpError) -> str:
    """Show why this cannot go on, and what to do instead."""
    return render_template("recovery_refused.html", rp=None, back_url="/login", reason=error.code)


def _note(visit: Visit, code: str, error: IdpError) -> None:
    """Put on record that a source said no; what cannot even be asked is nobody's business."""
    if error.code in {"mismatch", "recovery_at_counter"}:
        account_id = UUID(visit.account_id) if visit.account_id else None
        audit.record(EventName.RECOVERY_REFUSED, account_id=account_id, proof=code, reason=error.code)
        commit()


def _visit() -> Visit:
    return recovery_visit.get(request.args.get("visit", ""), browser.device_id(request))


def _step(visit: Visit) -> str:
    """Return the proof to ask for: the one that was chosen, else the first; at home nobody has a card reader."""
    ways = proofs.missing(visit, proofs.find_account(visit))
    open_proofs = {code for way in ways for code in way if code in proofs.ASKED}
    chosen = request.args.get("proof", "")
    if chosen in open_proofs:
        return chosen
    return next((code for code in proofs.ASKED if code in open_proofs), "")


def _page(visit: Visit, step: str, errors: dict[str, str], values: dict[str, str]) -> str:
    ways = proofs.missing(visit, proofs.find_account(visit))
    open_proofs = [code for code in proofs.ASKED if any(code in way for way in ways)]
    named = proofs.REGISTER in visit.proofs
    others = [
        code for code in open_proofs if code != step and (named or code in {proofs.REGISTER, proofs.CHIP})
    ]
    here = recovery.url(HERE, visit)
    return render_template(
        "recovery_proof.html",
        rp=None,
        back_url="/recovery",
        action=here,
        done=visit.proofs,
        step=step,
        others=[(code, f"{here}&proof={code}") for code in others],
        counter_url=recovery.url("/recovery/counter", visit)
        if proofs.COUNTER in set().union(*ways)
        else None,
        own_number=visit.own_number,
        other_account_action=recovery.url(f"{HERE}/other-account", visit),
        phone_masked=phone_number.masked(visit.phone),
        errors=errors,
        values={name: text[:200] for name, text in values.items()},
    )
