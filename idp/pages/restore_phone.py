"""Take back a change of the phone number that was not the person's own: the address stands in the message that told."""

from flask import Blueprint, render_template

from idp.accounts import account as accounts
from idp.accounts import phone_change, phone_number
from idp.accounts.phone_change import ADDRESS, PhoneChange
from idp.authenticators import known_device, recovery
from idp.db import commit, db
from idp.errors import Conflict, NotFound
from idp.tokens import account_leaving, account_logout

blueprint = Blueprint("restore_phone", __name__)

HERE = f"{ADDRESS}/<token>"
REASON = "phone_restored"


@blueprint.get(HERE)
def restore_phone(token: str) -> str:
    """Ask first: opening an address must change nothing (RFC 9110 §9.2.1)."""
    return _page(token, _get(token), restored=False)


@blueprint.post(HERE)
def restore(token: str) -> str:
    """Give the number back, log everybody out, and let the account stay; pressing twice does no harm."""
    change = _get(token)
    account_id, is_taken = change.account_id, False
    try:
        done = phone_change.undo(change)
    except Conflict:
        # Whoever has the number by now keeps it; the stranger in the account is put out all the same.
        db.session.rollback()
        done = is_taken = True
    if done:
        recovering = recovery.find_open(account_id)
        if recovering is not None:
            recovery.stop(recovering)
        known_device.forget_all(account_id)
        account_leaving.cancel(accounts.get(account_id))
        commit()
        account_logout.end_all(account_id, REASON)
    return _page(token, _get(token), restored=True, is_taken=is_taken)


def _get(token: str) -> PhoneChange:
    change = phone_change.find(token)
    if change is None:
        raise NotFound("phone_change_unknown")
    return change


def _page(token: str, change: PhoneChange, *, restored: bool, is_taken: bool = False) -> str:
    return render_template(
        "restore_phone.html",
        rp=None,
        back_url=None,
        action=f"{ADDRESS}/{token}",
        is_open=change.is_open() and not restored,
        is_taken=is_taken,
        is_restored=change.undone_at is not None,
        changed_at=change.changed_at,
        phone_masked=phone_number.masked(phone_change.old_of(change)),
        errors={},
        values={},
    )
