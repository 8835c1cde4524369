"""A person closes their account (PIPL art. 47): told what it means, asked, and given time to think it over."""

from typing import Any

from flask import Blueprint, redirect, request
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import clock, signed_in
from idp.accounts import account as accounts
from idp.consent import consent_record
from idp.consent.consent_record import BY_LAW, HELD
from idp.db import commit
from idp.errors import Forbidden
from idp.mandates import mandate
from idp.mandates.rules import GUARDIAN, REPRESENTATIVE, WARD_GUARDIAN
from idp.pages import keep_account, mandating
from idp.relying_parties import asking_site, cache
from idp.settings import SETTINGS
from idp.tokens import account_leaving

blueprint = Blueprint("close_account", __name__)

HERE = "/account/close"
DAY = 86_400


def require() -> BaseResponse | None:
    """Let people pass who have just proven who they are; lead to the way back whose account closes already."""
    away = signed_in.require()
    if away is None and signed_in.current().account.closes_at is not None:
        return redirect(keep_account.HERE, 303)
    away = away or signed_in.require_fresh()
    # Posts and enterprises end by those who answer for them.
    if away is None and signed_in.current().account.kind != accounts.CITIZEN:
        raise Forbidden("not_a_citizen", _("This account is closed by those who manage it"))
    return away


blueprint.before_request(require)


@blueprint.get(HERE)
def close_account() -> str:
    """Say what it means."""
    return _page({})


@blueprint.post(HERE)
def close() -> BaseResponse | tuple[str, int]:
    """Let it close after the waiting time, once the person has said that they understood."""
    if request.form.get("understood") != "1":
        return _page({"understood": _("Tick the box if you want to close your account")}), 400
    account_leaving.ask(signed_in.current().account)
    commit()
    return redirect(keep_account.HERE, 303)


def _page(errors: dict[str, str]) -> str:
    return signed_in.page(
        "account/close.html",
        action=HERE,
        days=max(1, SETTINGS.get().lifetimes.account_closing // DAY),
        services=_services(),
        back_url="/account/settings",
        errors=errors,
        **_mandates(),
    )


def _services() -> list[str]:
    now, locale = clock.now(), str(get_locale())
    rows = consent_record.of_account(signed_in.current().account.id)
    client_ids = [row.client_id for row in rows if row.state(now) in {HELD, BY_LAW}]
    cache.load(client_ids)
    parties = [cache.find(one) for one in client_ids]
    return [asking_site.of(rp, locale).name for rp in parties if rp is not None]


def _mandates() -> dict[str, Any]:
    me = signed_in.current().account.id
    held = [mandating.shown(one) for one, _above in mandate.held_by(me)]
    given = [mandating.shown(one) for one in mandate.of_principal(me)]
    return {
        "represents": [one["principal"] for one in held if one["role"] == REPRESENTATIVE],
        "guards": [one["principal"] for one in held if one["role"] in {GUARDIAN, WARD_GUARDIAN}],
        "acts_for": [
            one["principal"] for one in held if one["role"] not in {REPRESENTATIVE, GUARDIAN, WARD_GUARDIAN}
        ],
        "represented_by": [one["holder"] for one in given],
    }
