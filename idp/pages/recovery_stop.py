"""Stop a recovery that was not the person's own: the address stands in the message that told of it."""

from flask import Blueprint, render_template

from idp import clock
from idp.authenticators import recovery as recoveries
from idp.authenticators import recovery_row
from idp.authenticators.recovery_row import COMPLETED, COUNTER, WAITING
from idp.db import commit
from idp.errors import NotFound

blueprint = Blueprint("recovery_stop", __name__)


@blueprint.get("/recovery/stop/<token>")
def recovery_stop(token: str) -> str:
    """Ask first: opening an address must change nothing (RFC 9110 §9.2.1)."""
    return _page(token, stopped=False)


@blueprint.post("/recovery/stop/<token>")
def stop(token: str) -> str:
    """Stop it; pressing twice does no harm."""
    found = recovery_row.find_by_stop(token)
    if found is not None:
        recoveries.stop(found)
        commit()
    return _page(token, stopped=True)


def _page(token: str, *, stopped: bool) -> str:
    found = recovery_row.find_by_stop(token)
    if found is None:
        raise NotFound("recovery_unknown")
    state = found.stands(clock.now())
    return render_template(
        "recovery_stop.html",
        rp=None,
        back_url=None,
        action=f"/recovery/stop/{token}",
        state=state,
        is_open=state in {WAITING, COUNTER},
        is_late=state == COMPLETED,
        began_at=found.created_at,
        stopped=stopped,
        errors={},
        values={},
    )
