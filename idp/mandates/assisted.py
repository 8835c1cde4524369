"""An assisted session 代办会话: an agency clerk does one thing for somebody who is present (domain §4).

No mandate: the clerk is logged in as an official, the principal shows that they are there by a code from their phone
or by their card in a reader, and both are on record. One site, one item; it ends with the case, after ten minutes or
after ninety seconds in which nothing happened (`sessions.kiosk` of the level policy). The session stays the clerk's
own: nothing of the principal's account can be changed in it.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import notice
from idp.accounts.account import Account
from idp.audit import log
from idp.audit.event import EventName
from idp.db import db
from idp.errors import Conflict, Expired, Forbidden, InvalidInput, NotFound
from idp.mandates import assisted_case, guardianship, rules_file
from idp.mandates.assisted_case import ENDED, IS_OPEN, RUNNING, WAITING, AssistedCase
from idp.outbox import message
from idp.uuid7 import uuid7

# The outbox message of a case that ran and has ended: what was given in it ends with it.
KIND = "assisted_case_ended"

DONE = "done"
CANCELLED = "cancelled"
TIMED_OUT = "timed_out"
REPLACED = "replaced"

BATCH = 100
LONGEST_WORD = 20
LONGEST_ORGANIZATION = 30


def begin(
    clerk: Account, session_id: UUID, principal: Account, client_id: str, item: str, organization: str
) -> AssistedCase:
    """Prepare a case; it runs when the principal has shown that they are present.

    An earlier case of this session that is still waiting is given up. Raises Conflict ``case_running``, Forbidden
    (``own_case``, ``item_personal``, ``principal_too_young``), InvalidInput.
    """
    if principal.kind != accounts.CITIZEN:
        raise InvalidInput("principal_kind_wrong", "Only a person can be assisted", field="principal")
    if principal.id == clerk.id:
        raise Forbidden("own_case", "Nobody assists themselves")
    if item in rules_file.get().personal_acts:
        raise Forbidden("item_personal", "Nobody else can do this for you, so it cannot be given")
    rule = guardianship.rule_of(principal, clock.now())
    if rule is not None and not rule.own_account:
        # Nobody who is there could say what they want: their guardian acts for them.
        raise Forbidden(
            "principal_too_young", "A child of this age is acted for by a guardian", field="principal"
        )
    accounts.check_active(principal)
    accounts.check_active(clerk)
    present = assisted_case.find_open(session_id)
    if present is not None and present.status == RUNNING and clock.now() < present.dies_at():
        raise Conflict("case_running", "End the case that is running first")
    if present is not None:
        end(present, TIMED_OUT if present.status == RUNNING else REPLACED)
    now = clock.now()
    case = AssistedCase(
        id=uuid7(),
        clerk_id=clerk.id,
        session_id=session_id,
        principal_id=principal.id,
        client_id=client_id,
        item=item,
        organization=organization,
        status=WAITING,
        created_at=now,
        seen_at=now,
        expires_at=now + timedelta(seconds=rules_file.get().assisted.code_seconds),
        extensions=0,
    )
    db.session.add(case)
    db.session.flush()
    log.record(EventName.ASSISTED_CASE_BEGUN, **_values(case))
    return case


def get_open(case_id: UUID, session_id: UUID) -> AssistedCase:
    """Return the case while something can be done with it; raises NotFound, Expired ``case_over``."""
    case = assisted_case.find(case_id, session_id)
    if case is None:
        raise NotFound("case_unknown", detail=str(case_id))
    if case.status == ENDED or clock.now() >= case.dies_at():
        raise Expired("case_over", "This case is over")
    return case


def get_open_text(case_id: str, session_id: UUID) -> AssistedCase:
    """Return the open case that an address names; raises NotFound, Expired."""
    try:
        return get_open(UUID(case_id), session_id)
    except ValueError:
        raise NotFound("case_unknown", detail=case_id[:40]) from None


def find_running(session_id: UUID) -> AssistedCase | None:
    """Return the case that runs in that clerk's session now, or None. Its principal must still be able to act."""
    case = assisted_case.find_open(session_id)
    if case is None or case.status != RUNNING or clock.now() >= case.dies_at():
        return None
    principal = accounts.find(case.principal_id)
    return case if principal is not None and principal.status == accounts.ACTIVE else None


def touch(case: AssistedCase) -> None:
    """Note that something happened in the case."""
    case.seen_at = clock.now()


def extend(case: AssistedCase) -> None:
    """Go on: the idle time begins anew, and shortly before the end the whole time, as often as the rules allow."""
    life, most = assisted_case.life(), rules_file.get().assisted.extensions
    now = clock.now()
    case.seen_at = now
    if case.expires_at - now <= timedelta(seconds=life.idle) and case.extensions < most:
        case.extensions += 1
        case.expires_at = now + timedelta(seconds=life.absolute)
        log.record(EventName.ASSISTED_CASE_EXTENDED, **_values(case))
    db.session.flush()


def end(case: AssistedCase, reason: str, *, clerk_name: str = "", item_name: str = "") -> bool:
    """End the case; of many callers one gets True. The principal of a case that ran gets a receipt."""
    ran = case.status == RUNNING
    done = db.session.execute(
        update(AssistedCase)
        .where(AssistedCase.id == case.id, AssistedCase.ended_at.is_(None))
        .values(status=ENDED, ended_at=clock.now(), end_reason=reason)
        .returning(AssistedCase.id)
    ).first()
    if done is None:
        return False
    db.session.refresh(case)
    log.record(EventName.ASSISTED_CASE_ENDED, reason=reason, **_values(case))
    if ran:
        ended = {"session_id": str(case.session_id), "principal_id": str(case.principal_id)}
        message.add(KIND, ended, account_id=case.clerk_id)
    principal = accounts.find(case.principal_id)
    if ran and principal is not None:
        clerk = accounts.find(case.clerk_id)
        notice.tell(
            principal,
            "assisted_receipt",
            **words(clerk_name or (accounts.name_of(clerk) if clerk else ""), case, item_name),
        )
    return True


def words(clerk_name: str, case: AssistedCase, item_name: str) -> dict[str, str]:
    """Return who does what, short enough for a message."""
    return {
        "clerk": clerk_name[:LONGEST_WORD],
        "organization": case.organization[:LONGEST_ORGANIZATION],
        "item": (item_name or case.item)[:LONGEST_WORD],
    }


def end_overdue() -> int:
    """End some cases whose time is over (a job of the worker); return how many. The caller commits."""
    now = clock.now()
    idle = timedelta(seconds=assisted_case.life().idle)
    is_over = (AssistedCase.expires_at <= now) | (
        (AssistedCase.status == RUNNING) & (AssistedCase.seen_at <= now - idle)
    )
    query = select(AssistedCase).where(IS_OPEN, is_over).order_by(AssistedCase.expires_at).limit(BATCH)
    return sum(
        end(case, TIMED_OUT) for case in db.session.scalars(query.with_for_update(skip_locked=True)).all()
    )


def start(case: AssistedCase, presence: str) -> None:
    """Let the case run: its principal has shown by *presence* that they are there (`presence`). Raises Expired."""
    accounts.check_active(accounts.get(case.principal_id))
    now = clock.now()
    started = db.session.execute(
        update(AssistedCase)
        .where(AssistedCase.id == case.id, AssistedCase.status == WAITING, AssistedCase.expires_at > now)
        .values(
            status=RUNNING,
            presence=presence,
            started_at=now,
            seen_at=now,
            expires_at=now + timedelta(seconds=assisted_case.life().absolute),
        )
        .returning(AssistedCase.id)
    ).first()
    if started is None:
        raise Expired("case_over", "This case is over")
    db.session.refresh(case)
    log.record(EventName.ASSISTED_CASE_STARTED, presence=presence, **_values(case))


def _values(case: AssistedCase) -> dict[str, Any]:
    return {
        "account_id": case.principal_id,
        "client_id": case.client_id,
        "session_id": case.session_id,
        "actor": f"account:{case.clerk_id}",
        "case_id": str(case.id),
        "item": case.item,
    }
