"""Field names of ISO/IEC TS 27560:2023, 6.3 and 6.4."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from idp.consent import receipt as receipts
from idp.consent import receipt_27560
from tests.consent import agreed

HEADER = {
    "schema_version",
    "record_id",
    "pii_principal_id",
    "pii_processing",
    "party_identification",
    "event",
}
PURPOSE = {
    "purpose",
    "purpose_type",
    "lawful_basis",
    "pii_information",
    "pii_controllers",
    "collection_method",
    "storage_locations",
    "retention_period",
    "services",
    "jurisdiction",
    "recipient_third_parties",
    "privacy_rights",
}


def written(**changes: Any) -> dict[str, Any]:
    return receipt_27560.document(agreed.receipt(**changes))


def purposes(said: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = said["record"]["pii_processing"]["purposes"]
    return found


def test_every_section_is_there() -> None:
    said = written()
    assert said["schema_version"] == "urn:tongxing:consent-receipt:27560:1"
    assert said["receipt_id"] == str(agreed.EVENT)
    assert said["record"].keys() == HEADER
    assert said["record"]["record_id"] == str(agreed.RECORD)
    assert said["record"]["pii_principal_id"] == agreed.SUB


def test_each_legal_basis_is_a_purpose_of_its_own() -> None:
    by_consent, by_law = purposes(written())
    assert by_consent.keys() == {*PURPOSE, "withdrawal_method"}
    assert by_law.keys() == PURPOSE, "what the law asks cannot be withdrawn"
    assert [one["pii_type"] for one in by_consent["pii_information"]] == ["identity_number", "phone_number"]
    assert [one["pii_type"] for one in by_law["pii_information"]] == ["name"]


def test_an_item_says_whether_it_is_optional_or_sensitive() -> None:
    number, phone = purposes(written())[0]["pii_information"]
    assert number["sensitive_pii_category"] == "identity_number"
    assert not number["pii_optional"]
    assert "sensitive_pii_category" not in phone
    assert phone["pii_optional"]
    assert phone["pii_attribute_id"] == "urn:tongxing:claim:phone_number"


def test_the_event_says_when_by_whom_and_until_when() -> None:
    assert written()["record"]["event"] == [
        {
            "event_time": "2026-03-09T01:12:30Z",
            "event_type": "explicit",
            "event_state": "given",
            "entity_id": agreed.SUB,
            "validity_duration": "2026-03-09T01:12:30Z/2027-03-09T01:12:30Z",
        }
    ]


def test_who_acted_is_a_party() -> None:
    said = written(acting={"kind": "guardian", "sub": "guardian-sub", "mandate_id": "m1"})
    assert said["record"]["event"][0]["entity_id"] == "guardian-sub"
    parties = {one["party_id"]: one["party_role"] for one in said["record"]["party_identification"]}
    assert parties["guardian-sub"] == "guardian"
    assert parties["113300000024567818"] == "pii_controller"
    assert said["x_tongxing"]["mandate_id"] == "m1"
    unnamed = written(acting={"kind": "guardian", "sub": None, "mandate_id": None})["record"]
    assert unnamed["event"][0]["entity_id"] == "urn:tongxing:acting:guardian", "not the person themselves"
    assert unnamed["party_identification"][-1]["party_id"] == "urn:tongxing:acting:guardian"


def test_data_released_by_law_were_noticed_and_not_agreed_to() -> None:
    said = written(items=[agreed.item("name", legal_basis="statutory_duty")])
    assert said["record"]["event"][0]["event_type"] == "notice"
    assert "validity_duration" not in said["record"]["event"][0]


def test_what_is_not_known_is_left_out() -> None:
    notice = {"uri": "", "version": "", "policy_digest": "", "digest": "sha-256:00"}
    said = written(notice=notice, retention="", storage_location="")
    assert said["record"]["pii_processing"]["privacy_notice"] == {"x_tongxing_shown": "sha-256:00"}
    assert not {"retention_period", "storage_locations"} & purposes(said)[0].keys()


def test_a_withdrawal_has_its_state() -> None:
    taken = receipts.of(agreed.document(), agreed.event(name="withdrawn"), agreed.ISSUER, {"phone_number"})
    said = receipt_27560.document(taken)
    assert said["record"]["event"][0]["event_state"] == "withdrawn"


@given(st.text(max_size=20), st.lists(st.booleans(), max_size=5))
def test_nothing_is_ever_empty(text: str, allowed: list[bool]) -> None:
    items = [agreed.item(f"item{number}", allowed=one) for number, one in enumerate(allowed)]
    said = written(items=items, retention=text, storage_location=text, jurisdiction=text)

    def check(value: Any) -> None:
        assert value not in ("", None, [""])
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            check(inner)

    check(said)
