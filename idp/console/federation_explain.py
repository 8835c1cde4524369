"""Why an entity is trusted or not, for officials: the same drawing as developers see, with the reasons kept inside.

Every chain is public; why a subordinate was suspended is told only to those in whose division its superior lies.
"""

from typing import Any

from flask import Blueprint, request
from flask_babel import get_locale
from flask_babel import gettext as _

from idp import rate_limit
from idp.console import entrance, federating
from idp.db import commit
from idp.errors import TooMany
from idp.federation import drawn, entity_id, explaining, hosted_entity, naming, subordinate
from idp.federation.drawn import Drawing
from idp.operators.rights import Act
from idp.settings import SETTINGS

blueprint = Blueprint("console_federation_explain", __name__)
blueprint.before_request(entrance.require)

LOOK_UPS, HOUR = 300, 3600


@blueprint.get(federating.EXPLAIN)
def explain() -> str | tuple[str, int]:
    """Show the form, or the explanation of ``entity``."""
    by = entrance.check(Act.SEE_FEDERATION)
    named = request.args.get("entity", "").strip()
    if not named:
        return _page("", None, {})
    try:
        entity_id.check(named, sandbox=SETTINGS.get().sandbox)
        rate_limit.check(f"federation-explanations:{by.account.id}", LOOK_UPS, HOUR)
    except ValueError:
        wrong = _("This is no entity identifier: it must be the https address of a site, without a query")
        return _page(named[: entity_id.LONGEST], None, {"entity": wrong}), 400
    except TooMany as error:
        return _page(named, None, {"entity": _("Too many tries. Wait an hour and try again")}), error.status
    # Superiors elsewhere may be asked: not with a transaction open.
    commit()
    return _page(named, drawn.draw(explaining.explain(named)), {})


def _page(named: str, drawing: Drawing | None, errors: dict[str, str]) -> str:
    by = entrance.current_official()
    ids = drawing.entity_ids if drawing else ()
    hosted = [found for one in ids if (found := hosted_entity.find(one)) is not None]
    page = entrance.page(
        "console/federation_explain.html",
        entity_id=named,
        drawing=drawing,
        names=naming.names_of(ids, str(get_locale())),
        url_of=federating.node_url(by, {one.entity_id: one.division_code for one in hosted}),
        suspended=_suspended(drawing) if drawing else [],
        action=federating.EXPLAIN,
        back_url=federating.HERE,
        errors=errors,
    )
    commit()
    return page


def _suspended(drawing: Drawing) -> list[dict[str, Any]]:
    """Return where on the way somebody was suspended, as far as this official may know why."""
    by, found = entrance.current_official(), []
    refusals = [chain.refusal for chain in drawing.chains] + [drawing.refusal]
    edges = dict.fromkeys((one.superior_id, one.entity_id) for one in refusals if one and one.superior_id)
    for superior_id, subject_id in edges:
        superior, row = hosted_entity.find(superior_id), subordinate.find(superior_id, subject_id)
        if superior is None or row is None or row.is_active:
            continue
        if by.may(Act.SEE_FEDERATION, superior.division_code):
            url = federating.url(federating.SUBORDINATE, superior=superior_id, entity=subject_id)
            found.append({"entity": subject_id, "reason": row.reason, "since": row.since, "url": url})
    return found
