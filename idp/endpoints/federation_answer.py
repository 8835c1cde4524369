"""What the federation's endpoints have in common: whom a call addresses, statements with ETag, errors (§8.9)."""

from collections.abc import Mapping

from idp import logs, machine
from idp.errors import NotFound
from idp.federation import hosted_entity
from idp.federation.hosted_entity import ACTIVE, HostedEntity
from idp.federation.hosted_statement import CONTENT_TYPE, Statement
from idp.machine import Answer, Call

# Whoever asks again is told within milliseconds that nothing changed; who kept it unasked would miss a suspension.
REVALIDATE = ("Cache-Control", "no-cache")
NOT_FOUND, INVALID_REQUEST = "not_found", "invalid_request"


def statement(call: Call, found: Statement | None, missing: str) -> Answer:
    """Return a statement, 304 where the caller has it, or 404 with what is *missing*."""
    if found is None:
        return refusal(404, NOT_FOUND, missing)
    headers = (REVALIDATE, ("ETag", found.etag))
    if call.matches(found.etag.removeprefix("W/")):
        return Answer(304, b"", headers)
    return Answer(200, found.token.encode("ascii"), headers, CONTENT_TYPE)


def revalidated(call: Call, body: bytes, mimetype: str = "application/json") -> Answer:
    """Return public bytes that caches ask about each time."""
    made = machine.cacheable(call, body, mimetype, 0)
    headers = (REVALIDATE, *((name, value) for name, value in made.headers if name != REVALIDATE[0]))
    return Answer(made.status, made.body, headers, made.mimetype)


def refusal(status: int, error: str, description: str) -> Answer:
    """Return an error answer (§8.9)."""
    body: Mapping[str, str] = {
        "error": error,
        "error_description": machine.printable(description),
        "trace_id": logs.trace_id(),
    }
    return machine.answer(body, status)


def addressed(call: Call) -> HostedEntity:
    """Return the hosted entity that the call addresses; raises NotFound."""
    found = hosted_entity.find(call.entity_id)
    if found is None or found.status != ACTIVE:
        raise NotFound("entity_unknown", detail="no entity of that name is hosted here")
    return found


def addressed_authority(call: Call) -> HostedEntity:
    """Return the hosted authority that the call addresses; raises NotFound for entities that vouch for nobody."""
    found = addressed(call)
    if not found.is_authority:
        raise NotFound("no_authority", detail="that entity vouches for nobody")
    return found
