"""An agreement as an event of a record holds it: what `idp.consent.document` writes, with invented values."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from idp.consent import receipt as receipts
from idp.consent.receipt import Event, Receipt

ISSUER = "https://id.example.gov.cn"
AT = datetime(2026, 3, 9, 1, 12, 30, tzinfo=UTC)
RECORD = UUID("0195790e-5a00-7000-8000-000000000001")
EVENT = UUID("0195790e-5a10-7000-8000-000000000002")
HASH = "4f1e0c8a" * 8
SUB = "k7Jm2nQe0YwT5cV8bX1zLr4sD6fG9hJ3aU-pO_iM2kE"


def item(name: str, **changes: Any) -> dict[str, Any]:
    """One item of the agreement, by default required, by consent and allowed."""
    return {
        "name": name,
        "attribute": f"urn:tongxing:claim:{name}",
        "required": True,
        "sensitive": False,
        "separate": False,
        "legal_basis": "consent",
        "allowed": True,
        "purpose": "",
    } | changes


def document(**changes: Any) -> dict[str, Any]:
    """The whole document."""
    items = [
        item("identity_number", sensitive=True, separate=True, purpose="核对参保人"),
        item("locale", required=False, allowed=False),
        item("name", legal_basis="statutory_duty"),
        item("phone_number", required=False, purpose="缴费变动时通知您"),
    ]
    return {
        "schema_version": "1.0",
        "record_id": str(RECORD),
        "sub": SUB,
        "acting": {"kind": "self", "sub": None, "mandate_id": None},
        "reason": "first",
        "notice": {
            "uri": "https://si.example.gov.cn/privacy",
            "version": "2026-01",
            "policy_digest": f"sha-256:{'9a' * 32}",
            "digest": f"sha-256:{'5b' * 32}",
        },
        "language": "zh-Hans",
        "purposes": [
            {
                "code": "insurance-query",
                "name": "社会保险参保证明查询",
                "text": "查询您本人的社会保险参保和缴费记录",
            }
        ],
        "items": items,
        "controller": {"name": "浙江省人力资源和社会保障厅", "uscc": "", "division_code": "330000"},
        "recipient": {"client_id": "province-portal", "name": "社会保险参保记录"},
        "storage_location": "CN",
        "retention": "办结后五年",
        "jurisdiction": "CN",
        "withdrawal_method": f"{ISSUER}/account/services/province-portal",
        "separate_consents": [{"item": "identity_number", "why": "sensitive"}],
        "parties": [
            {"role": "principal", "id": SUB},
            {"role": "controller", "id": "113300000024567818", "name": "浙江省人力资源和社会保障厅"},
            {"role": "recipient", "id": "province-portal", "name": "社会保险参保记录"},
            {"role": "provider", "id": ISSUER, "name": "通行 Tongxing"},
        ],
        "given_at": "2026-03-09T01:12:30+00:00",
        "expires_at": "2027-03-09T01:12:30+00:00",
        "kept_items": [],
    } | changes


def event(**changes: Any) -> Event:
    """The event of the agreement."""
    facts: dict[str, Any] = {
        "id": EVENT,
        "record_id": RECORD,
        "number": 1,
        "name": receipts.GIVEN,
        "at": AT,
        "acr": "urn:tongxing:loa:2",
        "chain_hash": HASH,
    }
    return Event(**facts | changes)


def receipt(**changes: Any) -> Receipt:
    """The receipt of it, with *changes* of the document."""
    return receipts.of(document(**changes), event(), ISSUER)
