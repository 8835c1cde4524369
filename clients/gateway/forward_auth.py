"""Forward authentication: nginx asks before it answers (``auth_request``), and sends people here to log in.

``/auth`` answers 204 with the person's headers, 401 for somebody to be sent to ``/start``, 403 for somebody whom a
login would not help. ``/start`` begins the login that the page needs, or says in words why it will not.
"""

import time
from collections.abc import Callable, Sequence

import flask
from flask.typing import ResponseReturnValue

from clients.gateway import rules
from clients.gateway.identity import IdentityHeaders
from clients.gateway.refusal import Refused
from tongxing_client import errors, page_need, return_to
from tongxing_client.flask import TongxingFlask

ACR = "urn:tongxing:loa:{}"
# What nginx was asked for, as it came (its $request_uri).
ORIGINAL = "X-Original-URI"
_RETURN_TO = b"return_to="
_REFUSED = b"refused&"


def make(
    tongxing: TongxingFlask,
    site_rules: Sequence[rules.Rule],
    identity: IdentityHeaders,
    now: Callable[[], float] = time.time,
) -> flask.Blueprint:
    """The routes of a site that is guarded by ``site_rules``."""
    routes = flask.Blueprint("forward_auth", __name__)

    def find_ask(rule: rules.Rule) -> page_need.Ask | None:
        """What is still to ask for; raises what a login would not mend."""
        need = _find_need(rule)
        return None if need is None else page_need.find_ask(tongxing.find_session(), need, now())

    @routes.get("/auth")
    def auth() -> ResponseReturnValue:
        rule = rules.find_rule(site_rules, flask.request.headers.get(ORIGINAL, ""))
        if rule is None:
            return "", 403
        try:
            ask = find_ask(rule)
        except (errors.StepUpNotReached, errors.MandateMissing):
            return "", 403
        if ask is not None:
            return "", 401
        found = tongxing.find_session()
        return "", 204, {} if found is None else identity.of(found)

    @routes.get("/start")
    def start() -> ResponseReturnValue:
        is_refused, back_to, rule = _wanted(site_rules)
        ask = find_ask(rule)
        if ask is not None:
            return tongxing.start_login(ask, back_to)
        if is_refused:
            # Not we refused it but the site: sent back, the person would go round in a circle.
            raise Refused("no_rule")
        return flask.redirect(back_to, 303)

    @routes.get("/jwks")
    def jwks() -> ResponseReturnValue:
        return identity.jwks(), {"Cache-Control": "public, max-age=3600"}

    return routes


def _find_need(rule: rules.Rule) -> page_need.Need | None:
    if rule.is_public:
        return None
    return page_need.Need(acr=(ACR.format(rule.level),), max_age=rule.max_age, item=rule.item)


def _wanted(site_rules: Sequence[rules.Rule]) -> tuple[bool, str, rules.Rule]:
    """Whether nginx had a 403 from whomever, the address that the person wanted, and its rule; raises ``Refused``."""
    # nginx puts the address behind as it came: all that follows belongs to it, its own & too.
    said, _, text = flask.request.query_string.partition(_RETURN_TO)
    back_to = return_to.find_local_path(text.decode("latin-1"))
    rule = rules.find_rule(site_rules, back_to or "")
    if back_to is None or rule is None:
        raise Refused("no_rule")
    return said == _REFUSED, back_to, rule
