"""``mutual_recognition_endpoint`` of a hosted anchor: its signed table of provinces (docs/mutual-recognition.md).

Not among the provider's own: the anchor's entity configuration names it. Anybody may read who is recognised; the keys
in it are sealed for each province alone.
"""

from typing import Any

from idp import machine
from idp.errors import NotFound
from idp.local_limit import LOCAL_LIMIT
from idp.machine import ENTITY, Answer, Call, Routes
from idp.recognition import published_table

MAX_AGE_SECONDS = 60
PER_MINUTE = 600


def metadata(issuer: str) -> dict[str, Any]:
    """Nothing to advertise here: it is the anchor's."""
    del issuer
    return {}


def table(call: Call) -> Answer:
    """Answer the table of the anchor that is addressed."""
    LOCAL_LIMIT.get().check(f"recognition-tables:{call.address}", PER_MINUTE, 60)
    token = published_table.find(call.entity_id)
    if token is None:
        raise NotFound("not_found", detail="no anchor of that name recognises anybody here")
    return machine.cacheable(call, token.encode("ascii"), published_table.CONTENT_TYPE, MAX_AGE_SECONDS)


ROUTES: Routes = {f"{ENTITY}/federation/mutual_recognition": {"GET": table}}
