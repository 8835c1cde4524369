"""The ``verified_claims`` member of the ``claims`` parameter (OpenID Connect for Identity Assurance 1.0 §5). Pure.

Each requested element has ``verification`` and ``claims``; both are templates: what they name is answered, what they
say of values must hold. What is malformed is refused; members that nobody knows are kept and match nothing.
"""

from collections.abc import Iterator
from typing import Any

MAX_SETS = 10
MAX_ENTRIES = 10
MAX_MEMBERS = 50
MAX_DEPTH = 6
PURPOSE_SHORTEST, PURPOSE_LONGEST = 3, 300
# Members that constrain a leaf, or say something of it (§5.1, §5.3; OIDC Core §5.5.1).
CONSTRAINTS = frozenset({"value", "values", "max_age"})
LEAF = CONSTRAINTS | {"essential", "purpose"}

Sets = list[dict[str, Any]]


class Malformed(Exception):
    """The element is no template. The text is printable ASCII but for names that were sent."""


def parse(value: Any) -> Sets:
    """Return the requested elements, one or several, each with both templates; Malformed says what is wrong."""
    given = value if isinstance(value, list) else [value]
    if not 0 < len(given) <= MAX_SETS:
        raise Malformed(f"verified_claims must have 1 to {MAX_SETS} elements")
    return [_set(one) for one in given]


def _set(one: Any) -> dict[str, Any]:
    if not isinstance(one, dict):
        raise Malformed("verified_claims is not an object with verification and claims")
    verification, claims = one.get("verification"), one.get("claims", {})
    if not isinstance(verification, dict) or "trust_framework" not in verification:
        raise Malformed("verified_claims.verification must name trust_framework")
    if claims is None:
        claims = {}
    if not isinstance(claims, dict) or len(claims) > MAX_MEMBERS:
        raise Malformed(f"verified_claims.claims is not an object of at most {MAX_MEMBERS} members")
    _check(verification, "verification", MAX_DEPTH)
    for name, wanted in claims.items():
        if wanted is not None and not isinstance(wanted, dict):
            raise Malformed("verified_claims.claims has a member that is neither null nor an object")
        _check_leaf(wanted or {}, name)
    if verification.get("evidence") is not None:
        _check_evidence(verification["evidence"])
    return {"verification": verification, "claims": claims}


def _check(template: Any, where: str, depth: int) -> None:
    """Refuse what is no template: only null, objects and lists of objects, constraints well formed."""
    if depth == 0:
        raise Malformed(f"{where} is nested too deep")
    match template:
        case None:
            return
        case dict():
            _check_object(template, where, depth)
        case list():
            if not 0 < len(template) <= MAX_ENTRIES or not all(isinstance(one, dict) for one in template):
                raise Malformed(f"{where} must be a list of 1 to {MAX_ENTRIES} objects")
            for entry in template:
                _check_object(entry, where, depth)
        case _:
            raise Malformed(f"{where} is neither null nor an object")


def _check_object(template: dict[str, Any], where: str, depth: int) -> None:
    if len(template) > MAX_MEMBERS:
        raise Malformed(f"{where} has more than {MAX_MEMBERS} members")
    _check_leaf(template, where)
    for name, inner in template.items():
        if name not in LEAF:
            _check(inner, name, depth - 1)


def _check_leaf(conditions: dict[str, Any], where: str) -> None:
    purpose, allowed, age = conditions.get("purpose"), conditions.get("values"), conditions.get("max_age")
    if "purpose" in conditions and not (
        isinstance(purpose, str) and PURPOSE_SHORTEST <= len(purpose) <= PURPOSE_LONGEST
    ):
        raise Malformed(
            f"the purpose of {where} must have {PURPOSE_SHORTEST} to {PURPOSE_LONGEST} characters"
        )
    if "values" in conditions and not (isinstance(allowed, list) and 0 < len(allowed) <= MAX_MEMBERS):
        raise Malformed(f"values of {where} must be a list of 1 to {MAX_MEMBERS}")
    if "max_age" in conditions and (isinstance(age, bool) or not isinstance(age, int | float) or age < 0):
        raise Malformed(f"max_age of {where} must be a number of seconds")


def _check_evidence(entries: Any) -> None:
    """Every entry names one type (§5.2: ``value``, never ``values``)."""
    if not isinstance(entries, list):
        raise Malformed("evidence is not a list")
    for entry in entries:
        kind = entry.get("type")
        if not isinstance(kind, dict) or not isinstance(kind.get("value"), str) or "values" in kind:
            raise Malformed("each entry of evidence must have a type with a value")


def claim_names(sets: Sets) -> frozenset[str]:
    """Return every claim that any element asks for."""
    return frozenset(name for one in sets for name in one["claims"])


def members(template: Any) -> Iterator[str]:
    """Every member that a template names anywhere."""
    match template:
        case dict():
            for name, inner in template.items():
                if name not in LEAF:
                    yield name
                    yield from members(inner)
        case list():
            for entry in template:
                yield from members(entry)
