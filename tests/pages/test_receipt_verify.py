"""The check of a consent receipt, for everybody."""

import io
import re
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage

from idp.consent import consent_record, event, receipt_reference
from idp.consent.receipt_reference import Place
from idp.db import commit, db
from idp.setting_sections import Limits
from tests.pages import agreeing
from tests.person import Person, Visitor
from tests.provider import NewProvider, Provider
from tests.site import Site

PATH = "/account/receipts/verify"


@pytest.fixture
def person(either: Provider) -> Person:
    return either.person()


@pytest.fixture
def site(either: Provider) -> Site:
    return agreeing.site(either)


@pytest.fixture
def anybody(either: Provider) -> Visitor:
    """A browser in which nobody is logged in."""
    return Visitor(either.app, either.settings.issuer, language="en")


def place(provider: Provider, person: Person, site: Site) -> Place:
    with provider.context():
        row = consent_record.find_row(person.id, site.id)
        assert row is not None
        assert row.given_number is not None
        return Place(person.id, row.record_id, row.given_number)


def downloaded(provider: Provider, person: Person, site: Site, ending: str) -> str:
    visitor = agreeing.agreed(site, person, "phone_number")
    where = place(provider, person, site)
    visitor.open(f"/account/receipts/{where.record_id}/{where.number}.{ending}")
    return visitor.response.get_data(as_text=True)


def printed(provider: Provider, where: Place) -> str:
    with provider.context():
        found = event.find(where.account_id, where.record_id, where.number)
        assert found is not None
        return receipt_reference.address(provider.settings.issuer, where, found.hash.hex())


def verdict(visitor: Visitor) -> str:
    found = re.search(r'data-verdict="([a-z_]+)"', visitor.response.get_data(as_text=True))
    return found[1] if found else ""


def pasted(visitor: Visitor, text: str, **more: Any) -> str:
    visitor.go(PATH)
    visitor.send("verify-submit", values={"receipt": text, **more})
    return verdict(visitor)


@pytest.mark.parametrize("ending", ["27560.json", "27560.jwt", "kantara.json", "kantara.jwt"])
def test_a_receipt_that_was_downloaded_is_genuine(
    either: Provider, person: Person, site: Site, anybody: Visitor, ending: str
) -> None:
    text = downloaded(either, person, site, ending)
    assert pasted(anybody, text) == "genuine"
    said = anybody.response.get_data(as_text=True)
    assert site.rp.client_name.text("en") in said
    assert "Your phone number" in said
    assert person.name not in said


def test_one_changed_byte_is_refused(either: Provider, person: Person, site: Site, anybody: Visitor) -> None:
    token = downloaded(either, person, site, "27560.jwt")
    middle = len(token) // 2
    other = "A" if token[middle] != "A" else "B"
    assert pasted(anybody, token[:middle] + other + token[middle + 1 :]) == "changed"
    assert "verdict-facts" not in anybody.response.get_data(as_text=True)


def test_a_changed_text_beside_a_whole_signature_is_named(
    either: Provider, person: Person, site: Site, anybody: Visitor
) -> None:
    text = downloaded(either, person, site, "kantara.json").replace('"language": "en"', '"language": "fr"')
    assert pasted(anybody, text) == "text_changed"
    assert "<code>receipt.language</code>" in anybody.response.get_data(as_text=True)


def test_a_file_can_be_chosen_instead(either: Provider, person: Person, site: Site, anybody: Visitor) -> None:
    text = downloaded(either, person, site, "27560.json")
    assert pasted(anybody, "", file=FileStorage(io.BytesIO(text.encode()), "receipt.json")) == "genuine"
    picture = FileStorage(io.BytesIO(bytes(range(256)) * 40), "receipt.png")
    assert pasted(anybody, text, file=picture) == "no_receipt"
    assert pasted(anybody, text, file=FileStorage(io.BytesIO(b""), "")) == "genuine"


def test_nothing_at_all_is_asked_for_again(anybody: Visitor) -> None:
    assert pasted(anybody, "  ") == ""
    assert anybody.response.status_code == 400
    assert "Paste a receipt, or choose its file" in anybody.response.get_data(as_text=True)


@pytest.mark.parametrize("text", ["x", "a.b.c", "{}", "收据", "<script>alert(1)</script>"])
def test_what_is_no_receipt_is_told_so(anybody: Visitor, text: str) -> None:
    assert pasted(anybody, text) == "no_receipt"
    assert "<script>alert" not in anybody.response.get_data(as_text=True)


def test_more_than_a_receipt_can_be_is_refused(anybody: Visitor) -> None:
    assert pasted(anybody, "a" * 60_500) == "too_long"
    anybody.go(PATH)
    anybody.send("verify-submit", values={"receipt": "a" * 200_000})
    assert anybody.response.status_code == 413


def test_a_printed_code_is_known_and_names_nobody(
    either: Provider, person: Person, site: Site, anybody: Visitor
) -> None:
    agreeing.agreed(site, person, "phone_number")
    anybody.go(printed(either, place(either, person, site)))
    assert verdict(anybody) == "genuine"
    said = anybody.response.get_data(as_text=True)
    assert site.rp.client_name.text("en") in said
    for part in (person.name, "Your phone number", str(person.id)):
        assert part not in said


def test_a_printed_code_with_another_check_value_is_refused(
    either: Provider, person: Person, site: Site, anybody: Visitor
) -> None:
    agreeing.agreed(site, person)
    address = printed(either, place(either, person, site))
    for wrong in (address[:-1] + ("0" if address[-1] != "0" else "1"), address.partition("&digest")[0]):
        anybody.go(wrong)
        assert verdict(anybody) == "other_digest"


@pytest.mark.parametrize("query", ["id=x", "id=%00", "id=" + "A" * 90, "id=v1." + "A" * 90 + "&digest=1"])
def test_a_code_that_is_not_ours_is_refused(anybody: Visitor, query: str) -> None:
    anybody.open(f"{PATH}?{query}")
    assert verdict(anybody) == "unknown_reference"


def test_a_code_whose_record_is_no_longer_kept_says_so(
    either: Provider, person: Person, site: Site, anybody: Visitor
) -> None:
    agreeing.agreed(site, person)
    where = place(either, person, site)
    address = printed(either, where)
    with either.context():
        db.session.delete(event.find(where.account_id, where.record_id, where.number))
        commit()
    anybody.go(address)
    assert verdict(anybody) == "gone"


def test_it_can_be_asked_only_so_often(new_provider: NewProvider) -> None:
    provider = new_provider(limits=Limits(receipt_checks_per_address=2))
    visitor = Visitor(provider.app, provider.settings.issuer)
    visitor.headers = {"Accept-Language": "en"}
    environ = {"REMOTE_ADDR": "203.0.113.77"}
    answers = [visitor.open(f"{PATH}?id=x", environ_base=environ).status_code for _ in range(3)]
    assert answers == [200, 200, 429]
    assert "Too many tries" in visitor.response.get_data(as_text=True)
    assert visitor.open(PATH, environ_base=environ).status_code == 200, "the form itself is always there"
