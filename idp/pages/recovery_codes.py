"""Make a new sheet of recovery codes; the codes are shown once."""

from flask import Blueprint, redirect
from werkzeug.wrappers import Response as BaseResponse

from idp import signed_in
from idp.accounts import notice
from idp.authenticators import recovery_code
from idp.db import commit

blueprint = Blueprint("recovery_codes", __name__)
blueprint.before_request(signed_in.require_change)

METHODS = "/account/sign-in-methods"


@blueprint.get("/account/recovery-codes")
def recovery_codes() -> BaseResponse | str:
    """Say how many are left and offer new ones; they stand in for a code, so there must be one to stand in for."""
    person = signed_in.current()
    if not person.owes_second_factor:
        return redirect(METHODS, 303)
    return _page([], recovery_code.count_left(person.account.id))


@blueprint.post("/account/recovery-codes")
def make() -> BaseResponse | str:
    """Make new ones; the old ones stop working."""
    person = signed_in.current()
    if not person.owes_second_factor:
        return redirect(METHODS, 303)
    codes = recovery_code.create(person.account.id)
    notice.tell(person.account, "recovery_codes_created")
    commit()
    return _page(codes, len(codes))


def _page(codes: list[str], left: int) -> str:
    return signed_in.page(
        "account/recovery_codes.html",
        codes=codes,
        codes_left=left,
        action="/account/recovery-codes",
        continue_url=METHODS,
    )
