"""Field names of the Kantara Consent Receipt Specification 1.1.0."""

from typing import Any

from idp.consent import receipt_kantara
from tests.consent import agreed

# What its JSON schema requires (appendix A).
REQUIRED = {
    "version",
    "jurisdiction",
    "consentTimestamp",
    "collectionMethod",
    "consentReceiptID",
    "language",
    "piiPrincipalId",
    "piiControllers",
    "policyUrl",
    "services",
    "sensitive",
    "spiCat",
}
CONTROLLER = {"piiController", "onBehalf", "contact", "address", "email", "phone"}
PURPOSE = {
    "purpose",
    "purposeCategory",
    "consentType",
    "piiCategory",
    "primaryPurpose",
    "termination",
    "thirdPartyDisclosure",
}


def written(**changes: Any) -> dict[str, Any]:
    return receipt_kantara.document(agreed.receipt(**changes))


def test_every_required_member_is_there() -> None:
    said = written()
    assert said.keys() == {*REQUIRED, "x_tongxing"}
    assert said["version"] == "KI-CR-v1.1.0"
    assert said["consentTimestamp"] == 1773018750
    assert said["consentReceiptID"] == str(agreed.EVENT)
    assert said["piiControllers"][0].keys() == CONTROLLER
    assert said["piiControllers"][0]["address"] == {"addressCountry": "CN", "addressRegion": "330000"}
    (service,) = said["services"]
    assert all(purpose.keys() == PURPOSE for purpose in service["purposes"])


def test_what_the_law_releases_is_not_called_consent() -> None:
    by_consent, by_law = written()["services"][0]["purposes"]
    assert (by_consent["consentType"], by_consent["piiCategory"]) == (
        "EXPLICIT",
        ["identity_number", "phone_number"],
    )
    assert by_law["consentType"].startswith("NOT CONSENT")
    assert by_law["termination"] == "As long as the law asks"
    assert by_consent["termination"].startswith("Ends on 2027-03-09 or when withdrawn: https://")


def test_sensitive_items_are_named() -> None:
    said = written()
    assert (said["sensitive"], said["spiCat"]) == (True, ["identity_number"])
    plain = written(items=[agreed.item("name")])
    assert (plain["sensitive"], plain["spiCat"]) == (False, [])


def test_a_service_without_a_notice_of_its_own_points_to_the_provider() -> None:
    notice = {"uri": "", "version": "", "policy_digest": "", "digest": "d"}
    assert written(notice=notice)["policyUrl"].startswith(agreed.ISSUER)


def test_who_answered_is_said() -> None:
    guardian = written(acting={"kind": "guardian", "sub": "g", "mandate_id": None})
    assert "guardian" in guardian["collectionMethod"]
    assert (
        "counter" in written(acting={"kind": "assisted", "sub": "g", "mandate_id": None})["collectionMethod"]
    )
