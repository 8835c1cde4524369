"""What the site receives, what for and until when; optional items can be unticked (PIPL art. 14, 16, 17)."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask_babel import get_locale
from werkzeug.wrappers import Response as BaseResponse

from idp import claims, clock
from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.consent import decision, lifetime, record
from idp.consent.decision import Asked, Given
from idp.consent.document import Scene
from idp.db import commit, db
from idp.errors import Forbidden
from idp.journey import journey as journeys
from idp.journey import scene
from idp.journey.journey import Journey
from idp.journey.next_step import Step
from idp.pages import signing_in
from idp.relying_parties import asking_site
from idp.relying_parties.relying_party import RelyingParty

blueprint = Blueprint("consent", __name__)


@dataclass(frozen=True)
class Waiting:
    """Who asks what about whom, what was decided before, and by whom it is said now."""

    journey: Journey
    rp: RelyingParty
    about: Account
    wanted: Asked
    given: Given | None
    scene: Scene


@blueprint.get("/consent")
def consent() -> BaseResponse | str:
    """Show what is asked for."""
    waiting = _waiting()
    if waiting is None:
        return signing_in.back(signing_in.current_journey())
    rp, wanted = waiting.rp, waiting.wanted
    given = waiting.given
    locale = str(get_locale())
    site = asking_site.of(rp, locale)
    counts = given is not None and given.was_given and not given.withdrawn
    ticked = given.items | (wanted.optional - given.seen) if given and counts else wanted.items
    items = [
        {
            "name": name,
            "required": name in wanted.required,
            "checked": name in ticked,
            "sensitive": name in claims.SENSITIVE,
            "description": registered.purpose.text(locale) if (registered := rp.find_item(name)) else None,
        }
        for name in sorted(wanted.items, key=lambda name: (name not in wanted.required, name))
    ]
    return render_template(
        "consent.html",
        rp=site,
        action=signing_in.page_url("/consent", waiting.journey),
        about_id=str(waiting.about.id),
        account_name=accounts.name_of(waiting.about),
        purpose=site.purpose,
        items=items,
        already=[],
        controller=site.organization or None,
        expires_at=lifetime.ends_at(waiting.about, clock.now()),
        privacy_url=site.policy_uri,
        back_url=signing_in.cancel_url(waiting.journey),
        errors={},
        values={},
    )


@blueprint.post("/consent")
def decide() -> BaseResponse:
    """Keep what was allowed, or answer the site access_denied."""
    waiting = _waiting()
    if waiting is None or request.form.get("about") != str(waiting.about.id):
        # Posted twice, or from a page that is not due any more or was somebody else's: the journey knows what is.
        return signing_in.back(signing_in.current_journey())
    journey, about, rp = waiting.journey, waiting.about, waiting.rp
    if request.form.get("decision") != "allow":
        record.refuse(about, rp, waiting.wanted, waiting.scene)
        commit()
        journeys.save(journey.changed(denied=True))
        return signing_in.back(journey)
    items = decision.allowed(waiting.wanted, request.form.getlist("item"))
    try:
        record.save(about, rp, waiting.wanted, items, waiting.scene)
    except Forbidden:
        # Withdrawn while the page was open: the journey knows that this is the end.
        db.session.rollback()
        return signing_in.back(journey)
    commit()
    journeys.save(journey.changed(consented_items=tuple(sorted(items)), consented_by=str(about.id)))
    return signing_in.back(journey)


def _waiting() -> Waiting | None:
    """Return who is asked by whom in this journey; None when it is not at this page (any more)."""
    known = signing_in.known(Step.CONSENT)
    if known is None or known.rp is None or known.options is None:
        return None
    needed, made, wanted = known.requirement, known.consent, known.asked
    if needed is None or made is None or made.reason is None or wanted is None:
        return None
    seen = scene.of(known.options, needed, str(get_locale()), made.reason.value)
    return Waiting(known.journey, known.rp, known.options.account(), wanted, known.given, seen)
