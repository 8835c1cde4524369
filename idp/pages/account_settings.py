"""Settings 设置: the language, how pages look, and what also comes as a text message."""

from flask import Blueprint, request
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, signed_in
from idp.accounts import account as accounts
from idp.accounts import notice, notice_kind, phone_number
from idp.accounts.notice_kind import SMS, Category
from idp.audit import log
from idp.audit.event import EventName
from idp.db import commit
from idp.pages import notice_wording
from idp.pages.language import LANGUAGES

blueprint = Blueprint("account_settings", __name__)
blueprint.before_request(signed_in.require)

HERE = "/account/settings"


@blueprint.get(HERE)
def account_settings() -> str:
    """Show them."""
    return _page({})


@blueprint.post(f"{HERE}/language")
def language() -> BaseResponse | tuple[str, int]:
    """Speak that language here, and in messages to the phone."""
    locale = LANGUAGES.get(request.form.get("language", ""))
    if locale is None:
        return _page({"language": _("Choose a language")}), 400
    signed_in.current().account.locale = locale
    commit()
    with force_locale(locale):
        response = signed_in.go(HERE, _("The language is changed"))
    browser.set_language(response, locale)
    return response


@blueprint.post(f"{HERE}/notices")
def notices() -> BaseResponse:
    """Send by message what is ticked, and what is about the safety of the account; the inbox has all of it."""
    account = signed_in.current().account
    before = _by_sms()
    account.notice_choices = notice_kind.chosen(request.form.getlist("sms"))
    more, fewer = sorted(_by_sms() - before), sorted(before - _by_sms())
    if more or fewer:
        log.record(EventName.NOTICES_CHOSEN, account_id=account.id, on=more, off=fewer)
    if fewer:
        # Whoever silences the phone to work unseen is heard there once more.
        notice.tell(account, "fewer_messages")
    commit()
    return signed_in.go(HERE, _("Your choice is saved"))


def _page(errors: dict[str, str]) -> str:
    account = signed_in.current().account
    phone = accounts.phone_of(account)
    return signed_in.page(
        "account/settings.html",
        languages=[(code, locale == str(get_locale())) for code, locale in LANGUAGES.items()],
        language_action=f"{HERE}/language",
        notices_action=f"{HERE}/notices",
        here=HERE,
        categories=[_category(one) for one in Category],
        phone_masked=phone_number.masked(phone) if phone else None,
        is_citizen=account.kind == accounts.CITIZEN,
        closes_at=account.closes_at,
        errors=errors,
    )


def _by_sms() -> set[str]:
    choices = signed_in.current().account.notice_choices or {}
    return {one.value for one in Category if SMS in notice_kind.channels(one, choices)}


def _category(one: Category) -> dict[str, str | bool]:
    choices = signed_in.current().account.notice_choices or {}
    return {
        "code": one.value,
        "name": notice_wording.category(one),
        "hint": notice_wording.category_hint(one),
        "by_sms": SMS in notice_kind.channels(one, choices),
        "always": one in notice_kind.ALWAYS,
    }
