"""Health: ``/healthz`` says that the process answers, ``/readyz`` whether everything it needs is there."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from idp import db, schema
from idp.ephemeral.store import EPHEMERAL
from idp.errors import IdpError
from idp.keys.keyring import KEYRING

blueprint = Blueprint("health", __name__)


def metadata(issuer: str) -> dict[str, Any]:
    """Nothing to advertise."""
    del issuer
    return {}


@blueprint.get("/healthz")
def healthz() -> Response:
    """Answer without looking at anything else."""
    return _json({"status": "ok"})


@blueprint.get("/readyz")
def readyz() -> Response:
    """Answer 200, or 503 with the names of what is missing."""
    checks: dict[str, Callable[[], object]] = {
        "database": db.ping,
        "ephemeral_store": lambda: EPHEMERAL.get().ping(),
        "schema": schema.check_current,
        "keys": lambda: KEYRING.get().check_ready(),
    }
    missing = [name for name, check in checks.items() if not _holds(check)]
    if missing:
        return _json({"status": "unavailable", "missing": missing}, 503)
    return _json({"status": "ok", "missing": []})


def _json(value: dict[str, Any], status: int = 200) -> Response:
    response = jsonify(value)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    if status != HTTPStatus.OK:
        response.headers["Retry-After"] = "5"
    return response


def _holds(check: Callable[[], object]) -> bool:
    try:
        check()
    except (IdpError, SQLAlchemyError, LookupError):
        return False
    return True
