"""Asking the sandbox's registers in tests, and reading what they signed."""

import itertools
from typing import Any

from flask.testing import FlaskClient

from idp.keys import compact_jwt
from idp.sandbox import cast
from idp.sandbox.registers.running import Running

_numbers = itertools.count(1)
PEOPLE = {one.username: one for one in cast.people()}
COMPANY = cast.companies()[0]


def ask(client: FlaskClient, running: Running, source: str, **question: Any) -> tuple[str, dict[str, Any]]:
    """Return result and details of a signed answer."""
    key = f"key-{next(_numbers)}"
    answer = client.post(f"/v1/{source}", json=question, headers={"Idempotency-Key": key})
    assert answer.status_code == 200, answer.get_json()
    claims = compact_jwt.verify(answer.get_data(as_text=True), running.folder.register_key, ["ES256"])
    assert claims["iss"] == source
    assert claims["request_key"] == key
    return claims["result"], claims["details"]
