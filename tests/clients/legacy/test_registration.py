"""What the older system registers is taken by the provider, and holds no secret."""

from clients.legacy import registration
from clients.legacy.settings import LegacySettings
from idp.relying_parties import metadata


def test_the_provider_takes_it_without_a_word(found: LegacySettings) -> None:
    parsed = metadata.parse(registration.metadata(found), sandbox=True)
    assert not parsed.warnings
    assert parsed.secret is None
    assert parsed.relying_party.account_linking_uri == f"{found.site_url}/link"
    assert parsed.relying_party.account_check_question.text("en")
    assert not {"d", "k"} & set(parsed.given["jwks"]["keys"][0])
