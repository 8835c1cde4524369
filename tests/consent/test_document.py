"""What an agreement says is all there (domain §5), in the language of the page, without a person's name."""

import json
from uuid import uuid4

from idp.consent import acting_party, document, event
from idp.consent.acting_party import ActingParty
from idp.consent.document import Scene
from idp.relying_parties import subject
from tests.consent.agreeing import pair
from tests.provider import Provider


def test_every_field_of_the_specification_is_there(provider: Provider) -> None:
    one, guardian = (
        pair(
            provider,
            item_codes=["estate-transfer"],
            policy_uri="https://site.example.cn/privacy",
            policy_version="2026-07",
            policy_digest=f"sha-256:{'ab' * 32}",
            data_storage_location="CN-ZJ",
            data_retention="P3Y",
            organization_uscc="91330106MA28FAKE9N",
            legal_basis="statutory_duty",
            items=[
                {"name": "name", "required": True},
                {"name": "identity_number", "legal_basis": "consent", "purpose#en": "To find you"},
                {"name": "phone_number", "legal_basis": "consent"},
            ],
        ),
        provider.person(),
    )
    mandate = uuid4()
    with provider.context():
        acting = ActingParty(acting_party.GUARDIAN, guardian.id, mandate)
        row = one.give(
            "name",
            "identity_number",
            optional={"phone_number"},
            by_law={"name"},
            sensitive={"identity_number"},
            allowed={"identity_number"},
            scene=Scene(acting, "en", "urn:tongxing:loa:3", "new_items"),
        )
        made = event.find(one.person.id, row.record_id, 1)
        assert made is not None
        said = made.document
        sub = subject.sub_of(one.account.subject_id, one.rp)
        assert said["record_id"] == str(row.record_id)
        assert (said["sub"], said["language"], said["reason"]) == (sub, "en", "new_items")
        assert said["acting"]["kind"] == "guardian"
        assert said["acting"]["mandate_id"] == str(mandate)
        assert said["acting"]["sub"] not in {None, sub}
        assert said["notice"]["uri"] == "https://site.example.cn/privacy"
        assert (said["notice"]["version"], said["notice"]["policy_digest"]) == (
            "2026-07",
            one.rp.policy_digest,
        )
        assert said["purposes"] == [
            {"code": "estate-transfer", "name": "Transfer of property", "text": one.rp.purpose.text("en")}
        ]
        bases = {item["name"]: (item["legal_basis"], item["allowed"]) for item in said["items"]}
        assert bases == {
            "identity_number": ("consent", True),
            "name": ("statutory_duty", True),
            "phone_number": ("consent", False),
        }
        number = next(item for item in said["items"] if item["name"] == "identity_number")
        assert number["attribute"] == "urn:tongxing:claim:identity_number"
        assert (number["required"], number["sensitive"], number["purpose"]) == (True, True, "To find you")
        assert said["separate_consents"] == [{"item": "identity_number", "why": "sensitive"}]
        assert (said["storage_location"], said["retention"], said["jurisdiction"]) == ("CN-ZJ", "P3Y", "CN")
        assert said["withdrawal_method"].endswith(f"/account/services/{one.site.id}")
        assert {party["role"] for party in said["parties"]} >= {"principal", "controller", "recipient"}
        assert said["expires_at"] > said["given_at"]
        assert (made.acr, made.actor_kind, made.actor_id) == ("urn:tongxing:loa:3", "guardian", guardian.id)
        text = json.dumps(said, ensure_ascii=False)
        for secret in (one.person.name, one.person.phone, str(one.person.id), str(guardian.id)):
            assert secret is not None
            assert secret not in text


def test_another_word_is_another_digest() -> None:
    first = document.digest({"purposes": [{"text": "a"}]})
    assert first.startswith("sha-256:")
    assert first == document.digest({"purposes": [{"text": "a"}]})
    assert first != document.digest({"purposes": [{"text": "b"}]})
