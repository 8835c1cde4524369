"""A receipt after the Kantara Initiative Consent Receipt Specification 1.1.0 (2018), as its JSON. Pure.

It knows consent only: what is released by law is named in ``consentType`` as what it is.
Members that are ours begin with ``x_tongxing``.
"""

from typing import Any

from idp.consent import receipt as receipts
from idp.consent.receipt import Receipt

NAME = "kantara"
VERSION = "KI-CR-v1.1.0"
EXPLICIT = "EXPLICIT"
NOT_ASKED = "NOT CONSENT: released by law"
# Appendix B: categories of purposes.
CORE, BY_LAW = "1 - Core Function", "13 - Required by Law Enforcement or Government"
METHODS = {
    "self": "Web page of the identity provider, one box for each optional or sensitive item",
    "guardian": "Web page of the identity provider, answered by the guardian",
    "agent": "Web page of the identity provider, answered by an agent under a mandate",
    "assisted": "At a service counter, with the person present",
}


def document(receipt: Receipt) -> dict[str, Any]:
    """Return the receipt; a time is in seconds since 1970."""
    event = receipt.event
    sensitive = [item.name for item in receipt.items if item.sensitive]
    said: dict[str, Any] = {
        "version": VERSION,
        "jurisdiction": receipt.jurisdiction,
        "consentTimestamp": int(event.at.timestamp()),
        "collectionMethod": METHODS.get(receipt.actor, METHODS[receipts.SELF]),
        "consentReceiptID": str(event.id),
        "language": receipt.language,
        "piiPrincipalId": receipt.principal,
        "piiControllers": [_controller(receipt)],
        # A service that registered no notice of its own: what was shown stands at the provider.
        "policyUrl": receipt.notice_uri or receipt.withdrawal_method,
        "services": [
            {
                "service": receipt.recipient.name,
                "purposes": [_purpose(receipt, basis) for basis in receipt.bases],
            }
        ],
        "sensitive": bool(sensitive),
        "spiCat": sensitive,
        "x_tongxing": {
            "record_id": str(event.record_id),
            "number": event.number,
            "event": event.name,
            "event_hash": event.chain_hash,
            "notice_digest": receipt.notice_digest,
        },
    }
    return said


def _controller(receipt: Receipt) -> dict[str, Any]:
    """Who answers for the data. What the specification wants and nobody registers is empty."""
    party = receipt.controller
    address = {"addressCountry": receipt.jurisdiction}
    if party.division_code:
        address["addressRegion"] = party.division_code
    return {
        "piiController": party.name,
        "onBehalf": False,
        "contact": party.name,
        "address": address,
        "email": "",
        "phone": "",
    }


def _purpose(receipt: Receipt, basis: str) -> dict[str, Any]:
    by_law = basis == receipts.STATUTORY_DUTY
    return {
        "purpose": receipt.purpose,
        "purposeCategory": [BY_LAW if by_law else CORE],
        "consentType": NOT_ASKED if by_law else EXPLICIT,
        "piiCategory": [item.name for item in receipt.items_on(basis)],
        "primaryPurpose": True,
        "termination": _termination(receipt, by_law=by_law),
        "thirdPartyDisclosure": False,
    }


def _termination(receipt: Receipt, *, by_law: bool) -> str:
    if by_law:
        return "As long as the law asks"
    ends = (
        f"Ends on {receipt.expires_at.date().isoformat()} or when withdrawn"
        if receipt.expires_at
        else "When withdrawn"
    )
    return f"{ends}: {receipt.withdrawal_method}"
