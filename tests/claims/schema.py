"""The rules of the specification as a JSON schema, and a check that an answer keeps them."""

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SCHEMA = json.loads((Path(__file__).parent / "verified_claims.schema.json").read_text(encoding="utf-8"))
Draft202012Validator.check_schema(SCHEMA)
VALIDATOR = Draft202012Validator(SCHEMA)


def check(answer: dict[str, Any]) -> None:
    """Raise jsonschema's ValidationError when ``verified_claims`` in *answer* breaks a rule."""
    VALIDATOR.validate(answer)
