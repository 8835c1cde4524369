"""What a receipt takes from an event."""

from datetime import UTC, datetime

from idp.consent import receipt as receipts
from tests.consent import agreed


def names(receipt: receipts.Receipt) -> list[str]:
    return [item.name for item in receipt.items]


def test_it_names_what_was_allowed_and_what_was_left_out() -> None:
    receipt = agreed.receipt()
    assert names(receipt) == ["identity_number", "name", "phone_number"]
    assert receipt.left_out == ("locale",)
    assert receipt.separate == ("identity_number",)
    assert receipt.bases == ("consent", "statutory_duty")
    assert [item.name for item in receipt.items_on("statutory_duty")] == ["name"]
    assert receipt.expires_at == datetime(2027, 3, 9, 1, 12, 30, tzinfo=UTC)


def test_it_knows_its_parties() -> None:
    receipt = agreed.receipt()
    assert (receipt.controller.id, receipt.controller.division_code) == ("113300000024567818", "330000")
    assert receipt.recipient.name == "社会保险参保记录"
    assert agreed.receipt(parties=[]).recipient.name == ""


def test_a_purpose_is_said_once_whatever_the_number_of_its_codes() -> None:
    purposes = [{"code": code, "name": code, "text": "办理"} for code in ("a", "b")]
    assert agreed.receipt(purposes=purposes).purpose == "办理"
    assert agreed.receipt(purposes=[{"code": "a", "name": "a", "text": ""}]).purpose == "-"


def test_what_the_law_releases_does_not_run_out_and_nothing_was_left_out() -> None:
    items = [agreed.item("name", legal_basis="statutory_duty"), agreed.item("locale", allowed=False)]
    told = receipts.of(agreed.document(items=items), agreed.event(name="notice"), agreed.ISSUER)
    assert (told.expires_at, told.left_out) == (None, ())


def test_a_withdrawal_is_about_its_items_only() -> None:
    taken = receipts.of(
        agreed.document(), agreed.event(name="withdrawn", number=4), agreed.ISSUER, {"phone_number"}
    )
    assert names(taken) == ["phone_number"]
    assert (taken.left_out, taken.kept, taken.separate, taken.expires_at) == ((), (), (), None)


def test_only_a_whole_document_makes_a_receipt() -> None:
    assert receipts.has_document(agreed.document())
    assert not receipts.has_document({"items": ["name"]})


def test_an_agreement_in_which_all_was_left_out_runs_out_too() -> None:
    assert agreed.receipt(items=[agreed.item("locale", required=False, allowed=False)]).expires_at is not None
    assert agreed.receipt(items=[agreed.item("name", legal_basis="statutory_duty")]).expires_at is None
