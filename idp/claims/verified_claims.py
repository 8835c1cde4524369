"""``verified_claims`` (OpenID Connect for Identity Assurance 1.0): claims together with how they were verified.

One request element gives one answer element or none: when a demand on ``verification`` is not met the whole element
is left out, when one on a claim is not met that claim is; never an error (§5.7.4). Nothing unasked is answered.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from idp import clock
from idp.accounts import identity
from idp.assurance import evidence as standing
from idp.assurance import proofing_level
from idp.claims import evidence as evidence_item
from idp.claims import evidence_element, template, values, verified_request
from idp.claims.about import About
from idp.claims.template import Unmet
from idp.level_policy import current
from idp.proofing import evidence as evidence_rows

NAME = "verified_claims"
TRUST_FRAMEWORK = "urn:tongxing:trust-framework:cn-zwfw"
# What proofing verifies, and nothing else, whatever else is known of an account.
CLAIMS = (
    *("name", "real_name", "birthdate", "gender", "age_over_18", "age_band", "residence_division"),
    *("identity_type", "identity_number", "identity_number_masked"),
    *("enterprise_name", "enterprise_uscc", "authority"),
)
# What is read from the number, so only verified when there is one.
FROM_NUMBER = frozenset({"birthdate", "gender", "age_over_18", "age_band"})
# What a network number does not say.
NAMES = frozenset({"name", "real_name"})
# Members that only the rows of evidence know.
OF_ROWS = frozenset({"organization", "check_id", "verification_process"})


def metadata() -> dict[str, Any]:
    """Advertise the extension (§7)."""
    return {
        "verified_claims_supported": True,
        "trust_frameworks_supported": [TRUST_FRAMEWORK],
        "claims_in_verified_claims_supported": list(CLAIMS),
        "evidence_supported": list(evidence_element.TYPES),
        "documents_supported": evidence_element.documents(),
        "documents_check_methods_supported": evidence_element.checks(),
        "electronic_records_supported": evidence_element.records(),
    }


def items(sets: verified_request.Sets) -> frozenset[str]:
    """Return the items of consent that asking for the details of proofing falls under (claims have their own)."""
    asked = {name for one in sets for name in one["verification"]}
    return frozenset({evidence_item.ITEM}) if asked & {"evidence", "verification_process"} else frozenset()


def answer(
    about: About, sets: verified_request.Sets, allowed: Collection[str]
) -> dict[str, Any] | list[dict[str, Any]] | None:
    """Return one element, several, or None when none of the requested ones can be given."""
    now = clock.now()
    if not about.is_proven(now):
        return None
    with_rows = any(OF_ROWS & {*verified_request.members(one["verification"])} for one in sets)
    verification = _verification(about, now, allowed, with_rows=with_rows)
    found = [
        element for one in sets if (element := _element(about, one, verification, allowed, now)) is not None
    ]
    if not found:
        return None
    return found[0] if len(found) == 1 else found


def _element(
    about: About,
    wanted: Mapping[str, Any],
    verification: dict[str, Any],
    allowed: Collection[str],
    now: datetime,
) -> dict[str, Any] | None:
    try:
        chosen = template.choose(wanted["verification"], verification, now)
    except Unmet:
        return None
    claims = _claims(about, wanted["claims"], allowed, now)
    if not claims and wanted["claims"]:
        return None
    return {"verification": chosen, "claims": claims}


def _claims(
    about: About, wanted: Mapping[str, Mapping[str, Any] | None], allowed: Collection[str], now: datetime
) -> dict[str, Any]:
    names = {name for name in wanted if name in CLAIMS}
    held = identity.of(about.account)
    document = held.document() if held else None
    if document is None or document.birth_date is None:
        names -= FROM_NUMBER
    if not about.has_proven_name(now):
        names -= NAMES
    asked = {name: conditions or {} for name, conditions in wanted.items()}
    known = values.of(about, names, allowed, asked)
    return {name: value for name, value in known.items() if template.meets(asked[name], value, now)}


def _verification(
    about: About, now: datetime, allowed: Collection[str], *, with_rows: bool
) -> dict[str, Any]:
    policy, kind, pieces = current.get(), about.account.kind, about.pieces()
    proved_at = proofing_level.proved_at(policy, kind, pieces, now)
    found: dict[str, Any] = {
        "trust_framework": TRUST_FRAMEWORK,
        "assurance_level": f"P{about.proofing(now)}",
    }
    if proved_at is not None:
        found["time"] = evidence_element.timestamp(proved_at)
    if evidence_item.ITEM not in allowed:
        return found
    rows = _rows(about) if with_rows else {}
    valid = standing.valid(policy, kind, pieces, now)
    newest = [piece for piece in pieces if valid.get(piece.code) == piece.at]
    elements = [
        evidence_element.of(piece, about.account.identity_type, rows.get(piece.code)) for piece in newest
    ]
    found["evidence"] = [element for element in elements if element is not None]
    references = sorted({reference for _, reference in rows.values() if reference})
    if references:
        found["verification_process"] = references[-1]
    return {name: value for name, value in found.items() if value != []}


def _rows(about: About) -> dict[str, tuple[str, str]]:
    """Return by code who checked, and the case it was checked in. One query, only when a site asks."""
    found: dict[str, tuple[str, str]] = {}
    for row in evidence_rows.of_account(about.account.id):
        if row.ended_at is None and row.code not in found:
            # An official's account is nobody's business outside; the case leads an auditor to both officials.
            organization = "" if row.source.startswith("official:") else row.source
            found[row.code] = (organization, str(row.case_id) if row.case_id else "")
    return found
