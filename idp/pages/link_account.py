"""Linking an older account of one service: by logging in there once, or by what the service knows of its owner."""

from urllib.parse import urlencode, urlsplit

from flask import Blueprint, redirect, request
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, rate_limit, security_headers, signed_in
from idp.db import commit
from idp.errors import Conflict, InvalidInput, NotFound, TooMany, Unavailable, Upstream
from idp.linking import account_check, link_code, link_request, linked_account
from idp.pages import linked_accounts, mandating, refusal, serving
from idp.relying_parties import cache
from idp.relying_parties.relying_party import RelyingParty
from idp.settings import SETTINGS

blueprint = Blueprint("link_account", __name__)
blueprint.before_request(signed_in.require_fresh)

HERE = linked_accounts.NEW
LOG_IN = f"{HERE}/log-in"
CHECK = f"{HERE}/check"
BEGUN_AN_HOUR = 20
HOUR = 3600


@blueprint.get(HERE)
def link_account() -> BaseResponse | str:
    """Show the ways that the service offers."""
    mandating.citizen()
    rp = _find(request.args.get("client_id", ""))
    return redirect(linked_accounts.HERE, 303) if rp is None else _page(rp, {}, {})


@blueprint.post(LOG_IN)
def log_in() -> BaseResponse | tuple[str, int]:
    """Send the browser to the service, to log in to the older account there."""
    person, rp = mandating.citizen(), _get()
    if not rp.account_linking_uri:
        raise NotFound("not_found")
    try:
        rate_limit.check(f"link-begin:{person.id}", BEGUN_AN_HOUR, HOUR)
    except TooMany as error:
        return _page(rp, refusal.errors(error, ""), {}), error.status
    value = link_request.begin(person.id, rp.client_id, browser.device_id(request))
    query = {
        "link_request": value,
        "iss": SETTINGS.get().issuer,
        "ui_locales": str(get_locale()).replace("_", "-"),
    }
    joint = "&" if urlsplit(rp.account_linking_uri).query else "?"
    return redirect(f"{rp.account_linking_uri}{joint}{urlencode(query)}", 303)


@blueprint.post(CHECK)
def check() -> BaseResponse | tuple[str, int]:
    """Let the service check what was typed, and link the account it finds."""
    person, rp = mandating.citizen(), _get()
    if not rp.account_check_uri:
        raise NotFound("not_found")
    typed = {name: request.form.get(name, "") for name in ("account", "answer")}
    try:
        link_code.check_tries(person)
        said = account_check.read(typed["account"], typed["answer"])
        commit()  # no transaction waits for the network
        legacy_id = account_check.ask(rp, said, person.id)
        linked = linked_account.link(person, rp.client_id, legacy_id, linked_account.CHECKED)
        commit()
    except (InvalidInput, Conflict, TooMany) as error:
        if error.code == "account_check_failed":
            link_code.count_wrong(person)
        linked_accounts.refused(error, rp.client_id)
        field = error.field if isinstance(error, InvalidInput) else ""
        return _page(rp, refusal.errors(error, field), {"account": typed["account"]}), error.status
    except (Unavailable, Upstream) as error:
        if not error.code.startswith("account_check_"):
            raise
        linked_accounts.refused(error, rp.client_id)
        away = _("The service does not answer at the moment. Try again later, or choose another way")
        return _page(rp, {"": away}, {"account": typed["account"]}), error.status
    return linked_accounts.done(linked)


def _page(rp: RelyingParty, errors: dict[str, str], values: dict[str, str]) -> str:
    if rp.account_linking_uri:
        security_headers.allow_form_action(rp.account_linking_uri)
    return signed_in.page(
        "account/link_account.html",
        site=serving.site_of(rp.client_id),
        client_id=rp.client_id,
        log_in_action=LOG_IN if rp.account_linking_uri else None,
        check_action=CHECK if rp.account_check_uri else None,
        question=rp.account_check_question.text(str(get_locale())),
        code_url=linked_accounts.CODE,
        back_url=linked_accounts.HERE,
        errors=errors,
        values=values,
    )


def _find(text: str) -> RelyingParty | None:
    rp = cache.find(linked_accounts.client_id(text)) if text else None
    return rp if rp and (rp.account_linking_uri or rp.account_check_uri) else None


def _get() -> RelyingParty:
    rp = _find(request.form.get("client_id", ""))
    if rp is None:
        raise NotFound("not_found")
    return rp
