"""The policy and the limits of an authority for all below it: written as JSON, tried first, then in force at once.

The trial says which sites in use would be refused, by which operator and value, and how the metadata of others changes.
"""

import hashlib
import json
from typing import Any

from flask import Blueprint, request
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import signed_in
from idp.console import entrance, federating
from idp.db import commit, db
from idp.errors import IdpError, InvalidInput, NotFound
from idp.federation import drawn, hosted_entity, metadata_policy, naming, policy_trial
from idp.federation.hosted_entity import HostedEntity
from idp.federation.metadata_policy import PolicyRefused
from idp.federation.policy_trial import Trial
from idp.operators.rights import Act
from idp.relying_parties import importing

blueprint = Blueprint("console_federation_policy", __name__)
blueprint.before_request(entrance.require)

SAVE = "save"
POLICY, CONSTRAINTS = "metadata_policy", "constraints"


@blueprint.get(federating.POLICY)
def edit() -> str:
    """Show what holds now, to be changed."""
    entity = _entity()
    now = {POLICY: _written(entity.metadata_policy), CONSTRAINTS: _written(entity.constraints)}
    return _page(entity, now, {}, None)


@blueprint.post(federating.POLICY)
def change() -> BaseResponse | str | tuple[str, int]:
    """Try it; with the confirmation, put it in force."""
    entity = _entity()
    written = {name: request.form.get(name, "") for name in (POLICY, CONSTRAINTS)}
    try:
        policy, limits = (_read(written[name], name) for name in (POLICY, CONSTRAINTS))
        _check(entity, policy, limits)
    except InvalidInput as error:
        db.session.rollback()
        return _page(entity, written, {error.field: str(error.message)}, None), 400
    trial = policy_trial.run(entity.entity_id, policy, limits)
    if request.form.get("step") != SAVE:
        return _page(entity, written, {}, trial, policy)
    # Tried without keeping others waiting; from here on they wait.
    db.session.refresh(entity, with_for_update=True)
    errors = {}
    if request.form.get("seen") != _digest(entity):
        errors[POLICY] = _("Somebody has changed it meanwhile. Compare and try again")
    if trial.refused and request.form.get("understood") != "yes":
        errors["understood"] = _("Confirm that you have read who is refused")
    if errors:
        return _page(entity, written, errors, trial, policy), 409 if POLICY in errors else 400
    with entrance.on_record(entity.division_code):
        hosted_entity.update(entity.entity_id, metadata_policy=policy or None, constraints=limits or None)
    where = federating.url(federating.NODE, entity=entity.entity_id)
    return signed_in.go(where, _("The policy is in force"))


def _entity() -> HostedEntity:
    entity = federating.authority("entity", Act.SET_METADATA_POLICY)
    if not entity.is_authority:
        raise NotFound("not_found", detail="vouches for nobody")
    db.session.refresh(entity)
    return entity


def _read(text: str, field: str) -> dict[str, Any]:
    if not text.strip():
        return {}
    try:
        found = importing.read_object(text.encode("utf-8", "replace"))
        # Half a character, written as \ud800, is JSON but no text.
        json.dumps(found, ensure_ascii=False).encode()
    except (IdpError, UnicodeEncodeError) as error:
        reason = error.message if isinstance(error, IdpError) else "Unicode"
        raise InvalidInput(
            "not_json", _("This is not a JSON object: %(reason)s", reason=reason), field=field
        ) from error
    return found


def _check(entity: HostedEntity, policy: dict[str, Any], limits: dict[str, Any]) -> None:
    try:
        policy_trial.check(entity.entity_id, policy, limits)
    except PolicyRefused as refused:
        where = ".".join(part for part in (refused.entity_type, refused.parameter, refused.operator) if part)
        text = _("%(where)s cannot be so (%(reason)s)", where=where or POLICY, reason=refused.reason)
        if refused.reason == "conflict":
            text = _("%(where)s contradicts the policy of a superior: it may only be tightened", where=where)
        raise InvalidInput("policy_wrong", text, field=POLICY) from refused
    except ValueError as error:
        text = _("The limits cannot be so: %(reason)s", reason=str(error))
        raise InvalidInput("constraints_wrong", text, field=CONSTRAINTS) from error
    for entity_type, parameters in policy.items():
        for parameter, operators in parameters.items():
            for operator in operators.keys() - metadata_policy.UNDERSTOOD:
                # Readers leave it out: a rule that its author believes in would hold for nobody.
                where = f"{entity_type}.{parameter}.{operator}"
                text = _("%(where)s is no operator of the standard: nobody would follow it", where=where)
                raise InvalidInput("policy_wrong", text, field=POLICY)


def _digest(entity: HostedEntity) -> str:
    whole = json.dumps([entity.metadata_policy, entity.constraints], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()


def _written(value: dict[str, Any] | None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) if value else ""


def _page(
    entity: HostedEntity,
    written: dict[str, str],
    errors: dict[str, str],
    trial: Trial | None,
    policy: dict[str, Any] | None = None,
) -> str:
    names = naming.names_of([one.entity_id for one in trial.tried], str(get_locale())) if trial else {}
    page = entrance.page(
        "console/federation_policy.html",
        node=federating.shown(entity),
        seen=_digest(entity),
        trial=_shown(trial) if trial else None,
        rows=drawn.policy_rows(entity.metadata_policy or {}, policy or {}) if trial else [],
        names=names,
        action=federating.url(federating.POLICY, entity=entity.entity_id),
        back_url=federating.url(federating.NODE, entity=entity.entity_id),
        errors=errors,
        values=written,
    )
    commit()
    return page


def _shown(trial: Trial) -> dict[str, Any]:
    return {
        "refused": [{"id": one.entity_id, "refusal": drawn.refusal(one.refusal)} for one in trial.refused],
        "changed": [one for one in trial.tried if one.refusal is None and one.rows],
        "same": sum(1 for one in trial.tried if one.refusal is None and not one.rows),
        "untried": trial.untried,
        "is_whole": trial.is_whole,
    }
