"""The answer to an authorization request: a code, or an error, in the response mode that was asked for."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from idp import clock
from idp.accounts import notice
from idp.accounts.account import Account
from idp.audit import log
from idp.audit.event import EventName
from idp.consent import notification
from idp.consent.document import Scene
from idp.errors import Forbidden
from idp.journey import authorization_details, grant_management, scene
from idp.journey.situation import Settled
from idp.level_policy import current
from idp.mandates import choosing
from idp.relying_parties import subject
from idp.relying_parties.relying_party import NONE
from idp.response_modes import BY_NAME
from idp.response_modes.reply import Reply
from idp.sessions import participant, standing
from idp.settings import SETTINGS
from idp.tokens import authorization_code
from idp.tokens.acting import Acting
from idp.tokens.authorization_code import AuthorizationCode
from idp.tokens.levels import Levels


def grant(settled: Settled) -> Reply:
    """Issue a code for what was agreed and answer with it. The caller commits before it sends.

    Raises Forbidden (``mandate_used``) when a mandate for one use was used meanwhile.
    """
    request, rp, session, options = settled.request, settled.rp, settled.session, settled.options
    about = options.account()
    if options.choice is not None and not choosing.use(options.choice.mandate_id):
        raise Forbidden("mandate_used", "This mandate was for one use, and it was used")
    seen = scene.of(options, settled.requirement, about.locale)
    grant_management.begin(request, about, rp, settled.asked, seen)
    _note(settled, about, seen)
    record_id = grant_management.settle(request, about, rp)
    sub = subject.sub_of(about.subject_id, rp)
    items = sorted(settled.items)
    scope = " ".join(value for value in request.scope if value != "offline_access" or value in items)
    levels, acting = _levels(settled), _acting(settled)
    code = authorization_code.issue(
        AuthorizationCode(
            client_id=rp.client_id,
            redirect_uri=request.redirect_uri,
            account_id=str(options.person.id),
            session_id=str(session.id),
            sub=sub,
            scope=scope,
            items=items,
            asked={"userinfo": request.userinfo_claims, "id_token": request.id_token_claims},
            methods=session.methods,
            auth_time=int(session.auth_time.timestamp()),
            nonce=request.nonce,
            code_challenge=request.code_challenge,
            levels=levels.to_json(),
            acting=asdict(acting) if acting else None,
            record_id=record_id,
        )
    )
    participant.add(session.id, rp.client_id, sub, options.chosen)
    log.record(
        EventName.CODE_ISSUED,
        account_id=options.person.id,
        client_id=rp.client_id,
        session_id=session.id,
        items=items,
        acr=levels.acr,
        **({"mandate_id": acting.mandate_id, "principal_id": acting.principal_id} if acting else {}),
    )
    return _reply(request.redirect_uri, request.response_mode, request.state, {"code": code})


def _note(settled: Settled, about: Account, seen: Scene) -> None:
    """Tell what is not asked about: data released by law, a notice whose text alone changed (PIPL art. 13, 14)."""
    rp = settled.rp
    site = rp.client_name.text(about.locale)
    if notification.note_statutory(about, rp, settled.asked, seen):
        notice.tell(about, "statutory_release", site=site)
    elif notification.note_policy(about, rp, seen):
        notice.tell(about, "policy_changed", site=site)


def _levels(settled: Settled) -> Levels:
    needed, options, policy = settled.requirement, settled.options, current.get()
    proofing = needed.proofing
    if options.assisted is not None:
        # The clerk's session, but it is the principal whose name is proven or not.
        proofing = standing.proofing(policy, options.account(), clock.now())
    # A code redeemed by a client that proves itself, and bound to the request: no assertion can be slipped in.
    bound = settled.rp.token_endpoint_auth_method != NONE and settled.request.code_challenge is not None
    return Levels(
        acr=needed.decision.acr,
        ial=proofing,
        aal=needed.authenticator,
        fal=policy.fal if bound else 1,
        # What the decision was made by: an essential acr goes before acr_values.
        asked=settled.request.essential_acr or settled.request.acr_values,
        floor=needed.floor,
    )


def _acting(settled: Settled) -> Acting | None:
    choice, rp, case = settled.options.choice, settled.rp, settled.options.assisted
    actor = subject.sub_of(settled.options.person.subject_id, rp)
    if case is not None:
        # One item, and no mandate: the principal is present (domain §4).
        item = {"type": authorization_details.TYPE, "roles": ["assisted"], "item_codes": [case.item]}
        return Acting(str(case.principal_id), actor, assisted_case_id=str(case.id), details=(item,))
    if choice is None:
        return None
    detail: dict[str, Any] = {"type": authorization_details.TYPE, "roles": [choice.role]}
    if choice.items:
        detail["item_codes"] = list(choice.items)
    return Acting(
        principal_id=str(choice.principal_id),
        actor_sub=actor,
        mandate_id=str(choice.mandate_id),
        details=(detail,),
        may_consent=choice.may_consent,
    )


def refuse(
    redirect_uri: str, response_mode: str, state: str | None, error: str, description: str | None
) -> Reply:
    """Answer with an error (RFC 6749 §4.1.2.1) at a redirect URI that was checked."""
    params = {"error": error} | ({"error_description": description} if description else {})
    return _reply(redirect_uri, response_mode, state, params)


def _reply(redirect_uri: str, response_mode: str, state: str | None, params: Mapping[str, str]) -> Reply:
    # iss in every answer, errors too: against mix-up (RFC 9207 §2).
    common = {"iss": SETTINGS.get().issuer} | ({"state": state} if state is not None else {})
    return BY_NAME[response_mode].reply(redirect_uri, {**params, **common})
