"""Chains that entities bring along."""

from datetime import timedelta

import pytest
from joserfc.jwk import ECKey

from idp import clock
from idp.federation import (
    resolution,
)
from idp.federation.trust_chain import ChainRefused
from tests.federation.conftest import TrustingProvider
from tests.federation.elsewhere import RP, WELL_KNOWN
from tests.federation.far_line import Line


def test_a_chain_that_was_brought_along_saves_looking_for_it(line: Line, trusting: TrustingProvider) -> None:
    provider = trusting(line.nation)
    line.elsewhere.faults[f"/site{WELL_KNOWN}"] = "500"
    with provider.context():
        assert resolution.resolve(line.site.id, given=line.chain()).path == line.path
        assert resolution.resolve(line.site.id).path == line.path, "and serves whoever brings none"


def test_a_chain_that_was_brought_along_is_confirmed(line: Line, trusting: TrustingProvider) -> None:
    given = line.chain()
    del line.province.below[line.city.id]
    provider = trusting(line.nation)
    with provider.context(), pytest.raises(ChainRefused) as refused:
        resolution.resolve(line.site.id, given=given)
    assert refused.value.rule == "not_subordinate"


def test_a_chain_that_was_brought_along_counts_while_its_superiors_are_away(
    line: Line, trusting: TrustingProvider
) -> None:
    given = line.chain()
    line.lose(line.site, line.city, line.province, line.nation)
    provider = trusting(line.nation)
    with provider.context():
        assert resolution.resolve(line.site.id, given=given).path == line.path


@pytest.mark.parametrize("what", ["other", "forged", "short", "garbage", "many"])
def test_a_bad_chain_that_was_brought_along(line: Line, trusting: TrustingProvider, what: str) -> None:
    given = line.chain()
    forger = ECKey.generate_key("P-256", {"kid": "site-1"})
    if what == "forged":
        line.site.key = forger
        given[0] = line.site.configuration()
    bad = {
        "other": line.chain()[1:],
        "forged": given,
        "short": given[:2],
        "garbage": ["x.y.z"],
        "many": given * 20,
    }[what]
    provider = trusting(line.nation)
    with provider.context(), pytest.raises(ChainRefused):
        resolution.resolve(line.site.id, given=bad)


def test_a_newer_chain_that_was_brought_along_takes_the_place_of_the_known_one(
    line: Line, trusting: TrustingProvider
) -> None:
    provider = trusting(line.nation)
    with provider.context():
        old = resolution.resolve(line.site.id)
        assert resolution.resolve(line.site.id, given=line.chain()) is old, "not newer"
        line.site.metadata[RP]["client_name"] = "new"
        with clock.shifted(timedelta(seconds=10)):
            given = line.chain()
            assert resolution.resolve(line.site.id, given=given).metadata[RP]["client_name"] == "new"


def test_a_bad_chain_takes_no_good_ones_place(line: Line, trusting: TrustingProvider) -> None:
    provider = trusting(line.nation)
    with provider.context():
        good = resolution.resolve(line.site.id)
        with pytest.raises(ChainRefused):
            resolution.resolve(line.site.id, given=["x.y.z"])
        assert resolution.resolve(line.site.id) is good
