"""How a person signs in: password, authenticator app, recovery codes, phone. Each is changed on its own page."""

from flask import Blueprint

from idp import signed_in
from idp.accounts import account as accounts
from idp.accounts import phone_number
from idp.authenticators import otp, pwd, recovery_code

blueprint = Blueprint("sign_in_methods", __name__)
blueprint.before_request(signed_in.require)


@blueprint.get("/account/sign-in-methods")
def sign_in_methods() -> str:
    """Show them."""
    person = signed_in.current()
    phone = accounts.phone_of(person.account)
    return signed_in.page(
        "account/sign_in_methods.html",
        password_changed_at=pwd.changed_at(person.account.id),
        totp=otp.find(person.account.id),
        recovery_codes_left=recovery_code.count_left(person.account.id),
        phone_masked=phone_number.masked(phone) if phone else None,
        remove_totp_action="/account/totp/remove",
    )
