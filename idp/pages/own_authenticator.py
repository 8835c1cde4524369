"""One of a person's passkeys or certificates: give it another name, or remove it."""

from types import ModuleType
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import signed_in
from idp.accounts import notice
from idp.authenticators import authenticator_name, client_certificate, passkey, ways_in
from idp.db import commit, db
from idp.errors import Conflict, InvalidInput
from idp.pages import refusal

blueprint = Blueprint("own_authenticator", __name__)
blueprint.before_request(signed_in.require_change)

METHODS = "/account/sign-in-methods"
ONE = "/account/<any(passkeys, certificates):kind>/<uuid:which>"
# The word of an address, who keeps these, and what the notices call them.
KINDS: dict[str, tuple[ModuleType, str]] = {
    "passkeys": (passkey, "passkey"),
    "certificates": (client_certificate, "certificate"),
}


@blueprint.get(ONE)
def own_authenticator(kind: str, which: UUID) -> str:
    """Show it with its name in a form."""
    return _page(kind, which, {}, {})


@blueprint.post(ONE)
def rename(kind: str, which: UUID) -> BaseResponse | tuple[str, int]:
    """Give it another name."""
    kept, noun = KINDS[kind]
    account = signed_in.current().account
    name = request.form.get("name", "")
    try:
        kept.rename(account.id, which, name)
    except InvalidInput as error:
        return _page(kind, which, refusal.errors(error), {"name": name[:200]}), 400
    notice.tell(account, f"{noun}_renamed")
    commit()
    return signed_in.go(METHODS, _("The name is changed"))


@blueprint.get(f"{ONE}/remove")
def confirm(kind: str, which: UUID) -> str:
    """Ask before it is removed."""
    return _confirmation(kind, which, {})


@blueprint.post(f"{ONE}/remove")
def remove(kind: str, which: UUID) -> BaseResponse | tuple[str, int]:
    """Remove it, unless it is the last way in."""
    kept, noun = KINDS[kind]
    account = signed_in.current().account
    try:
        ways_in.take_turn(account.id)
        if not kept.remove(account.id, which):
            return signed_in.go(METHODS, _("It was removed already"))
        ways_in.settle(account.id)
    except Conflict as error:
        db.session.rollback()
        return _confirmation(kind, which, refusal.errors(error, "")), error.status
    notice.tell(account, f"{noun}_removed")
    commit()
    done = _("The passkey is removed") if kind == "passkeys" else _("The certificate is removed")
    return signed_in.go(METHODS, done)


def _get(kind: str, which: UUID) -> Any:
    return KINDS[kind][0].get(signed_in.current().account.id, which)


def _page(kind: str, which: UUID, errors: dict[str, str], values: dict[str, str]) -> str:
    one = _get(kind, which)
    here = f"/account/{kind}/{which}"
    return signed_in.page(
        "account/own_authenticator.html",
        kind=kind,
        name=one.name,
        action=here,
        remove_url=f"{here}/remove",
        longest=authenticator_name.LONGEST,
        back_url=METHODS,
        errors=errors,
        values={"name": one.name, **values},
    )


def _confirmation(kind: str, which: UUID, errors: dict[str, str]) -> str:
    one = _get(kind, which)
    return signed_in.page(
        "account/confirm_removal.html",
        what=kind,
        name=one.name,
        action=f"/account/{kind}/{which}/remove",
        back_url=METHODS,
        errors=errors,
    )
