"""What the site receives, what for and until when; optional items can be unticked (PIPL art. 14, 16, 17)."""

from flask import Blueprint, render_template, request
from flask_babel import get_locale
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, clock
from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.audit import log as audit
from idp.audit.event import EventName
from idp.consent import decision, record
from idp.db import commit
from idp.errors import Expired
from idp.journey import asked
from idp.journey import journey as journeys
from idp.journey.authorization_request import AuthorizationRequest
from idp.journey.journey import Journey
from idp.pages import signing_in
from idp.relying_parties import asking_site, cache
from idp.relying_parties.relying_party import RelyingParty
from idp.sessions import session as sessions

blueprint = Blueprint("consent", __name__)


@blueprint.get("/consent")
def consent() -> str:
    """Show what is asked for."""
    journey, asked_for, rp, account = _waiting()
    wanted = asked.of(asked_for, rp, insisted=False)
    given = record.find(account.id, rp.client_id)
    locale = str(get_locale())
    site = asking_site.of(rp, locale)
    ticked = given.items | (wanted.optional - given.seen) if given and not given.withdrawn else wanted.items
    items = [
        {
            "name": name,
            "required": name in wanted.required,
            "checked": name in ticked,
            "description": registered.purpose.text(locale) if (registered := rp.find_item(name)) else None,
        }
        for name in sorted(wanted.items, key=lambda name: (name not in wanted.required, name))
    ]
    return render_template(
        "consent.html",
        rp=site,
        action=signing_in.page_url("/consent", journey),
        account_name=accounts.name_of(account),
        purpose=site.purpose,
        items=items,
        already=[],
        controller=site.organization or None,
        expires_at=clock.now() + record.LIFE,
        privacy_url=site.policy_uri,
        back_url=signing_in.cancel_url(journey),
        errors={},
        values={},
    )


@blueprint.post("/consent")
def decide() -> BaseResponse:
    """Keep what was allowed, or answer the site access_denied."""
    journey, asked_for, rp, account = _waiting()
    wanted = asked.of(asked_for, rp, insisted=False)
    if request.form.get("decision") != "allow":
        audit.record(EventName.CONSENT_REFUSED, account_id=account.id, client_id=rp.client_id)
        commit()
        journeys.save(journey.changed(denied=True))
        return signing_in.back(journey)
    items = decision.allowed(wanted, request.form.getlist("item"))
    record.save(account.id, rp.client_id, wanted, items)
    commit()
    journeys.save(journey.changed(consented_items=tuple(sorted(items)), consented_by=str(account.id)))
    return signing_in.back(journey)


def _waiting() -> tuple[Journey, AuthorizationRequest, RelyingParty, Account]:
    """Return who is asked by whom in this journey; Expired when it is not at this page (any more)."""
    journey = signing_in.current_journey()
    session = sessions.find_by_secret(browser.session_secret(request))
    account = accounts.find(session.account_id) if session else None
    rp = cache.find(journey.request.client_id) if journey.request else None
    if journey.request is None or rp is None or account is None or account.status != "active":
        raise Expired("journey_expired")
    return journey, journey.request, rp, account
