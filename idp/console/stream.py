"""One stream: what it has still to hear, what did not arrive, and trying that again."""

from typing import Any
from uuid import UUID

from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import signed_in
from idp.audit import log
from idp.audit.event import EventName
from idp.console import entrance, stream_wording
from idp.console.streams import may, shown
from idp.db import commit
from idp.errors import Forbidden, NotFound
from idp.operators.rights import Act
from idp.relying_parties import cache
from idp.shared_signals import security_event
from idp.shared_signals import stream as streams
from idp.shared_signals.security_event import (
    ACKNOWLEDGED,
    DELIVERED,
    DROPPED,
    FAILED,
    HELD,
    WAITING,
    SecurityEvent,
)
from idp.shared_signals.stream import Stream

blueprint = Blueprint("console_stream", __name__)
blueprint.before_request(entrance.require)

PAGE = 30
SHORT = 10


@blueprint.get("/console/streams/<uuid:stream_id>")
def stream(stream_id: UUID) -> str:
    """Show it: dead letters page by page, of the others the newest. Never whom an event is about."""
    found = _get(stream_id, Act.SEE_STREAMS)
    failed = security_event.of_stream(found.id, [FAILED], before=entrance.position(), limit=PAGE + 1)
    page = entrance.page(
        "console/stream.html",
        stream=shown(found),
        failed=[_event(one) for one in failed[:PAGE]],
        waiting=[
            _event(one) for one in security_event.of_stream(found.id, [WAITING, HELD, DELIVERED], limit=SHORT)
        ],
        told=[
            _event(one) for one in security_event.of_stream(found.id, [ACKNOWLEDGED, DROPPED], limit=SHORT)
        ],
        older=str(failed[PAGE - 1].id) if len(failed) > PAGE else None,
        may_retry=may(entrance.current_official(), Act.RETRY_EVENTS, found),
        action=f"/console/streams/{found.id}",
        back_url="/console/streams",
    )
    commit()
    return page


@blueprint.post("/console/streams/<uuid:stream_id>")
def retry(stream_id: UUID) -> BaseResponse:
    """Let everything that did not arrive be tried again."""
    entrance.check(Act.RETRY_EVENTS)
    found = _get(stream_id, Act.RETRY_EVENTS)
    rp = cache.find(found.client_id)
    with entrance.on_record(rp.division_code if rp and rp.division_code else None):
        count = security_event.release(found, [FAILED])
        log.record(
            EventName.DELIVERY_RETRIED, client_id=found.client_id, stream_id=str(found.id), events=count
        )
    done = _("Events that are tried again: %(count)s", count=count)
    return signed_in.go(f"/console/streams/{found.id}", done)


def _get(stream_id: UUID, act: Act) -> Stream:
    by = entrance.check(Act.SEE_STREAMS)
    found = streams.find(stream_id)
    # What lies elsewhere does not exist for this official.
    if found is None or not may(by, Act.SEE_STREAMS, found):
        raise NotFound("stream_unknown", detail=str(stream_id))
    if not may(by, act, found):
        raise Forbidden("not_your_task", "Your post does not allow this", detail=act)
    return found


def _event(event: SecurityEvent) -> dict[str, Any]:
    return {
        "id": str(event.id),
        "what": stream_wording.event_type(event.type),
        "type": event.type,
        "state": event.state,
        "state_text": stream_wording.state(event.state),
        "at": event.happened_at,
        "state_at": event.state_at,
        "error": event.error,
    }
