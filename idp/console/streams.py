"""The streams of the sites of a division and those below it: which hear what they must hear, and which do not."""

from typing import Any
from uuid import UUID

from flask import Blueprint
from flask_babel import get_locale

from idp.console import entrance, stream_wording
from idp.console.entrance import Official
from idp.db import commit
from idp.operators.rights import Act
from idp.relying_parties import cache
from idp.relying_parties.relying_party import RelyingParty
from idp.shared_signals import progress
from idp.shared_signals import stream as all_streams
from idp.shared_signals.security_event import DELIVERED, FAILED, HELD, WAITING
from idp.shared_signals.stream import Stream

blueprint = Blueprint("console_streams", __name__)
blueprint.before_request(entrance.require)

UNDER_WAY = (WAITING, HELD, DELIVERED)
PAGE = 100
# Streams of other divisions that are passed over for one page; more of them: the next page goes on.
LOOKED_THROUGH = 5000


@blueprint.get("/console/streams")
def streams() -> str:
    """Show the list, those first that were made first."""
    by = entrance.check(Act.SEE_STREAMS)
    found, more = _visible(by)
    counts = progress.counted([one.id for one in found], (FAILED, *UNDER_WAY))
    page = entrance.page(
        "console/streams.html",
        streams=[
            shown(one)
            | {
                "failed": counts[one.id, FAILED],
                "waiting": sum(counts[one.id, state] for state in UNDER_WAY),
            }
            for one in found
        ],
        more=str(more) if more else None,
    )
    commit()
    return page


def _visible(by: Official) -> tuple[list[Stream], UUID | None]:
    """Return a page of the streams that *by* may see, and after which one the next page begins."""
    after, found = entrance.position(), list[Stream]()
    for _ in range(0, LOOKED_THROUGH, PAGE):
        chunk = all_streams.page(after, PAGE)
        cache.load(one.client_id for one in chunk)
        for one in chunk:
            if len(found) == PAGE:
                return found, after
            after = one.id
            if may(by, Act.SEE_STREAMS, one):
                found.append(one)
        if len(chunk) < PAGE:
            return found, None
    return found, after


def may(by: Official, act: Act, stream: Stream) -> bool:
    """Whether *by* may do that with the stream of a site: where the site's division lies."""
    rp = cache.find(stream.client_id)
    if rp is None or not rp.division_code:
        # Nobody's site: left to the division that has none above it.
        return by.may(act) and len(by.post.posting.path) == 1
    return by.may(act, rp.division_code)


def shown(stream: Stream) -> dict[str, Any]:
    """Return a stream as pages show it."""
    rp = cache.find(stream.client_id)
    return {
        "id": str(stream.id),
        "site": _name(rp) or stream.client_id,
        "client_id": stream.client_id,
        "description": stream.description,
        "status": stream.status,
        "status_text": stream_wording.status(stream.status),
        "reason": stream.reason,
        "is_push": stream.is_push,
        "endpoint_url": stream.endpoint_url,
        "created_at": stream.created_at,
        "events": [stream_wording.event_type(name) for name in stream.events_requested],
    }


def _name(rp: RelyingParty | None) -> str:
    return rp.client_name.text(str(get_locale())) if rp is not None else ""
