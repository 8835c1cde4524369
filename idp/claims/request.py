"""The ``claims`` request parameter (OIDC Core §5.5): single claims, asked for one by one. Pure."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from idp.claims import verified_request
from idp.claims.verified_request import Malformed

TARGETS = ("userinfo", "id_token")
MAX_CLAIMS = 50
SCALARS = (str, int, float, bool, type(None))
VERIFIED = "verified_claims"
SETS = "sets"


class InvalidClaimsRequest(Exception):
    """The parameter is not the JSON object that OIDC Core §5.5 describes."""


@dataclass(frozen=True)
class ClaimsRequest:
    """What was asked for in each place: claim name → its conditions (may be empty)."""

    userinfo: dict[str, dict[str, Any]] = field(default_factory=dict)
    id_token: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def names(self) -> frozenset[str]:
        """Every claim asked for anywhere."""
        return frozenset(self.userinfo) | frozenset(self.id_token)

    def wanted_subjects(self) -> frozenset[str]:
        """The values that ``sub`` may have (§5.5.1); empty when nothing was demanded."""
        wanted = self.id_token.get("sub", {})
        values = [wanted["value"]] if "value" in wanted else wanted.get("values", [])
        return (
            frozenset(value for value in values if isinstance(value, str))
            if isinstance(values, list)
            else frozenset()
        )

    def wanted_values(self, claim: str) -> tuple[str, ...]:
        """Return the texts that *claim* of the ID token may have (§5.5.1), in order of preference."""
        wanted = self.id_token.get(claim, {})
        values = [wanted["value"]] if "value" in wanted else wanted.get("values", [])
        return tuple(value for value in values if isinstance(value, str))

    def essential_values(self, claim: str) -> tuple[str, ...] | None:
        """Return what *claim* of the ID token has to be (§5.5.1.1), empty for anything; None unless essential."""
        essential = self.id_token.get(claim, {}).get("essential") is True
        return self.wanted_values(claim) if essential else None


def parse(text: str | None) -> ClaimsRequest:
    """Parse the parameter; raises InvalidClaimsRequest. Members nobody knows are ignored, as §5.5 demands."""
    if not text:
        return ClaimsRequest()
    try:
        value = json.loads(text, parse_constant=_no_constant)
        # A lone surrogate is legal in JSON (RFC 8259 §8.2), and no UTF-8 can hold it.
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise InvalidClaimsRequest("claims is not JSON") from error
    if not isinstance(value, dict):
        raise InvalidClaimsRequest("claims is not an object")
    return ClaimsRequest(**{target: _place(value.get(target), target) for target in TARGETS})


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _place(value: Any, target: str) -> dict[str, dict[str, Any]]:
    if value is None:
        return {}
    if not isinstance(value, dict) or len(value) > MAX_CLAIMS:
        raise InvalidClaimsRequest(f"claims.{target} is not an object of at most {MAX_CLAIMS} members")
    found: dict[str, dict[str, Any]] = {}
    for name, conditions in value.items():
        if name == VERIFIED and conditions is not None:
            found[name] = _verified(conditions, target)
            continue
        if conditions is not None and not isinstance(conditions, dict):
            raise InvalidClaimsRequest(f"claims.{target} has a member that is neither null nor an object")
        found[name] = _conditions(conditions or {})
    return found


def _verified(value: Any, target: str) -> dict[str, Any]:
    """Keep the requested elements under SETS: a place has one object of conditions for each claim."""
    try:
        return {SETS: verified_request.parse(value)}
    except Malformed as error:
        raise InvalidClaimsRequest(f"claims.{target}: {_ascii(str(error))}") from None


def _ascii(text: str) -> str:
    """Return what may stand in an ``error_description`` (RFC 6749 §4.1.2.1): names come from outside."""
    return re.sub(r"[^ !#-\[\]-~]", "?", text)[:200]


def _conditions(given: dict[str, Any]) -> dict[str, Any]:
    """Keep what §5.5.1 defines, and of it what can match a claim of ours: plain values and lists of them."""
    kept: dict[str, Any] = {}
    if isinstance(given.get("essential"), bool):
        kept["essential"] = given["essential"]
    if "value" in given and isinstance(given["value"], SCALARS):
        kept["value"] = given["value"]
    if isinstance(given.get("depth"), str):
        # Ours, as §5.5.1 allows: how narrow a division is wanted (residence_division.py).
        kept["depth"] = given["depth"]
    if isinstance(given.get("values"), list):
        kept["values"] = [value for value in given["values"] if isinstance(value, SCALARS)]
    return kept
