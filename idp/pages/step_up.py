"""The way to a level that one of our own pages needs: the journey of a login, with that level as what is wanted."""

from flask import Blueprint, request
from werkzeug.wrappers import Response as BaseResponse

from idp import browser
from idp.assurance.policy import HIGHEST
from idp.journey import journey as journeys
from idp.pages import signing_in

blueprint = Blueprint("step_up", __name__)


@blueprint.get("/step-up")
def step_up() -> BaseResponse:
    """Begin the journey to ``level``, afterwards to ``next``.

    ``cryptographic``: by a key or an app's code; ``fresh``: by a new login.
    """
    asked = request.args.get("level", "")
    level = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 1 else 0
    journey = journeys.begin(
        browser.device_id(request),
        destination=signing_in.local_path(request.args.get("next", ""), "/account"),
    ).changed(
        wanted_level=min(level, HIGHEST),
        cryptographic="cryptographic" in request.args,
        fresh="fresh" in request.args,
    )
    journeys.save_new(journey, request.remote_addr or "")
    return signing_in.back(journey)
