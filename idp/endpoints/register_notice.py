"""``/register_notices``: registers tell what changed (docs/registers.md). Not advertised: no relying party calls it."""

from typing import Any

from idp import machine
from idp.db import commit
from idp.local_limit import LOCAL_LIMIT
from idp.machine import Answer, Call, Routes
from idp.proofing import register_notice

MIMETYPE = "application/jose"
PER_MINUTE = 6000


def metadata(issuer: str) -> dict[str, Any]:
    """Nothing to advertise."""
    del issuer
    return {}


def take(call: Call) -> Answer:
    """Take a signed notice; the answer says nothing of whom it was about."""
    LOCAL_LIMIT.get().check(f"register_notices:{call.address}", PER_MINUTE, 60)
    register_notice.take(call.body(MIMETYPE, register_notice.LONGEST))
    commit()
    return machine.answer({}, 202)


ROUTES: Routes = {"/register_notices": {"POST": take}}
