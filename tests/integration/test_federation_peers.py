"""Federation programs that others wrote agree with ours on chains and metadata (docs/interoperability.md)."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from idp.keys import compact_jwt
from tests.journeys.sandbox import Sandbox
from tests.services.deployment import SITES, Deployment
from tests.services.federation_peer import Ofcli, SpidAuthority

pytestmark = pytest.mark.integration
RELYING_PARTY = "openid_relying_party"
CONTACT = "registro@example.it"
POLICY = {
    RELYING_PARTY: {
        "contacts": {"add": [CONTACT]},
        "grant_types": {"subset_of": ["authorization_code", "refresh_token"]},
    }
}
RECHECK = 2


class Network:
    """The sandbox's tree, and what our own resolver says of it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._deployment = sandbox.deployment

    def authority(self, name: str) -> str:
        return f"{self.sandbox.issuer}/authorities/{name}"

    @property
    def national(self) -> str:
        return self.authority("national")

    def do(self, *arguments: str) -> str:
        return self._deployment.idp("federation", *arguments)

    def ask(self, *arguments: str) -> Any:
        return json.loads(self.do(*arguments, "--json"))

    def resolve(self, entity_id: str, anchor: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ask("resolve", entity_id, "--anchor", anchor)
        return found

    def explained(self, entity_id: str) -> tuple[set[tuple[str, ...]], list[dict[str, Any]]]:
        """Return the ways that hold, and why the others do not."""
        found = self.ask("explain", entity_id)
        chains = found.get("chains", [])
        refusals = [chain["refusal"] for chain in chains if "refusal" in chain]
        refusals += [found["refusal"]] if "refusal" in found else []
        return {tuple(chain["path"]) for chain in chains if "refusal" not in chain}, refusals

    def published(self, entity_id: str) -> dict[str, Any]:
        """Return what an entity says of itself."""
        answer = httpx.get(f"{entity_id}/.well-known/openid-federation", trust_env=False)
        return compact_jwt.unverified_claims(answer.text)

    def answers(self, entity_id: str, anchor: str) -> int:
        """Return how the running provider answers who asks it for the chain."""
        asked = {"sub": entity_id, "trust_anchor": anchor}
        return httpx.get(f"{self.national}/federation/resolve", params=asked, trust_env=False).status_code

    @contextmanager
    def below(self, authority: str, superior: str) -> Iterator[None]:
        """Let an authority hosted here name one more superior, and that one be a trust anchor here."""
        before = self.published(authority)["authority_hints"]
        self._name_superiors(authority, [*before, superior])
        self.do("anchors", "add", superior, "--yes")
        yield
        self.do("anchors", "remove", superior, "--yes")
        self._name_superiors(authority, before)

    def _name_superiors(self, authority: str, superiors: list[str]) -> None:
        hints = [part for one in superiors for part in ("--authority-hint", one)]
        self.do("authorities", "change", authority, *hints)


def alike(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters without the order of what the specification takes for sets."""
    return {
        name: sorted(value, key=json.dumps) if isinstance(value, list) else value
        for name, value in metadata.items()
    }


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    deployment = Deployment(
        tmp_path_factory.mktemp("peers"),
        IDP_FEDERATION__RECHECK=str(RECHECK),
        IDP_LIMITS__RESOLUTIONS_PER_ADDRESS="10000",
    )
    try:
        ports = deployment.place_sites()
        deployment.idp("init", "--sandbox")
        running = Sandbox(deployment, ports)
        yield Network(running)
        running.close()
    finally:
        deployment.stop()


@pytest.fixture(scope="module")
def ofcli() -> Ofcli:
    return Ofcli()


@contextmanager
def spid(directory: Path, **about: Any) -> Iterator[SpidAuthority]:
    authority = SpidAuthority(directory, **about)
    try:
        yield authority
    finally:
        authority.running.stop()


@pytest.fixture
def spid_anchor(network: Network, tmp_path: Path) -> Iterator[SpidAuthority]:
    """Italy's authority above our province, beside the national one."""
    province = network.authority("330000")
    with spid(tmp_path) as authority, network.below(province, authority.entity_id):
        keys = network.published(province)["jwks"]["keys"]
        authority.vouch(province, type="federation_entity", jwks=keys, metadata_policy=POLICY)
        yield authority


@pytest.fixture
def spid_intermediate(network: Network, tmp_path: Path) -> Iterator[SpidAuthority]:
    """Italy's authority below our anchor."""
    with spid(tmp_path, authority_hints=[network.national]) as authority:
        network.do("subordinates", "add", network.national, authority.entity_id, "--yes")
        yield authority
        network.do("subordinates", "remove", network.national, authority.entity_id, "--yes")


# ------------------------------------------------------------------------------------------- ofcli, below ours


def test_ofcli_finds_the_same_chains(network: Network, ofcli: Ofcli) -> None:
    for site in ("housing", "county"):
        entity_id = network.sandbox.entity_id(site)
        ours, refusals = network.explained(entity_id)
        assert not refusals
        assert len(ours) == (2 if site == "housing" else 1)
        assert ofcli.paths(entity_id, network.national) == ours


@pytest.mark.parametrize("site", SITES)
def test_ofcli_resolves_the_same_metadata(network: Network, ofcli: Ofcli, site: str) -> None:
    entity_id = network.sandbox.entity_id(site)
    theirs = ofcli.ask("resolve", entity_id, "--ta", network.national, "--entity-type", RELYING_PARTY)
    ours = network.resolve(entity_id, network.national)["metadata"][RELYING_PARTY]
    # What no site says of itself: the policies of its superiors were applied.
    assert ours["subject_type"] == "pairwise"
    assert alike(theirs) == alike(ours)


def test_ofcli_lists_the_same_tree(network: Network, ofcli: Ofcli) -> None:
    for name in ("national", "330100"):
        authority = network.authority(name)
        ours = {row["entity_id"] for row in network.ask("subordinates", "list", authority)}
        assert ours
        assert set(ofcli.ask("list", authority)) == ours
    tree = ofcli.say("subtree", network.national)
    for entity_id in (network.authority("330106"), *map(network.sandbox.entity_id, SITES)):
        assert f"- {entity_id} (" in tree


def test_ofcli_discovers_the_provider(network: Network, ofcli: Ofcli) -> None:
    found = ofcli.ask("discovery", network.sandbox.entity_id("county"), "--ta", network.national)
    assert found == [network.sandbox.issuer]


def test_ofcli_refuses_who_is_suspended(network: Network, ofcli: Ofcli) -> None:
    city, county = network.authority("330100"), network.authority("330106")
    site = network.sandbox.entity_id("county")
    network.do("subordinates", "suspend", city, county, "--reason", "audit")
    try:
        assert ofcli.paths(site, network.national) == set()
        ours, refusals = network.explained(site)
        assert not ours
        assert {refusal["rule"] for refusal in refusals} == {"not_subordinate"}
    finally:
        network.do("subordinates", "resume", city, county)
    assert len(ofcli.paths(site, network.national)) == 1


# -------------------------------------------------------------------------------- spid-cie-oidc, above and below


def test_spid_as_trust_anchor(network: Network, spid_anchor: SpidAuthority, ofcli: Ofcli) -> None:
    site, anchor = network.sandbox.entity_id("housing"), spid_anchor.entity_id
    ours = network.resolve(site, anchor)
    assert ours["path"] == [site, network.authority("330100"), network.authority("330000"), anchor]
    metadata = ours["metadata"][RELYING_PARTY]
    assert metadata["contacts"] == [CONTACT]
    # Their policy alone: the national one does not stand on this way.
    assert set(metadata["grant_types"]) == {"authorization_code", "refresh_token"}
    assert "subject_type" not in metadata
    assert (
        "client_credentials"
        in network.resolve(site, network.national)["metadata"][RELYING_PARTY]["grant_types"]
    )
    # A third implementation sees the same.
    assert ofcli.paths(site, anchor) == {tuple(ours["path"])}
    theirs = ofcli.ask("resolve", site, "--ta", anchor, "--entity-type", RELYING_PARTY)
    assert alike(theirs) == alike(metadata)


def test_spid_leaves_a_province(network: Network, spid_anchor: SpidAuthority) -> None:
    site, anchor = network.sandbox.entity_id("housing"), spid_anchor.entity_id
    assert network.answers(site, anchor) == 200
    spid_anchor.leave(network.authority("330000"))
    gone = time.monotonic()
    # The running provider hears nothing: it asks again by itself, here every RECHECK seconds, at most every minute.
    while network.answers(site, anchor) == 200:
        assert time.monotonic() - gone < 10 * RECHECK
        time.sleep(0.2)
    # The other ways stand.
    assert network.answers(site, network.national) == 200
    ours, refusals = network.explained(site)
    assert {path[-1] for path in ours} == {network.national}
    assert [(one["rule"], one["superior_id"]) for one in refusals] == [("not_subordinate", anchor)]


def test_spid_as_intermediate_with_a_site_below(
    network: Network, spid_intermediate: SpidAuthority, ofcli: Ofcli
) -> None:
    site = spid_intermediate.site_id
    spid_intermediate.vouch(site, metadata_policy={RELYING_PARTY: {"contacts": {"add": [CONTACT]}}})
    ours = network.resolve(site, network.national)
    assert ours["path"] == [site, spid_intermediate.entity_id, network.national]
    metadata = ours["metadata"][RELYING_PARTY]
    assert set(metadata["contacts"]) == {CONTACT, "ops@example.it"}
    assert metadata["data_storage_location"] == "CN"
    assert ofcli.paths(site, network.national) == {tuple(ours["path"])}
    theirs = ofcli.ask("resolve", site, "--ta", network.national, "--entity-type", RELYING_PARTY)
    assert alike(theirs) == alike(metadata)


def test_spid_resolves_what_stands_right_below_an_anchor(
    network: Network, spid_intermediate: SpidAuthority
) -> None:
    province, city = network.authority("330000"), network.authority("330100")
    theirs = spid_intermediate.resolve(province, network.national)
    ours = network.resolve(province, network.national)
    assert theirs["path"] == ours["path"]
    assert theirs["metadata"] == ours["metadata"]
    # It reads max_path_length in the anchor's own configuration alone, where the specification has none (§6.2).
    assert "refused" in spid_intermediate.resolve(city, network.national)
    assert network.resolve(city, network.national)["path"] == [city, province, network.national]


def test_spid_shows_trust_marks_where_they_do_not_belong(
    network: Network, spid_intermediate: SpidAuthority
) -> None:
    # With a profile, theirs puts the mark into its statement about the site; it belongs into the site's own (§3.1.2).
    spid_intermediate.vouch(spid_intermediate.site_id, profile=RELYING_PARTY)
    ours, refusals = network.explained(spid_intermediate.site_id)
    assert not ours
    assert {one["rule"] for one in refusals} == {"trust_marks"}


def test_spid_limits_paths_where_they_do_not_belong(network: Network, tmp_path: Path) -> None:
    # Constraints stand in statements about subordinates only (§3.1.3); theirs has them in its configuration.
    with spid(tmp_path, constraints={"max_path_length": 1}) as authority:
        authority.vouch(authority.site_id)
        assert authority.resolve(authority.site_id, authority.entity_id)["path"][-1] == authority.entity_id
        with pytest.raises(AssertionError, match="constraints"):
            network.do("anchors", "add", authority.entity_id, "--yes")
