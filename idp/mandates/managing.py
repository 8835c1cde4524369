"""Who runs an enterprise here: its representative and its administrators."""

from uuid import UUID

from idp import clock
from idp.mandates import choosing
from idp.mandates import mandate as mandates
from idp.mandates.decision import Permit
from idp.mandates.mandate import Mandate
from idp.mandates.rules import ADMINISTRATOR, REPRESENTATIVE

MANAGERS = (REPRESENTATIVE, ADMINISTRATOR)


def manages(person_id: UUID, enterprise_id: UUID) -> Mandate | None:
    """Return the mandate by which the person runs the enterprise now, the strongest; None without one."""
    found = [one for one in mandates.with_role(enterprise_id, MANAGERS) if one.holder_id == person_id]
    found.sort(key=lambda one: MANAGERS.index(one.role))
    now = clock.now()
    for one in found:
        if isinstance(choosing.check(person_id, one.id, MANAGERS, (), now), Permit):
            return one
    return None


def managers_of(enterprise_id: UUID) -> list[UUID]:
    """Return who answers for the enterprise: its administrators; when the last has left, the representative."""
    found = mandates.with_role(enterprise_id, MANAGERS)
    administrators = [one.holder_id for one in found if one.role == ADMINISTRATOR]
    return administrators or [one.holder_id for one in found]
