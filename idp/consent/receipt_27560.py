"""A receipt after ISO/IEC TS 27560:2023, as JSON. Pure.

The standard names fields and sections and fixes no encoding (6.3.2.2 note 2): docs/receipts.md is the schema that it
asks an implementer to publish (6.3.2.1). Members that are ours begin with ``x_tongxing``.
"""

from datetime import UTC, datetime
from typing import Any

from idp.consent import receipt as receipts
from idp.consent.receipt import Item, Party, Receipt

NAME = "27560"
SCHEMA = "urn:tongxing:consent-receipt:27560:1"
RECORD_SCHEMA = "urn:tongxing:consent-record:27560:1"
# How it was expressed (6.3.7): by an act, or not at all, where the law releases and the person is told.
EXPLICIT, NOTICE = "explicit", "notice"
ROLES = {
    "principal": "pii_principal",
    "controller": "pii_controller",
    "recipient": "recipient",
    "provider": "pii_processor",
}


def document(receipt: Receipt) -> dict[str, Any]:
    """Return the receipt: its own section (6.4.5) and the whole record as it stood (6.4.6)."""
    event = receipt.event
    return {
        "schema_version": SCHEMA,
        "receipt_id": str(event.id),
        "record": {
            "schema_version": RECORD_SCHEMA,
            "record_id": str(event.record_id),
            "pii_principal_id": receipt.principal,
            "pii_processing": {
                "privacy_notice": _notice(receipt),
                "language": receipt.language,
                "purposes": [_purpose(receipt, basis) for basis in receipt.bases],
            },
            "party_identification": [_party(one) for one in _parties(receipt)],
            "event": [_event(receipt)],
        },
        "x_tongxing": _said(
            {
                "number": event.number,
                "event_hash": event.chain_hash,
                "acr": event.acr,
                "acting": receipt.actor,
                "mandate_id": receipt.mandate_id,
                "left_out": list(receipt.left_out),
                "kept": list(receipt.kept),
                "separate_consents": list(receipt.separate),
            }
        ),
    }


def _notice(receipt: Receipt) -> dict[str, Any]:
    """6.3.4.2: the notice and its version; 6.2.2.6: a reference to exactly what was shown."""
    return _said(
        {
            "uri": receipt.notice_uri,
            "version": receipt.notice_version,
            "digest": receipt.policy_digest,
            "x_tongxing_shown": receipt.notice_digest,
        }
    )


def _purpose(receipt: Receipt, basis: str) -> dict[str, Any]:
    """6.3.4.4 to 6.3.4.19, once for each legal basis."""
    by_law = basis == receipts.STATUTORY_DUTY
    return _said(
        {
            "purpose": receipt.purpose,
            "purpose_type": [one.code for one in receipt.purposes],
            "lawful_basis": basis,
            "pii_information": [_item(one) for one in receipt.items_on(basis)],
            "pii_controllers": [receipt.controller.id],
            "collection_method": "released by the identity provider when the service asks",
            "storage_locations": [receipt.storage_location],
            "retention_period": receipt.retention,
            "services": [receipt.recipient.name],
            "jurisdiction": receipt.jurisdiction,
            "recipient_third_parties": [receipt.recipient.id],
            # What the law asks cannot be withdrawn, only asked about.
            "withdrawal_method": "" if by_law else receipt.withdrawal_method,
            "privacy_rights": f"{receipt.issuer}/account/services",
        }
    )


def _item(item: Item) -> dict[str, Any]:
    """6.3.5."""
    return _said(
        {
            "pii_type": item.name,
            "pii_attribute_id": item.attribute_id,
            "pii_optional": not item.required,
            "sensitive_pii_category": item.name if item.sensitive else "",
            "x_tongxing_purpose": item.purpose,
        }
    )


def _parties(receipt: Receipt) -> tuple[Party, ...]:
    if receipt.actor == receipts.SELF:
        return receipt.parties
    return (*receipt.parties, Party(receipt.actor_id, receipt.actor))


def _party(party: Party) -> dict[str, Any]:
    """6.3.6. Of the person only the pairwise subject."""
    return _said(
        {
            "party_id": party.id,
            "party_name": party.name,
            "party_role": ROLES.get(party.role, party.role),
            "party_address": party.division_code and f"CN-{party.division_code}",
        }
    )


def _event(receipt: Receipt) -> dict[str, Any]:
    """6.3.7."""
    only_by_law = receipt.bases == (receipts.STATUTORY_DUTY,)
    return _said(
        {
            "event_time": moment(receipt.event.at),
            "event_type": NOTICE if only_by_law else EXPLICIT,
            "event_state": receipt.event.name,
            "entity_id": receipt.actor_id,
            "validity_duration": _interval(receipt),
        }
    )


def _interval(receipt: Receipt) -> str:
    """From when until when it counts (ISO 8601-1 §5.5.4.2); empty where no end is foreseen."""
    if receipt.expires_at is None:
        return ""
    return f"{moment(receipt.event.at)}/{moment(receipt.expires_at)}"


def _said(members: dict[str, Any]) -> dict[str, Any]:
    """Return what is known: a member without a value is left out. False is a value."""
    return {name: value for name, value in members.items() if value not in ("", [], [""])}


def moment(at: datetime) -> str:
    """Return a moment as RFC 3339 has it, in UTC."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
