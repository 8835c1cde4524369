"""Trust marks that an authority gives: to whom, until when; giving one, taking one back with a reason, on record.

Only types that a trust anchor here lets this authority issue; those that another body owns need its delegation and are
left to the command line. Only to entities below the official's own division.
"""

from datetime import timedelta
from typing import Any

from flask import Blueprint, request
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import clock, signed_in
from idp.console import entrance, federating
from idp.db import commit, db
from idp.errors import InvalidInput, NotFound
from idp.federation import hosted_entity, issued_trust_mark, naming, subordinate
from idp.federation.hosted_entity import ANCHOR, HostedEntity
from idp.federation.issued_trust_mark import IssuedTrustMark
from idp.operators.rights import Act

blueprint = Blueprint("console_federation_marks", __name__)
blueprint.before_request(entrance.require)

PAGE = 40
LONGEST_REASON = 500
# How long a mark may last, in months; each is 30 days.
MONTHS = (6, 12, 24, 36)
MONTH = timedelta(days=30)
MOST_ENTITIES = 1000
ISSUE, REVOKE = "issue", "revoke"


@blueprint.get(federating.MARKS)
def marks() -> str:
    """Show those that were given, and the form for one more."""
    return _page(_issuer(), {})


@blueprint.post(federating.MARKS)
def decide() -> BaseResponse | tuple[str, int]:
    """Give one, or take one back."""
    issuer = _issuer()
    act, kind, subject = (request.form.get(name, "").strip() for name in ("act", "type", "subject"))
    if act not in {ISSUE, REVOKE}:
        raise InvalidInput("bad_request")
    errors = _wrong_issue(issuer, kind, subject) if act == ISSUE else _wrong_revoke()
    if errors:
        return _page(issuer, errors), 400
    try:
        with entrance.on_record(issuer.division_code):
            if act == ISSUE:
                ends = clock.now() + int(request.form["months"]) * MONTH
                issued_trust_mark.issue(issuer.entity_id, kind, subject, expires_at=ends)
            else:
                reason = request.form["reason"].strip()
                issued_trust_mark.revoke(issuer.entity_id, kind, subject, reason=reason)
    except (InvalidInput, NotFound) as error:
        db.session.rollback()
        return _page(issuer, {"": _("There is no such mark any more")}), error.status
    done = _("The mark is given") if act == ISSUE else _("The mark is taken back. It counts no more")
    return signed_in.go(federating.url(federating.MARKS, entity=issuer.entity_id), done)


def _issuer() -> HostedEntity:
    issuer = federating.authority("entity", Act.GIVE_TRUST_MARK)
    if not issuer.is_authority:
        raise NotFound("not_found", detail="gives no marks")
    return issuer


def _wrong_issue(issuer: HostedEntity, kind: str, subject: str) -> dict[str, str]:
    errors = {}
    if kind not in _types(issuer):
        errors["type"] = _("Choose a mark that this authority may give")
    if not _is_ours(subject):
        errors["subject"] = _("Only entities in your division and below it can get a mark here")
    if request.form.get("months") not in {str(one) for one in MONTHS}:
        errors["months"] = _("Choose how long it lasts")
    return errors


def _wrong_revoke() -> dict[str, str]:
    reason = request.form.get("reason", "").strip()
    good = 0 < len(reason) <= LONGEST_REASON and reason.isprintable()
    return {} if good else {"": _("Enter a reason of one line")}


def _is_ours(subject: str) -> bool:
    """Whether an authority of this official's division, or below it, stands behind the entity, or it lies there."""
    by = entrance.current_official()
    hosted = hosted_entity.find(subject)
    if hosted is not None:
        return by.may(Act.GIVE_TRUST_MARK, hosted.division_code)
    if not hosted_entity.is_possible(subject):
        return False
    superiors = (hosted_entity.find(row.superior_id) for row in subordinate.superiors_of(subject))
    return any(one is not None and by.may(Act.GIVE_TRUST_MARK, one.division_code) for one in superiors)


def _types(issuer: HostedEntity) -> list[str]:
    """Return the types that some anchor hosted here lets this authority issue in its own name."""
    found: set[str] = set()
    for one in hosted_entity.page(limit=MOST_ENTITIES, authorities_only=True):
        if one.kind != ANCHOR:
            continue
        for kind, issuers in (one.trust_mark_issuers or {}).items():
            if (not issuers or issuer.entity_id in issuers) and kind not in (one.trust_mark_owners or {}):
                found.add(kind)
    return sorted(found)


def _page(issuer: HostedEntity, errors: dict[str, str]) -> str:
    rows = issued_trust_mark.page(issuer.entity_id, after=_after(), limit=PAGE + 1)
    names = naming.names_of([row.subject_id for row in rows], str(get_locale()))
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    page = entrance.page(
        "console/federation_marks.html",
        node=federating.shown(issuer),
        marks=[_shown(row, names) for row in rows[:PAGE]],
        types=_types(issuer),
        months=list(MONTHS),
        more_url=federating.url(
            federating.MARKS, entity=issuer.entity_id, type=last.trust_mark_type, subject=last.subject_id
        )
        if last
        else None,
        action=federating.url(federating.MARKS, entity=issuer.entity_id),
        back_url=federating.url(federating.NODE, entity=issuer.entity_id),
        errors=errors,
        values={name: request.form.get(name, "") for name in ("type", "subject", "months")},
    )
    commit()
    return page


def _after() -> tuple[str, str]:
    kind, subject = request.args.get("type", ""), request.args.get("subject", "")
    return (kind, subject) if "\0" not in kind + subject else ("", "")


def _shown(row: IssuedTrustMark, names: dict[str, str]) -> dict[str, Any]:
    return {
        "type": row.trust_mark_type,
        "subject": row.subject_id,
        "name": names.get(row.subject_id, row.subject_id),
        "issued_at": row.issued_at,
        "until": row.expires_at,
        "is_active": row.is_active(clock.now()),
        "revoked_at": row.revoked_at,
        "reason": row.reason,
    }
