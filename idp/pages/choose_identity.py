"""As whom to go on at this site (domain §4): oneself, or somebody under a mandate. Without any that serves: why not."""

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import get_locale
from werkzeug.wrappers import Response as BaseResponse

from idp.accounts import account as accounts
from idp.journey import journey as journeys
from idp.journey.identity import Options
from idp.journey.journey import Journey
from idp.journey.next_step import Step
from idp.mandates import item
from idp.pages import signing_in
from idp.relying_parties.relying_party import SELF

blueprint = Blueprint("choose_identity", __name__)


@blueprint.get("/choose-identity")
def choose_identity() -> BaseResponse | str:
    """Show everybody the person may act as here."""
    known = signing_in.known(Step.CHOOSE_IDENTITY)
    if known is None or known.options is None:
        return signing_in.back(signing_in.current_journey())
    return _page(known.journey, known.options)


@blueprint.post("/choose-identity")
def choose() -> BaseResponse | tuple[str, int]:
    """Go on as the one chosen; only one that was offered counts."""
    known = signing_in.known(Step.CHOOSE_IDENTITY)
    if known is None or known.options is None:
        return signing_in.back(signing_in.current_journey())
    options, chosen = known.options, request.form.get("identity", "")
    offered = {str(one.mandate_id) for one in options.choices} | ({SELF} if options.self_allowed else set())
    if chosen not in offered:
        return _page(known.journey, options), 400
    # Chosen for this site and this login: nobody else's choice, should somebody else log in meanwhile.
    journey = known.journey.changed(identity=chosen, identity_by=str(options.person.id), account_chosen=True)
    journeys.save(journey)
    return signing_in.back(journey)


def _page(journey: Journey, options: Options) -> str:
    locale = str(get_locale())
    choices: list[dict[str, Any]] = [
        {
            "id": str(one.mandate_id),
            "principal_id": str(one.principal_id),
            "name": one.principal_name,
            "kind": one.principal_kind,
            "role": one.role,
            "through": one.through_name,
            "items": [item.name_of(code, locale) for code in one.items if one.is_limited],
        }
        for one in options.choices
    ]
    wanted = journey.request.mandate if journey.request else None
    return render_template(
        "choose_identity.html",
        rp=signing_in.site_of(journey),
        action=signing_in.page_url("/choose-identity", journey),
        back_url=signing_in.cancel_url(journey),
        own_name=accounts.name_of(options.person),
        own_id=str(options.person.id),
        self_allowed=options.self_allowed,
        choices=choices,
        ended=options.self_allowed and not options.choices,
        assisted=options.assisted is not None,
        item_names=[item.name_of(code, locale) for code in wanted.item_codes] if wanted else [],
        errors={},
        values={},
    )
