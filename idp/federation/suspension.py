"""An authority stops standing behind a subordinate for now, and takes it up again.

A suspended subordinate gets no statement and stands in no list, so whoever builds a chain through it finds none: the
entity and all below it are out, here at once (by message) and elsewhere as soon as they ask again.
"""

from sqlalchemy import update

from idp import clock
from idp.audit import log
from idp.audit.event import EventName
from idp.db import db
from idp.errors import Conflict, InvalidInput
from idp.federation import announcement, subordinate
from idp.federation.subordinate import ACTIVE, SUSPENDED, Subordinate

LONGEST_REASON = 500


def suspend(
    superior_id: str, entity_id: str, *, reason: str, by: str, division_code: str | None = None
) -> None:
    """Suspend a subordinate; *by* is who decided (``operator:…``, an account's id). The caller commits.

    *division_code*: of the official who did; nobody below it is to take the subordinate up again.

    Raises NotFound, InvalidInput without a reason, and Conflict when it is suspended already (also at this moment).
    """
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON or "\0" in reason:
        raise InvalidInput(
            "reason_missing", f"a reason of at most {LONGEST_REASON} characters is needed", field="reason"
        )
    _move(superior_id, entity_id, (ACTIVE, SUSPENDED), reason, division_code)
    log.record(
        EventName.SUBORDINATE_SUSPENDED, actor=by, entity=entity_id, superior=superior_id, reason=reason
    )


def resume(superior_id: str, entity_id: str, *, by: str, reason: str = "") -> None:
    """Take a suspended subordinate up again. The caller commits. Raises NotFound, Conflict when it is active."""
    _move(superior_id, entity_id, (SUSPENDED, ACTIVE), None)
    log.record(
        EventName.SUBORDINATE_RESUMED, actor=by, entity=entity_id, superior=superior_id, reason=reason or None
    )


def _move(
    superior_id: str,
    entity_id: str,
    states: tuple[str, str],
    reason: str | None,
    division_code: str | None = None,
) -> None:
    before, after = states
    subordinate.get(superior_id, entity_id)
    now = clock.now()
    moved = db.session.execute(
        update(Subordinate)
        .where(Subordinate.superior_id == superior_id, Subordinate.entity_id == entity_id)
        .where(Subordinate.status == before)
        .values(status=after, reason=reason, suspended_from=division_code, since=now, updated_at=now)
        .returning(Subordinate.entity_id)
    ).first()
    if moved is None:
        raise Conflict(f"already_{after}", f"that subordinate is {after} already")
    announcement.after_commit(entity_id)
