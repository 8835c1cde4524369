"""The answer to a service that shows a ticket, as XML or JSON (CAS protocol 3.0 §2.5.2, §2.6, appendix A). Pure."""

import json
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

INVALID_REQUEST = "INVALID_REQUEST"
INVALID_TICKET = "INVALID_TICKET"
INVALID_SERVICE = "INVALID_SERVICE"
INVALID_TICKET_SPEC = "INVALID_TICKET_SPEC"
XML, JSON = "XML", "JSON"
TYPES = {XML: "application/xml; charset=utf-8", JSON: "application/json"}
_NAMESPACE = "http://www.yale.edu/tp/cas"


def success(form: str, user: str, attributes: Mapping[str, Any] | None) -> str:
    """The person. ``attributes`` None: the older ``/serviceValidate`` knows none."""
    if form == JSON:
        told: dict[str, Any] = {"user": user} | (
            {} if attributes is None else {"attributes": dict(attributes)}
        )
        return json.dumps({"serviceResponse": {"authenticationSuccess": told}}, ensure_ascii=False)
    inner = (
        ""
        if attributes is None
        else "<cas:attributes>{}</cas:attributes>".format(
            "".join(_element(name, value) for name, value in attributes.items())
        )
    )
    return _envelope(
        f"<cas:authenticationSuccess><cas:user>{_text(user)}</cas:user>{inner}</cas:authenticationSuccess>"
    )


def failure(form: str, code: str, description: str) -> str:
    """Why not: ``code`` after §2.5.3."""
    if form == JSON:
        return json.dumps(
            {"serviceResponse": {"authenticationFailure": {"code": code, "description": description}}}
        )
    return _envelope(
        f"<cas:authenticationFailure code={quoteattr(code)}>{_text(description)}</cas:authenticationFailure>"
    )


def _envelope(inner: str) -> str:
    return f'<cas:serviceResponse xmlns:cas="{_NAMESPACE}">{inner}</cas:serviceResponse>\n'


def _element(name: str, value: Any) -> str:
    values = value if isinstance(value, list | tuple) else [value]
    return "".join(f"<cas:{name}>{_text(_plain(one))}</cas:{name}>" for one in values)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _text(value: str) -> str:
    # XML 1.0 §2.2 has no place for control characters, escaped or not.
    return escape("".join(char for char in value if char.isprintable() or char in "\n\t"))
