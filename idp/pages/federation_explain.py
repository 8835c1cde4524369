"""Why an entity of the federation is trusted, or where its chain breaks: for developers of sites, without logging in.

Everything shown is public: it stands in signed statements. Looking may ask superiors elsewhere, so it is limited for
each address; who asks for JSON gets the same as data.
"""

from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _

from idp import parameters, rate_limit
from idp.db import commit
from idp.errors import TooMany
from idp.federation import drawn, entity_id, explaining, explanation, naming
from idp.pages import problem, refusal
from idp.settings import SETTINGS

blueprint = Blueprint("federation_explain", __name__)

PATH = "/federation/explain"
WINDOW = 60
JSON = "application/json"


@blueprint.get(PATH)
def federation_explain() -> str | Response | tuple[str, int]:
    """Show the form, or the explanation of ``entity``."""
    named = parameters.read(request.query_string).get("entity", "").strip()
    is_machine = request.accept_mimetypes.best_match(["text/html", JSON]) == JSON or "json" in request.args
    if not named:
        if is_machine:
            return problem.answer(400, "entity_missing", "Name the entity: ?entity=")
        return _page("", None)
    try:
        entity_id.check(named, sandbox=SETTINGS.get().sandbox)
        _count()
    except ValueError as error:
        if is_machine:
            return problem.answer(400, "entity_identifier", f"entity {error}")
        wrong = {
            "entity": _(
                "This is no entity identifier: it must be the https address of a site, without a query"
            )
        }
        return _page(named[: entity_id.LONGEST], None, wrong), 400
    except TooMany as error:
        if is_machine:
            limited = problem.answer(error.status, error.code, "Too many tries")
            limited.headers["Retry-After"] = str(error.retry_after)
            return limited
        return _page(named, None, refusal.errors(error, "")), error.status
    found = explaining.explain(named)
    if is_machine:
        return jsonify(explanation.to_json(found))
    return _page(named, drawn.draw(found))


def _count() -> None:
    address = rate_limit.hashed(request.remote_addr or "")
    rate_limit.check(f"explanation:{address}", SETTINGS.get().limits.explanations_per_address, WINDOW)


def _page(named: str, drawing: drawn.Drawing | None, errors: dict[str, str] | None = None) -> str:
    names = naming.names_of(drawing.entity_ids, str(get_locale())) if drawing else {}
    commit()
    return render_template(
        "federation_explain.html",
        entity_id=named,
        drawing=drawing,
        names=names,
        url_of=None,
        action=PATH,
        json_url=f"{PATH}?{urlencode({'entity': named, 'json': '1'})}" if drawing else None,
        errors=errors,
    )
