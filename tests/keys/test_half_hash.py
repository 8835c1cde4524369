import pytest

from idp.keys import half_hash


def test_the_example_of_the_specification() -> None:
    """OIDC Core A.3: ``at_hash`` of an ID token signed with RS256."""
    token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"
    assert half_hash.of(token, "RS256") == "77QmUPtjPfzWtF2AnpK9RQ"


@pytest.mark.parametrize(("alg", "characters"), [("ES256", 22), ("PS256", 22), ("EdDSA", 43)])
def test_half_of_what_the_algorithm_hashes_with(alg: str, characters: int) -> None:
    assert len(half_hash.of("token", alg)) == characters
