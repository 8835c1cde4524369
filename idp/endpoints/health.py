"""Health: ``/healthz`` says that the process answers, ``/readyz`` whether everything it needs is there."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response
from sqlalchemy.exc import SQLAlchemyError

from idp import db, machine, schema
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
    return machine.answer({"status": "ok"})


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
        return machine.answer({"status": "unavailable", "missing": missing}, 503, (("Retry-After", "5"),))
    return machine.answer({"status": "ok", "missing": []})


def _holds(check: Callable[[], object]) -> bool:
    try:
        check()
    except (IdpError, SQLAlchemyError, LookupError):
        return False
    return True
