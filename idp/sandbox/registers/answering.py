"""``POST /v1/<source>``: a question in JSON, a signed answer (docs/registers.openapi.yaml).

A question that comes again under its ``Idempotency-Key`` gets the answer it got; another question under that key is
refused. Faults that are switched on come in between.
"""

import base64
import hashlib
import json
import time
from typing import Any

from flask import Blueprint, Response, jsonify, request
from joserfc.jwk import ECKey

from idp import clock
from idp.keys import compact_jwt
from idp.sandbox.registers import faults, sources
from idp.sandbox.registers.answered import Conflict
from idp.sandbox.registers.question import BadQuestion, Told
from idp.sandbox.registers.running import RUNNING
from idp.uuid7 import uuid7

TYP = "register-answer+jwt"
LIFE = 120  # seconds
LONGEST_KEY = 100
RETRY_AFTER = "1"
SOURCES = {source.NAME: source for source in sources.ALL}


blueprint = Blueprint("answering", __name__)
# Whoever signs with this is not the register.
STRANGER = ECKey.generate_key("P-256")


@blueprint.post("/v1/<source>")
def answer(source: str) -> Response | tuple[Response, int]:
    """Answer a question."""
    if source not in SOURCES:
        return _problem(404, "unknown_source")
    running = RUNNING.get()
    fault = running.faults.of(source)
    if fault == faults.SLOW:
        time.sleep(running.faults.slow_seconds)
    if fault == faults.DOWN:
        down, _ = _problem(503, "down")
        down.headers["Retry-After"] = RETRY_AFTER
        return down, 503
    body = request.get_data()
    key = request.headers.get("Idempotency-Key", "")
    if not 0 < len(key) <= LONGEST_KEY:
        return _problem(400, "idempotency_key_missing")
    question = _question(body)
    if question is None:
        return _problem(400, "not_json")
    digest = _digest(body + (b"?" if fault == faults.WRONG_ANSWER else b""))
    try:
        told = running.answered.once(
            f"{source}:{key}", _digest(body), SOURCES[source], running.registry, question
        )
    except BadQuestion as bad:
        return _problem(422, "bad_question", field=bad.field)
    except Conflict:
        return _problem(409, "idempotency_key_reused")
    register_key = running.folder.register_key
    signer = STRANGER if fault == faults.WRONG_SIGNATURE else register_key
    statement = _sign(source, key, digest, told, signer, register_key.thumbprint())
    return Response(statement, mimetype="application/jose")


def _sign(source: str, key: str, digest: str, told: Told, signer: ECKey, kid: str) -> str:
    now = clock.timestamp()
    claims = {
        "iss": source,
        "iat": now,
        "exp": now + LIFE,
        "jti": str(uuid7()),
        "request_digest": digest,
        "request_key": key,
        "result": told.result,
        "details": told.details,
    }
    return compact_jwt.sign({"alg": "ES256", "kid": kid, "typ": TYP}, claims, signer)


def _question(body: bytes) -> dict[str, Any] | None:
    try:
        question = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return question if isinstance(question, dict) else None


def _digest(body: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(body).digest()).rstrip(b"=").decode()


def _problem(status: int, code: str, **more: str) -> tuple[Response, int]:
    answer = jsonify(type="about:blank", title=code, status=status, **more)
    answer.mimetype = "application/problem+json"
    return answer, status
