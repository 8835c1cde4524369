"""The sandbox's SMS gateway: takes what docs/sms-gateway.md describes and shows it instead of sending it.

An HTTP service of its own, as a real gateway would be. Kept in memory, the last KEPT messages; nothing
reaches a carrier. It answers only when addressed as this machine.
"""

import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Flask, Response, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from idp import clock
from idp.network_address import is_loopback

KEPT = 200
LONGEST_BODY = 8192
LONGEST_TEXT = 500
SHANGHAI = ZoneInfo("Asia/Shanghai")
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none';"
    " form-action 'self'"
)


@dataclass(frozen=True)
class Message:
    """One message that a person would have received."""

    to: str
    template: str
    text: str
    reference: str
    code: str
    received_at: datetime

    def as_json(self) -> dict[str, str]:
        """Return the message for programs."""
        return {
            "to": self.to,
            "template": self.template,
            "text": self.text,
            "reference": self.reference,
            "code": self.code,
            "received_at": self.received_at.isoformat(),
        }


class Inbox:
    """The last messages, newest first."""

    def __init__(self) -> None:
        self._messages: deque[Message] = deque(maxlen=KEPT)
        self._lock = threading.Lock()

    def put(self, message: Message) -> None:
        """Add *message*, unless one with its reference is there already."""
        with self._lock:
            if all(one.reference != message.reference for one in self._messages):
                self._messages.appendleft(message)

    def messages(self, to: str = "") -> list[Message]:
        """Return the messages to that number, or all."""
        with self._lock:
            return [message for message in self._messages if to in {"", message.to}]


def create_app() -> Flask:
    """Build the service."""
    here = Path(__file__).parent
    app = Flask(
        "sms_inbox", template_folder=str(here / "templates"), static_folder=str(here.parent / "static")
    )
    app.config["MAX_CONTENT_LENGTH"] = LONGEST_BODY
    inbox = Inbox()

    @app.before_request
    def check_host() -> tuple[Response, int] | None:
        """Refuse pages elsewhere that had their name point here."""
        host = request.host.rsplit(":", 1)[0]
        return None if is_loopback(host) else (jsonify(error="wrong_host"), 400)

    @app.after_request
    def protect(response: Response) -> Response:
        """Add what keeps the page to itself."""
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    @app.errorhandler(HTTPException)
    def say(error: HTTPException) -> tuple[Response, int]:
        """Answer mistakes as JSON."""
        return jsonify(error=error.name.lower().replace(" ", "_")), error.code or 500

    @app.post("/sms/messages")
    def take() -> tuple[Response, int]:
        """Take a message."""
        message = _parse(request.get_json(silent=True))
        if message is None:
            return jsonify(error="invalid_message"), 400
        inbox.put(message)
        return jsonify(reference=message.reference), 202

    @app.get("/sms/messages")
    def tell() -> Response:
        """Answer the messages to one number, or all, newest first."""
        return jsonify([message.as_json() for message in inbox.messages(request.args.get("to", ""))])

    @app.get("/")
    @app.get("/sms")
    def show() -> str:
        """Show the inbox to a person."""
        return render_template("sms_inbox.html", messages=inbox.messages(), zone=SHANGHAI)

    @app.get("/healthz")
    def healthz() -> Response:
        """Answer that we are here."""
        return jsonify(status="ok")

    return app


def _parse(body: Any) -> Message | None:
    if not isinstance(body, dict):
        return None
    values = body.get("values")
    texts = [body.get(name) for name in ("to", "template", "text", "reference")]
    if not isinstance(values, dict) or not all(
        isinstance(text, str) and text.isprintable() for text in texts
    ):
        return None
    to, template, text, reference = (str(text) for text in texts)
    is_number = to.startswith("+") and to[1:].isascii() and to[1:].isdigit() and len(to) <= 16  # noqa: PLR2004 - E.164
    if not is_number or len(text) > LONGEST_TEXT or not _is_uuid(reference):
        return None
    return Message(to, template[:60], text, reference, str(values.get("code", ""))[:20], clock.now())


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
