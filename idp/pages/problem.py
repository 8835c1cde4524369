"""What machines that ask a page for JSON hear when it cannot answer: problem details (RFC 9457)."""

from flask import Response, jsonify

from idp import logs

MEDIA_TYPE = "application/problem+json"


def answer(status: int, code: str, title: str) -> Response:
    """Return the answer; *title* is for the developer, in English."""
    response = jsonify(type="about:blank", title=title, status=status, code=code, trace_id=logs.trace_id())
    response.status_code, response.mimetype = status, MEDIA_TYPE
    return response
