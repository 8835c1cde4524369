"""What the site receives, what for and until when; optional items can be unticked (PIPL art. 14, 16, 17, 29).

Who is asked again sees why, and only what changed. What was refused a short while ago is put again only when the
person wants to see it.
"""

from flask import Blueprint, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import notice
from idp.consent import consent_record, decision, held, record
from idp.consent.acting_party import ASSISTED
from idp.db import commit, db
from idp.errors import Forbidden
from idp.journey import grant_management, scene
from idp.journey import journey as journeys
from idp.journey.next_step import Step
from idp.pages import consent_question, signing_in
from idp.pages.consent_question import Question

blueprint = Blueprint("consent", __name__)
ALLOW, ASK_AGAIN = "allow", "ask_again"


@blueprint.get("/consent")
def consent() -> BaseResponse | str:
    """Show what is asked for, or that it was refused a short while ago."""
    question = _question()
    if question is None:
        return signing_in.back(signing_in.current_journey())
    return _page(question)


@blueprint.post("/consent")
def decide() -> BaseResponse | tuple[str, int]:
    """Keep what was allowed, or answer the site access_denied."""
    question = _question()
    if question is None or request.form.get("about") != str(question.about.id):
        # Posted twice, or from a page that is not due any more or was somebody else's: the journey knows what is.
        return signing_in.back(signing_in.current_journey())
    wish = request.form.get("decision")
    if question.rests:
        # It was refused and recorded then: this page only asks whether to see the question again.
        changes = {"asks_again": True} if wish == ASK_AGAIN else {"denied": wish != ALLOW}
        journeys.save(question.journey.changed(**changes))
        return signing_in.back(question.journey)
    if wish != ALLOW:
        return _refuse(question)
    if request.form.get("seen") != consent_question.digest(question, str(get_locale())):
        # Another tab, or the site, changed what is asked: it is shown before it counts.
        return signing_in.back(question.journey)
    return _allow(question)


def _allow(question: Question) -> BaseResponse | tuple[str, int]:
    journey, about, wanted = question.journey, question.about, question.wanted
    ticked = frozenset(request.form.getlist("item"))
    if acts := decision.unticked_acts(wanted, ticked, question.known):
        errors = {f"item-{name}": _("Tick the box, or choose: do not agree") for name in sorted(acts)}
        return _page(question, ticked, errors), 400
    items = decision.allowed(wanted, ticked, question.known)
    if not _still_counts(question):
        db.session.rollback()
        held.forget(about.id, question.rp.client_id)
        return signing_in.back(journey)
    try:
        grant_management.save(journey.request, about, question.rp, wanted, items, question.scene)
    except Forbidden:
        # Withdrawn while the page was open: the journey knows that this is the end.
        db.session.rollback()
        return signing_in.back(journey)
    _tell(question)
    commit()
    journeys.save(journey.changed(consented_items=tuple(sorted(items)), consented_by=str(about.id)))
    return signing_in.back(journey)


def _still_counts(question: Question) -> bool:
    """Whether nothing was said meanwhile: posted twice at once it counts once, and a withdrawal is not undone.

    From here on the record is locked.
    """
    row = consent_record.take(question.about.id, question.rp.client_id, question.rp.legal_basis, clock.now())
    if question.given is None:
        return not row.head_number
    return consent_record.given_of(row) == question.given


def _tell(question: Question) -> None:
    # Whom a clerk assists is there, and gets a receipt; an enterprise reads nothing.
    about, acting = question.about, question.scene.acting
    agreed = accounts.find(acting.account_id) if acting.account_id and acting.kind != ASSISTED else None
    if agreed is not None and about.kind != accounts.ENTERPRISE:
        site = question.rp.client_name.text(about.locale)
        notice.tell(about, "consent_given_for_you", who=accounts.name_of(agreed), site=site)


def _refuse(question: Question) -> BaseResponse:
    record.refuse(question.about, question.rp, question.refused, question.scene)
    commit()
    journeys.save(question.journey.changed(denied=True))
    return signing_in.back(question.journey)


def _page(
    question: Question, ticked: frozenset[str] | None = None, errors: dict[str, str] | None = None
) -> str:
    shown = consent_question.shown(question, str(get_locale()), ticked)
    return render_template(
        "consent_refused.html" if question.rests else "consent.html",
        **shown,
        refused_at=question.made.refused_at,
        action=signing_in.page_url("/consent", question.journey),
        back_url=signing_in.cancel_url(question.journey),
        errors=errors or {},
        values={},
    )


def _question() -> Question | None:
    """Return who is asked by whom in this journey; None when it is not at this page (any more)."""
    known = signing_in.known(Step.CONSENT)
    if known is None or known.rp is None or known.options is None:
        return None
    needed, made, wanted = known.requirement, known.consent, known.asked
    if needed is None or made is None or made.reason is None or wanted is None:
        return None
    seen = scene.of(known.options, needed, str(get_locale()), made.reason.value)
    return Question(known.journey, known.rp, known.options.account(), wanted, made, known.given, seen)
