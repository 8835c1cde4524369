"""What tokens say of somebody who acts for another (RFC 8693 §4.1, RFC 9396 §9)."""

from uuid import UUID

from idp.tokens.acting import Acting

PRINCIPAL = "0190f5fe-7c00-7a00-8000-000000000001"


def test_the_person_at_the_keyboard_is_named_and_nothing_empty_is() -> None:
    acting = Acting(PRINCIPAL, "sub-of-the-person", mandate_id="m")
    assert acting.claims() == {"act": {"sub": "sub-of-the-person"}}
    assert acting.principal == UUID(PRINCIPAL)


def test_what_was_granted_stands_beside() -> None:
    detail = {"type": "urn:tongxing:mandate", "roles": ["handler"], "item_codes": ["a"]}
    assert Acting(PRINCIPAL, "p", details=(detail,)).claims()["authorization_details"] == [detail]
