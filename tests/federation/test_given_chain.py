"""Chains that entities bring along."""

from datetime import timedelta

import pytest
from joserfc.jwk import ECKey

from idp import clock
from idp.federation import (
    resolution,
)
from idp.federation.resolution import RESOLUTION
from idp.federation.trust_chain import ChainRefused
from tests.federation.conftest import TrustingProvider
from tests.federation.elsewhere import RP, WELL_KNOWN, Elsewhere
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
        before = line.chain()
        old = resolution.resolve(line.site.id)
        assert resolution.resolve(line.site.id, given=before) is old, "not newer"
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


def test_chains_that_are_brought_along_are_not_read_without_end(
    line: Line, trusting: TrustingProvider
) -> None:
    """Each one that is read costs its superiors questions, and may change a registration."""
    provider = trusting(line.nation)
    with provider.context():
        resolution.resolve(line.site.id)
        asked = []
        for seconds in (10, 11, 12):
            line.site.metadata[RP]["client_name"] = f"name {seconds}"
            with clock.shifted(timedelta(seconds=seconds)):
                chain = resolution.resolve(line.site.id, given=line.chain())
            asked.append(line.elsewhere.asked.total())
        assert chain.metadata[RP]["client_name"] == "name 10"
        assert asked[0] == asked[2]


def test_old_statements_of_another_superior_change_nothing(
    line: Line, elsewhere: Elsewhere, trusting: TrustingProvider
) -> None:
    """Whoever kept them can bring them: the chain that counts neither ends by them nor changes its way."""
    ministry = elsewhere.authority("ministry", line.nation)
    branch = elsewhere.authority("branch", ministry)
    branch.add(line.site)
    line.site.hints.append(branch.id)
    provider = trusting(line.nation)
    with provider.context():
        known = resolution.resolve(line.site.id)
        used, other = (line.city, branch) if line.city.id in known.path else (branch, line.city)
        above = ministry if other is branch else line.province
        with clock.shifted(timedelta(seconds=10)):
            given = [
                line.site.configuration(),
                other.says_of(line.site),
                above.says_of(other),
                line.nation.says_of(above),
            ]
            assert resolution.resolve(line.site.id, given=given) is known, "no other way is taken"
            del other.below[line.site.id]
            asked = elsewhere.asked.total()
            assert resolution.resolve(line.site.id, given=given) is known
            assert elsewhere.asked.total() == asked
            assert RESOLUTION.get().known.find((line.site.id, "")) is not None
            assert used.id in known.path


def test_statements_that_are_taken_back_end_no_chain_of_others(
    line: Line, trusting: TrustingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The city moved below another province: who brings its old statements makes nobody look again."""
    given = line.chain()
    told: list[str] = []
    monkeypatch.setattr(resolution, "_tell_others", told.append)
    moved = line.elsewhere.authority("moved", line.nation)
    neighbour = line.elsewhere.site("neighbour", line.city)
    moved.add(line.city)
    line.city.hints[:] = [moved.id]
    del line.province.below[line.city.id]
    provider = trusting(line.nation)
    with provider.context():
        other = resolution.resolve(neighbour.id)
        assert resolution.resolve(line.site.id, given=given).path[2] == moved.id
        assert resolution.resolve(neighbour.id) is other
    assert not told
