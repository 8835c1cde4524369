"""How a person signs in: everything that opens their account, each changed on its own page, and what changed lately."""

from typing import Any

from flask import Blueprint

from idp import clock, signed_in
from idp.accounts import account as accounts
from idp.accounts import notice, phone_number
from idp.authenticators import client_certificate, hwk, otp, passkey, pwd, recovery_code, sc
from idp.authenticators.client_certificate import ClientCertificate
from idp.authenticators.passkey import Passkey
from idp.pages import notice_wording, shown_certificate

blueprint = Blueprint("sign_in_methods", __name__)
blueprint.before_request(signed_in.require)


@blueprint.get("/account/sign-in-methods")
def sign_in_methods() -> str:
    """Show them."""
    person = signed_in.current()
    account_id = person.account.id
    phone = accounts.phone_of(person.account)
    certificates = client_certificate.of_account(account_id)
    return signed_in.page(
        "account/sign_in_methods.html",
        has_password=pwd.AMR in person.methods,
        password_changed_at=pwd.changed_at(account_id),
        password_removable=person.methods >= {pwd.AMR} and _can_do_without_password(person.methods),
        passkeys=[_passkey(one) for one in passkey.of_account(account_id)],
        certificates=[_certificate(one) for one in certificates],
        certificates_offered=sc.is_offered(),
        certificate_url=shown_certificate.address("/account/certificates"),
        totp=otp.find(account_id),
        codes_stand_in=person.owes_second_factor,
        recovery_codes_left=recovery_code.count_left(account_id),
        phone_masked=phone_number.masked(phone) if phone else None,
        changes=notice_wording.shown(notice.recent(account_id)),
    )


def _can_do_without_password(methods: frozenset[str]) -> bool:
    return "user" in methods or sc.AMR in methods


def _passkey(one: Passkey) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "name": one.name,
        "kind": "hardware" if one.amr == hwk.AMR else "synced" if not one.device_bound else "device",
        "added_at": one.created_at,
        "last_used_at": one.last_used_at,
        "suspended": one.suspended_at is not None,
    }


def _certificate(one: ClientCertificate) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "name": one.name,
        "subject": client_certificate.subject_of(one),
        "issuer": one.issuer,
        "added_at": one.created_at,
        "last_used_at": one.last_used_at,
        "until": one.not_after,
        "ended": "revoked" if one.distrusted_at else "expired" if one.not_after <= clock.now() else None,
    }
