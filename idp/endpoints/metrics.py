"""Metrics for Prometheus: for loopback, or whoever holds the token of settings.serving.metrics_token."""

import hmac
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy.exc import SQLAlchemyError

from idp import metrics
from idp.db import db
from idp.errors import Forbidden
from idp.network_address import is_loopback
from idp.outbox import delivery
from idp.settings import SETTINGS

blueprint = Blueprint("metrics", __name__)


def metadata(issuer: str) -> dict[str, Any]:
    """Nothing to advertise."""
    del issuer
    return {}


@blueprint.get("/metrics")
def show() -> Response:
    """Answer the counters in the text format."""
    token = SETTINGS.get().serving.metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    by_token = bool(token) and hmac.compare_digest(given.encode(), token.encode())
    if not by_token and not (not token and is_loopback(request.remote_addr or "")):
        raise Forbidden("forbidden")
    try:
        metrics.outbox_pending(delivery.pending())
    except SQLAlchemyError:
        db.session.rollback()  # the counters are told all the same, most of all now
    body, content_type = metrics.render()
    return Response(body, content_type=content_type)
