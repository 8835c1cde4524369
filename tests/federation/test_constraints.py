import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.federation import constraints
from idp.federation.constraints import ConstraintRefused
from tests.federation.line import RP

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "vectors" / "constraints.json").read_text(encoding="utf-8")
)
LABELS = st.from_regex(r"[a-z][a-z0-9]{0,5}", fullmatch=True)
HOSTS = st.lists(LABELS, min_size=1, max_size=4).map(".".join)


@pytest.mark.parametrize("vector", VECTORS, ids=[one["about"] for one in VECTORS])
def test_the_vectors(vector: dict[str, Any]) -> None:
    given_ = constraints.read(vector["constraints"])
    if "rule" not in vector:
        constraints.check(given_, vector["below"])
        return
    with pytest.raises(ConstraintRefused) as refused:
        constraints.check(given_, vector["below"])
    assert (refused.value.rule, refused.value.entity_id) == (vector["rule"], vector["entity"])


WRONG_LENGTHS: list[Any] = [-1, 1.5, "1", None, True, []]
WRONG_NAMES: list[Any] = [
    *(None, "a.example", {}, [7], [""], ["."], ["https://a.example"], ["*.example"], ["a.example."]),
    *(["a..b"], ["a.example:443"], ["-a"], ["文.example"], ["a.example"] * 1001, ["a." * 200 + "example"]),
]
WRONG_TYPES: list[Any] = [None, RP, [7], [""], {}, [[]], ["federation_entity", RP]]
WRONG: list[Any] = [
    *(None, [], "x", 7),
    *({"max_path_length": one} for one in WRONG_LENGTHS),
    *({"naming_constraints": one} for one in (None, "x", 7)),
    *({"naming_constraints": {"permitted": one}} for one in WRONG_NAMES),
    *({"naming_constraints": {"excluded": one}} for one in WRONG_NAMES),
    *({"allowed_entity_types": one} for one in WRONG_TYPES),
]


@pytest.mark.parametrize("value", WRONG)
def test_what_are_no_constraints(value: object) -> None:
    with pytest.raises(ValueError, match="must"):
        constraints.read(value)


def test_a_number_beyond_all_is_as_good_as_none() -> None:
    constraints.check(constraints.read({"max_path_length": 10**30}), ["https://a.example"] * 50)


def test_entity_types_that_are_not_allowed_are_taken_away() -> None:
    """§6.2.3: federation_entity always stays."""
    metadata = {RP: {"a": 1}, "openid_provider": {}, "federation_entity": {}}
    for allowed, kept in (
        ({}, set(metadata)),
        ({"allowed_entity_types": [RP]}, {RP, "federation_entity"}),
        ({"allowed_entity_types": []}, {"federation_entity"}),
        ({"allowed_entity_types": ["oauth_client"]}, {"federation_entity"}),
    ):
        assert set(constraints.allowed(constraints.read(allowed), metadata)) == kept
    assert constraints.allowed(constraints.read({"allowed_entity_types": [RP]}), metadata)[RP] == {"a": 1}


@given(HOSTS, HOSTS)
def test_a_domain_holds_for_what_ends_in_it_and_a_host_for_itself(host: str, domain: str) -> None:
    name = f"https://{host}"
    if host.rpartition(".")[2].isdigit():
        return
    for written, holds in ((f".{domain}", host.endswith(f".{domain}")), (domain, host == domain)):
        excluded = constraints.read({"naming_constraints": {"excluded": [written]}})
        permitted = constraints.read({"naming_constraints": {"permitted": [written]}})
        assert _allows(excluded, name) is not holds
        assert _allows(permitted, name) is holds


def _allows(given_: constraints.Constraints, name: str) -> bool:
    try:
        constraints.check(given_, [name])
    except ConstraintRefused:
        return False
    return True
