"""What the QR code of a printed receipt carries."""

from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.consent import receipt_reference
from idp.consent.receipt_reference import Place
from idp.keys import field_cipher
from tests.consent import agreed
from tests.provider import Provider

PLACE = Place(uuid4(), agreed.RECORD, 12)


def carried(provider: Provider) -> dict[str, str]:
    with provider.context():
        address = receipt_reference.address(agreed.ISSUER, PLACE, agreed.HASH)
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{agreed.ISSUER}/account/receipts/verify"
    assert len(address) < 400, "a code of that size can still be read from paper"
    return {name: values[0] for name, values in parse_qs(parts.query).items()}


def test_it_leads_back_to_the_event(provider: Provider) -> None:
    query = carried(provider)
    assert query["digest"] == agreed.HASH[:32]
    with provider.context():
        assert receipt_reference.find(query["id"]) == PLACE


def test_it_tells_nobody_whom_it_is_about(provider: Provider) -> None:
    first, second = carried(provider)["id"], carried(provider)["id"]
    assert PLACE.account_id.hex not in first
    assert first != second, "two prints of one receipt cannot even be told to be the same by their code"


@pytest.mark.parametrize("text", ["", "x" * 60, "v1." + "A" * 80, "v2." + "A" * 80, "v1." + "A" * 4000])
def test_what_we_did_not_make_leads_nowhere(provider: Provider, text: str) -> None:
    with provider.context():
        assert receipt_reference.find(text) is None
        assert receipt_reference.find(carried(provider)["id"][:-6] + "AAAAAA") is None


def test_what_we_sealed_for_something_else_leads_nowhere(provider: Provider) -> None:
    with provider.context():
        other = field_cipher.seal("0" * 65, "accounts.phone:1")
        assert receipt_reference.find(other) is None


@given(st.text(max_size=40))
def test_a_digest_is_compared_without_its_blanks(shown: str) -> None:
    assert receipt_reference.matches(" ".join(receipt_reference.groups(agreed.HASH)).upper(), agreed.HASH)
    assert not receipt_reference.matches(shown, agreed.HASH)
