"""Log in with the account of another province 外省账号登录: go there and come back (docs/mutual-recognition.md).

The person sees before they go what is asked of their own province; consent is given there. Who comes back is the same
person by the identity HMAC, or a visitor (`idp.recognition`).
"""

from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, metrics, network_address, security_headers
from idp.assurance import acr
from idp.audit.batch import BATCH
from idp.audit.event import EventName
from idp.authenticators import recognised
from idp.db import commit
from idp.errors import Forbidden
from idp.journey import asked as items_asked
from idp.journey import journey as journeys
from idp.journey import requirement
from idp.journey.journey import Journey
from idp.level_policy import current
from idp.local_limit import LOCAL_LIMIT
from idp.pages import signing_in
from idp.recognition import arrival, recognised_session, tables
from idp.recognition import request as requests
from idp.recognition import said as answers
from idp.recognition.refused import Refused, Why
from idp.recognition.request import Asked, Wish
from idp.recognition.said import Said
from idp.recognition.table import Member
from idp.relying_parties import cache
from idp.sessions import session as sessions
from idp.sessions.session import Session
from idp.settings import SETTINGS

blueprint = Blueprint("province_login", __name__)

HERE = "/login/province"
MINUTE = 60


@blueprint.get(HERE)
def choose() -> str:
    """Show the provinces to choose from."""
    return _page(signing_in.current_journey())[0]


@blueprint.post(HERE)
def leave() -> BaseResponse | tuple[str, int]:
    """Ask the chosen province's provider for a login, and send the browser there."""
    journey = signing_in.current_journey()
    address = network_address.caller(request.remote_addr or "")
    # Each asks another system: fewer of them than of logins here.
    most = max(1, SETTINGS.get().limits.new_journeys_per_address // 10)
    LOCAL_LIMIT.get().check(f"province-login:{address}", most, MINUTE)
    known = tables.find()
    chosen = known.find_other(request.form.get("province", "")) if known else None
    if known and journey.request and known.find_other(journey.request.client_id):
        # Another province asks for our people, and gets nobody else's.
        chosen = None
    if chosen is None:
        return _page(journey, errors={"province": _("Choose your province")}, status=400)
    wish = _wish(journey)
    # Nobody's turn to write waits while another province is asked.
    commit()
    try:
        arrival.check_policy()
        there = requests.begin(
            chosen,
            wish,
            journey=journey.id,
            device=browser.device_id(request),
            locale=str(get_locale()),
        )
    except Refused as refused:
        return _refuse(journey, refused, chosen)
    if journey.request is None:
        journeys.save(journey)
    security_headers.allow_form_action(chosen.entity_id)
    return redirect(there, 303)


@blueprint.get(requests.CALLBACK)
def come_back() -> BaseResponse | tuple[str, int]:
    """Take what the other province answers: the person is let in, or told why not."""
    device = browser.device_id(request)
    params = request.args.to_dict()
    try:
        asked = requests.take(params.get("state", ""), device)
    except Refused as refused:
        return _refuse(None, refused, None)
    known = tables.find()
    member = known.find_other(asked.issuer) if known else None
    journey = journeys.get(asked.journey, device)
    if member is None:
        return _refuse(journey, Refused(Why.UNKNOWN, "the provider is in the table no more"), None)
    try:
        code = answers.answered(params, asked)
        commit()
        said = answers.fetch(code, asked)
        return _let_in(journey, asked, said, member)
    except Refused as refused:
        return _refuse(journey, refused, member)
    except Forbidden as error:
        metrics.login("refused")
        return _page(journey, errors={"": _(str(error.message))}, status=error.status)


def _let_in(journey: Journey, asked: Asked, said: Said, member: Member) -> BaseResponse:
    found = arrival.arrive(said, member)

    def note(session: Session) -> None:
        recognised_session.note(
            session.id,
            found.account.id,
            issuer=said.issuer,
            subject=said.subject,
            sid=said.sid,
            id_token=said.id_token,
        )

    metrics.login("succeeded")
    login = signing_in.Elsewhere(found.level, datetime.fromtimestamp(said.auth_time, UTC), asked.fresh, note)
    response = signing_in.complete(
        journey.changed(own_device=asked.own_device), found.account, [recognised.AMR], login
    )
    browser.set_home(response, member.division_code)
    return response


def _wish(journey: Journey) -> Wish:
    """Return what the login has to be like for this journey: level, freshness."""
    policy, asked = current.get(), journey.request
    level, fresh, max_age = journey.wanted_level, journey.fresh, None
    rp = cache.find(asked.client_id) if asked else None
    if asked is not None and rp is not None:
        items = items_asked.of(asked, rp, insisted=False).items
        wanted = requirement.of_request(policy, asked, rp, items, 0).asked
        listed = [one for one in map(acr.find, wanted.essential or wanted.acr_values) if one is not None]
        level = max(min(listed, default=0), wanted.floor)
        fresh, max_age = "login" in asked.prompt, asked.max_age
    own_device = journey.own_device or request.form.get("own_device") == "1"
    return Wish(level, fresh or level >= policy.fresh_from, max_age, own_device)


def home_of(session: Session | None) -> Member | None:
    """Return the province that this browser's person comes from: by their login, or as remembered here."""
    known = tables.find()
    if known is None:
        return None
    rests_on = recognised_session.find(session.id) if session is not None else None
    if rests_on is not None:
        return known.find_other(rests_on.issuer)
    code = browser.home(request)
    return next((one for one in known.others if one.division_code == code), None)


def _refuse(journey: Journey | None, refused: Refused, member: Member | None) -> tuple[str, int]:
    """Tell the person why it ends here; what exactly was wrong is for the record."""
    metrics.login("refused")
    BATCH.get().enqueue(
        EventName.RECOGNITION_REFUSED,
        issuer=member.entity_id if member else "",
        why=refused.why.value,
        detail=refused.detail[:200],
    )
    if refused.why in (Why.LEVEL, Why.DENIED) and journey is not None and journey.life:
        # Their own province says no more: what is missing is proven here (`raise_level`).
        journey = journey.changed(raised_elsewhere=True)
        journeys.save(journey)
    status = 503 if refused.why is Why.AWAY else 400
    name = member.name(str(get_locale())) if member else ""
    if journey is None:
        journey = journeys.begin(browser.device_id(request))
    return _page(journey, errors={"": _sentence(refused.why, name)}, status=status)


def _sentence(why: Why, name: str) -> str:
    who = name or _("The other province")
    sentences: dict[Why, str] = {
        Why.AWAY: _("%(who)s cannot be reached now. Try again in a few minutes", who=who),
        Why.WRONG: _(
            "The login at %(who)s could not be confirmed. Try again, or log in another way", who=who
        ),
        Why.DENIED: _("You did not go on at %(who)s, so you were not logged in here", who=who),
        Why.LEVEL: _("%(who)s cannot confirm the level that this service needs", who=who),
        Why.EXPIRED: _("This login took too long or was used already. Start again"),
        Why.UNKNOWN: _("Logins of %(who)s are not recognised here now. Log in another way", who=who),
        Why.POLICY: _("Logins of other provinces are not accepted here yet. Log in another way"),
    }
    return sentences[why]


def _page(journey: Journey, *, errors: dict[str, str] | None = None, status: int = 200) -> tuple[str, int]:
    known = tables.find()
    others = known.others if known else []
    for one in others:
        security_headers.allow_form_action(one.entity_id)
    session = sessions.find_by_secret(browser.session_secret(request))
    home, locale = home_of(session), str(get_locale())
    shown = sorted(others, key=lambda one: (one != home, one.division_code))
    page = render_template(
        "province_login.html",
        rp=signing_in.site_of(journey),
        back_url=signing_in.cancel_url(journey),
        action=signing_in.page_url(HERE, journey),
        login_url=signing_in.page_url("/login", journey),
        prove_url=f"/authorize/{journey.id}" if journey.raised_elsewhere and session is not None else None,
        provinces=[
            {
                "id": one.entity_id,
                "division": one.division_code,
                "name": one.name(locale),
                "is_home": one == home,
            }
            for one in shown
        ],
        errors=errors or {},
        values={},
    )
    return page, status
