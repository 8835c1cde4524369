"""An authority stops standing behind a subordinate for now, and takes it up again.

A suspended subordinate gets no statement and stands in no list, so whoever builds a chain through it finds none: the
entity and all below it are out, here at once (by message) and elsewhere as soon as they ask again.

What an official suspended is held by their division: nobody below it takes the subordinate up again, here or below
another superior (`held_above`), and those above it may make the suspension theirs (`may_keep`).
"""

from sqlalchemy import select, update

from idp import clock
from idp.audit import log
from idp.audit.event import EventName
from idp.db import db
from idp.errors import Conflict, Forbidden, InvalidInput
from idp.federation import announcement, hosted_entity, subordinate
from idp.federation.subordinate import ACTIVE, SUSPENDED, Subordinate
from idp.operators import post as posts

LONGEST_REASON = 500


def suspend(
    superior_id: str, entity_id: str, *, reason: str, by: str, division_code: str | None = None
) -> None:
    """Suspend a subordinate; *by* is who decided (``operator:…``, an account's id). The caller commits.

    *division_code*: of the official who did; nobody below it is to take the subordinate up again. One that a division
    below it has suspended it keeps suspended, from then on itself.

    Raises NotFound, InvalidInput without a reason, and Conflict when it is suspended already (also at this moment).
    """
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON or "\0" in reason:
        raise InvalidInput(
            "reason_missing", f"a reason of at most {LONGEST_REASON} characters is needed", field="reason"
        )
    found = subordinate.get(superior_id, entity_id)
    if not found.is_active and not may_keep(found, division_code):
        raise _already(SUSPENDED)
    _move(found, (found.status, SUSPENDED), reason, division_code)
    log.record(
        EventName.SUBORDINATE_SUSPENDED, actor=by, entity=entity_id, superior=superior_id, reason=reason
    )


def resume(
    superior_id: str, entity_id: str, *, by: str, reason: str = "", division_code: str | None = None
) -> None:
    """Take a suspended subordinate up again. The caller commits.

    *division_code*: of the official who does; without one it is done by command, whoever suspended it.

    Raises NotFound, Forbidden when a division that is not theirs or below holds it, Conflict when it is active or
    somebody else decides at this moment.
    """
    found = subordinate.get(superior_id, entity_id)
    if division_code is not None and not may_resume(found, division_code):
        raise Forbidden("forbidden", detail=f"suspended from {found.suspended_from}")
    _move(found, (SUSPENDED, ACTIVE), None)
    log.record(
        EventName.SUBORDINATE_RESUMED, actor=by, entity=entity_id, superior=superior_id, reason=reason or None
    )


def may_keep(found: Subordinate, division_code: str | None) -> bool:
    """Whether officials of that division may make the suspension theirs: they stand above whoever suspended it.

    What was suspended by command is nobody's to take over.
    """
    by = found.suspended_from
    return by is not None and division_code in posts.path_of(by)[1:]


def may_resume(found: Subordinate, division_code: str) -> bool:
    """Whether officials of that division may take it up again: they suspended it, stand above, or it was a command."""
    by = found.suspended_from
    return by is None or division_code in posts.path_of(by)


def held_above(entity_id: str, division_code: str) -> str | None:
    """Return the widest division above *division_code* that has suspended the entity, or None.

    Below whichever superior: else it would be added elsewhere, and the suspension undone.
    """
    above = posts.path_of(division_code)[1:]
    if not above or not hosted_entity.is_possible(entity_id):
        return None
    query = select(Subordinate.suspended_from).where(
        Subordinate.entity_id == entity_id,
        Subordinate.status == SUSPENDED,
        Subordinate.suspended_from.in_(above),
    )
    held = set(db.session.scalars(query.distinct()))
    return next((code for code in reversed(above) if code in held), None)


def _move(
    found: Subordinate, states: tuple[str, str], reason: str | None, division_code: str | None = None
) -> None:
    """Change the row if it is as it was read, and in the first of *states*; raises Conflict."""
    before, after = states
    now = clock.now()
    # A suspension that is taken over has been one all the while.
    since = {} if before == after else {"since": now}
    moved = db.session.execute(
        update(Subordinate)
        .where(Subordinate.superior_id == found.superior_id, Subordinate.entity_id == found.entity_id)
        .where(Subordinate.status == before)
        .where(Subordinate.suspended_from.is_not_distinct_from(found.suspended_from))
        .values(status=after, reason=reason, suspended_from=division_code, updated_at=now, **since)
        .returning(Subordinate.entity_id)
    ).first()
    if moved is None:
        raise _already(after)
    announcement.after_commit(found.entity_id)


def _already(state: str) -> Conflict:
    return Conflict(f"already_{state}", f"that subordinate is {state} already")
