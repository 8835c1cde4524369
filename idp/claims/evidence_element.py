"""One piece of evidence as an element of ``evidence`` (OpenID Identity Assurance Schema Definition 1.0 §5.4.4).

Types and check methods are those of the working group's list of predefined values where there is one, else URNs of
ours. Codes that prove nothing of a name (a typed name, a phone) are no evidence.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from idp.assurance.evidence import Evidence
from idp.identifiers import foreign_resident, passport, residence_permit

DOCUMENT = "document"
RECORD = "electronic_record"
VOUCH = "vouch"
TYPES = (DOCUMENT, RECORD, VOUCH)
# The member that describes what was looked at, by type.
DETAILS = {DOCUMENT: "document_details", RECORD: "record", VOUCH: "attestation"}

_RECORDS = "urn:tongxing:record:"
IDENTITY_CARD = "idcard"
LICENCE = "urn:tongxing:document:business_licence"
DOCUMENTS = {
    passport.TYPE: "passport",
    residence_permit.TYPE: "urn:tongxing:document:residence_permit",
    foreign_resident.TYPE: "urn:tongxing:document:foreign_resident",
}


@dataclass(frozen=True)
class Kind:
    """What a code of evidence stands for: element type, type of what was looked at, how it was checked."""

    type: str
    subject: str
    checks: tuple[str, ...]


# data: compared with an authoritative source; vcrypt: by cryptography; vpip, pvp: thing and person seen by a clerk;
# bvr: a live face compared by machine.
KINDS: dict[str, Kind] = {
    "register": Kind(RECORD, "population_register", ("data",)),
    "operator3": Kind(RECORD, f"{_RECORDS}mobile_operator", ("data",)),
    "bank4": Kind(RECORD, "bank_account", ("data",)),
    "face": Kind(RECORD, "population_register", ("bvr",)),
    "network_id": Kind(RECORD, f"{_RECORDS}network_id", ("vcrypt",)),
    "chip": Kind(DOCUMENT, IDENTITY_CARD, ("vcrypt", "bvr")),
    "point": Kind(DOCUMENT, IDENTITY_CARD, ("vpip", "pvp")),
    "counter": Kind(DOCUMENT, IDENTITY_CARD, ("vpip", "pvp")),
    "certificate": Kind(RECORD, f"{_RECORDS}ca_certificate", ("vcrypt",)),
    "vouch": Kind(VOUCH, "written_attestation", ("data",)),
    "enterprise_register": Kind(RECORD, f"{_RECORDS}enterprise_register", ("data",)),
    "representative": Kind(RECORD, f"{_RECORDS}enterprise_register", ("data",)),
    "business_licence": Kind(DOCUMENT, LICENCE, ("vcrypt",)),
    "enterprise_certificate": Kind(RECORD, f"{_RECORDS}ca_certificate", ("vcrypt",)),
    "enterprise_counter": Kind(DOCUMENT, LICENCE, ("vpip", "pvp")),
}


def documents() -> list[str]:
    """Return every type of document there is, for discovery."""
    return sorted({one.subject for one in KINDS.values() if one.type == DOCUMENT} | {*DOCUMENTS.values()})


def records() -> list[str]:
    """Return every type of electronic record there is, for discovery."""
    return sorted({one.subject for one in KINDS.values() if one.type == RECORD})


def checks() -> list[str]:
    """Return every way in which a document is checked, for discovery."""
    return sorted({check for one in KINDS.values() if one.type == DOCUMENT for check in one.checks})


def of(piece: Evidence, identity_type: str | None, row: tuple[str, str] | None) -> dict[str, Any] | None:
    """Return the element for a *piece*; None for what is no evidence of a name.

    *row*: who checked it and under which reference, where the request asks for them (they cost a query).
    """
    kind = KINDS.get(piece.code)
    if kind is None:
        return None
    check: dict[str, Any] = {"time": timestamp(piece.at)}
    if row is not None:
        organization, reference = row
        check |= {"organization": organization} if organization else {}
        check |= {"check_id": reference} if reference else {}
    details: dict[str, Any] = {"type": _subject(kind, identity_type)}
    if piece.until is not None:
        details["date_of_expiry"] = piece.until.astimezone(UTC).date().isoformat()
    return {
        "type": kind.type,
        "check_details": [{"check_method": method} | check for method in kind.checks],
        DETAILS[kind.type]: details,
    }


def timestamp(moment: datetime) -> str:
    """Return a moment in UTC (OIDC4IDA §9: times reveal no place)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _subject(kind: Kind, identity_type: str | None) -> str:
    if kind.subject == IDENTITY_CARD:
        return DOCUMENTS.get(identity_type or "", IDENTITY_CARD)
    return kind.subject
