"""More time before a page ends (WCAG 2.2 §2.2.1): asked and given by a script, or by a plain form in a tab of its own.

The page that needs it stays open with what was typed in it; this one only says how long it lives now.
"""

import re

from flask import Blueprint, Response, jsonify, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, time_limit
from idp.db import commit
from idp.errors import Expired
from idp.journey import journey as journeys
from idp.journey.journey import Journey
from idp.sessions import session as sessions
from idp.time_limit import Needs, TimeLimit

blueprint = Blueprint("more_time", __name__)

NUMBER = re.compile(r"[0-9]{1,6}")


@blueprint.get("/more-time")
def state() -> BaseResponse:
    """Say how long there is; asking is no use of the session."""
    return _answer(_needs(), sessions.look_at(browser.session_secret(request)))


@blueprint.post("/more-time")
def extend() -> BaseResponse:
    """Give the journey its life again, and count this as use of the session."""
    needs = _needs()
    journey = _journey(needs)
    session = sessions.find_by_secret(browser.session_secret(request))
    commit()
    limit = time_limit.find(needs, journey, session)
    if journey is not None and limit is not None and limit.kind == "journey" and limit.can_extend:
        journeys.extend(journey, request.remote_addr or "")
    return _answer(needs, session)


def _needs() -> Needs:
    given = request.args
    return Needs(
        journey=given.get("journey", ""),
        session="session" in given,
        max_age=_number(given.get("max_age", "")),
        level=_number(given.get("level", "")) or 0,
    )


def _number(text: str) -> int | None:
    return int(text) if NUMBER.fullmatch(text) else None


def _journey(needs: Needs) -> Journey | None:
    try:
        return journeys.get(needs.journey, browser.device_id(request)) if needs.journey else None
    except Expired:
        return None


def _answer(needs: Needs, session: sessions.Session | None) -> BaseResponse:
    limit = time_limit.find(needs, _journey(needs), session)
    if request.accept_mimetypes.best == "application/json":
        return _as_json(limit)
    return Response(render_template("more_time.html", limit=limit))


def _as_json(limit: TimeLimit | None) -> Response:
    answer = jsonify(
        {"seconds": limit.seconds, "can_extend": limit.can_extend, "kind": limit.kind, "person": limit.person}
        if limit
        else {}
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
