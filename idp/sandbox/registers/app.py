"""The registers as an HTTP service: questions under ``/v1``, pages for people, switches for tests under ``/state``.

It answers only in sandbox mode, only when addressed as this machine, and takes forms from its own pages alone.
"""

from urllib.parse import urlsplit

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from idp.errors import Forbidden
from idp.network_address import is_loopback
from idp.sandbox.registers import answering, pages, state
from idp.sandbox.registers.answered import Answered
from idp.sandbox.registers.faults import Faults
from idp.sandbox.registers.folder import Folder
from idp.sandbox.registers.notices import Notices
from idp.sandbox.registers.registry import Registry
from idp.sandbox.registers.running import RUNNING, Running
from idp.settings import Settings

LONGEST_BODY = 1_000_000  # a picture in base64
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none';"
    " form-action 'self'"
)


def create_app(settings: Settings, folder: Folder, notice_url: str = "") -> Flask:
    """Build the service; notices go to *notice_url*. Raises Forbidden outside the sandbox."""
    if not settings.sandbox:
        raise Forbidden("sandbox_only", "the registers are for the sandbox only")
    app = Flask("registers", root_path=__file__.rpartition("/")[0])
    app.config["MAX_CONTENT_LENGTH"] = LONGEST_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = LONGEST_BODY
    running = Running(folder, Registry(folder), Faults(), Notices(folder, notice_url), Answered())
    RUNNING.set(app, running)
    app.before_request(_check_caller)
    app.after_request(_protect)
    app.register_error_handler(HTTPException, _say)
    for part in (answering, state, pages):
        app.register_blueprint(part.blueprint)
    return app


def _check_caller() -> tuple[Response, int] | None:
    """Refuse pages elsewhere that had their name point here, and forms that stand on other sites."""
    if not is_loopback(request.host.rsplit(":", 1)[0]):
        return jsonify(error="wrong_host"), 400
    origin = request.headers.get("Origin")
    if request.method != "GET" and origin is not None and urlsplit(origin).netloc != request.host:
        return jsonify(error="wrong_origin"), 403
    return None


def _protect(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    # "same-origin" would hide the origin of our own forms from ourselves.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _say(error: HTTPException) -> tuple[Response, int]:
    return jsonify(error=error.name.lower().replace(" ", "_")), error.code or 500
