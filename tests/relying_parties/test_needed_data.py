"""Nobody asks for more than their items need: at registration, and when it is asked for (domain §5.9)."""

import pytest

from idp.claims import ITEMS
from idp.consent import consent_record
from idp.mandates import item
from idp.relying_parties import needed_data, registration
from idp.relying_parties.metadata import InvalidMetadata
from tests.provider import Provider
from tests.site import Site

CODES = ("estate-query",)


def test_what_is_always_allowed_is_data_that_exists() -> None:
    assert set(ITEMS) >= needed_data.ALWAYS


def test_only_what_the_items_need_stays() -> None:
    asked = frozenset({"real_name", "identity_number", "locale"})
    assert needed_data.within(CODES, asked) == {"real_name", "locale"}
    assert needed_data.beyond(CODES, asked) == {"identity_number"}
    assert needed_data.within(("unknown",), asked) == asked
    assert needed_data.within((), asked) == asked


def test_registering_for_more_is_refused(provider: Provider) -> None:
    document = Site.metadata(77_001) | {
        "item_codes": list(CODES),
        "items": [{"name": "name"}, {"name": "identity_number"}, {"name": "birthdate"}],
    }
    with provider.context(), pytest.raises(InvalidMetadata) as caught:
        registration.create(document)
    assert [str(problem) for problem in caught.value.problems] == [
        "items: birthdate is needed by none of item_codes",
        "items: identity_number is needed by none of item_codes",
    ]


def test_asking_for_more_brings_no_more(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    """It registered before the table said so."""
    site, person = provider.site(item_codes=list(CODES), scope="openid profile phone"), provider.person()
    monkeypatch.setattr(item, "data_of", lambda codes: frozenset({"name"}))
    tokens = site.tokens(person, scope="openid profile phone")
    assert "phone_number" not in site.claims(tokens["access_token"])
    with provider.context():
        row = consent_record.find_row(person.id, site.id)
        assert row is not None
        assert "phone_number" not in row.seen
