"""Anchors elsewhere that turn their keys are followed, and nobody else is."""

import pytest
from joserfc.jwk import ECKey

from idp.federation import anchor_following, trust_anchor
from tests.federation.conftest import TrustingProvider
from tests.federation.elsewhere import WELL_KNOWN, Elsewhere


def kids(name: str) -> list[str]:
    return [key.kid for key in trust_anchor.all_anchors()[name].keys if key.kid]


def test_the_next_key_of_an_anchor_is_pinned_before_it_signs(
    elsewhere: Elsewhere, trusting: TrustingProvider
) -> None:
    nation = elsewhere.authority("nation")
    provider = trusting(nation)
    old, new = nation.key, ECKey.generate_key("P-256", {"kid": "nation-2"})
    both = {"keys": [dict(key.as_dict(private=False)) for key in (old, new)]}
    with provider.context():
        assert anchor_following.run() == 0
        nation.claims["jwks"] = both
        elsewhere.changed()
        assert anchor_following.run() == 1
        assert kids(nation.id) == ["nation-1", "nation-2"]
        nation.key = new
        nation.claims["jwks"] = nation.jwks
        elsewhere.changed()
        assert anchor_following.run() == 1
        assert kids(nation.id) == ["nation-2"]
        assert anchor_following.run() == 0


@pytest.mark.parametrize(
    "what", ["other key", "own other", "expired", "other name", "404", "slow", "garbage"]
)
def test_what_no_pinned_key_signed_changes_nothing(
    elsewhere: Elsewhere, trusting: TrustingProvider, what: str
) -> None:
    nation, other = elsewhere.authority("nation"), elsewhere.authority("other")
    provider = trusting(nation)
    thief = ECKey.generate_key("P-256", {"kid": "nation-1"})
    stranger = {"keys": [dict(thief.as_dict(private=False))]}
    if what == "other key":
        nation.key = thief
    elif what == "own other":  # signed by the pinned key, which it does not name any more
        nation.claims["jwks"] = stranger
    elif what == "expired":
        nation.life = -1000
        nation.claims["iat"] = 1
    elif what == "other name":
        elsewhere.tokens[f"/nation{WELL_KNOWN}"] = other.configuration()
    else:
        elsewhere.faults[f"/nation{WELL_KNOWN}"] = what
    with provider.context():
        before = trust_anchor.listed()[0].jwks
        assert anchor_following.run() == 0
        assert trust_anchor.listed()[0].jwks == before
