"""Switch the language of the pages, and stay where one is."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from idp import browser
from idp.browser import Locale
from idp.errors import NotFound
from idp.pages import signing_in

blueprint = Blueprint("language", __name__)

LANGUAGES: dict[str, Locale] = {"zh-Hans": "zh_Hans", "en": "en"}


@blueprint.get("/language/<code>")
def language(code: str) -> BaseResponse:
    """Remember the choice in a cookie and go back to ``next``, which is always a page of ours."""
    if code not in LANGUAGES:
        raise NotFound("not_found")
    response = redirect(signing_in.local_path(request.args.get("next", ""), "/"), 303)
    browser.set_language(response, LANGUAGES[code])
    return response
