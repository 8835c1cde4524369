"""My mandates 授权: what waits for my yes, whom I act for, who acts for me, and what has ended."""

from flask import Blueprint
from flask_babel import get_locale

from idp import signed_in
from idp.mandates import assisted_case, item, mandate, offering
from idp.mandates.decision import ACTIVE, PROPOSED
from idp.mandates.rules import ADMINISTRATOR, AGENCY, REPRESENTATIVE
from idp.pages import mandating

blueprint = Blueprint("mandates", __name__)
blueprint.before_request(signed_in.require)


@blueprint.get(mandating.MANDATES)
def mandates() -> str:
    """Show them."""
    me = mandating.citizen().id
    active = [one for one, _above in mandate.held_by(me)]
    invited = [one for one, _above in mandate.held_by(me, status=PROPOSED)]
    given = mandate.of_principal(me)
    runs = [one for one in active if one.role in (REPRESENTATIVE, ADMINISTRATOR)]
    # A firm that is asked to act for an enterprise: whoever runs the firm answers.
    for own in runs:
        invited += [
            one for one, _above in mandate.held_by(own.principal_id, status=PROPOSED) if one.role == AGENCY
        ]
    open_ones = {one.id: one for one in [*invited, *given]}
    waiting = [one for one in open_ones.values() if me in offering.awaited(one)]
    locale = str(get_locale())
    return signed_in.page(
        "account/mandates.html",
        waiting=[mandating.shown(one) for one in waiting],
        held=[mandating.shown(one) for one in active],
        asked=[mandating.shown(one) for one in invited if one not in waiting],
        given=[mandating.shown(one) for one in given if one not in waiting],
        ended=[mandating.shown(one) for one in mandate.ended_of(me, 10)],
        assisted=[
            {
                "organization": case.organization,
                "item": item.name_of(case.item, locale),
                "started_at": case.started_at,
                "is_over": case.ended_at is not None,
            }
            for case in assisted_case.of_principal(me, 10)
        ],
        runs_enterprises=bool(runs),
        active=ACTIVE,
    )
