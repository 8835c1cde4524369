"""The published document: everything a site needs, nothing that is no JSON."""

import json

from hypothesis import given

from idp.assurance import acr, document, policy_file
from idp.assurance.policy import Policy
from tests.assurance import worlds
from tests.assurance.test_policy_file import changed
from tests.assurance.worlds import PACKAGED


def published(policy: Policy) -> dict[str, object]:
    content = document.published(policy, number=3, digest="ab", effective_from="2026-11-22T00:00:00+00:00")
    again: dict[str, object] = json.loads(json.dumps(content))
    assert again == content
    return again


@given(worlds.policies())
def test_every_policy_can_be_published(policy: Policy) -> None:
    content = published(policy)
    assert content["caps"] == {f"A{level}": policy.caps[level] for level in range(4)}


def test_it_says_levels_rule_and_floors() -> None:
    content = published(PACKAGED)
    assert content["version"] == 3
    assert content["digest"] == "sha-256:ab"
    assert content["acr_values_supported"] == [*acr.NAMES, acr.ASSISTED]
    assert set(document.RULE) == {"en", "zh"}
    floors = content["floors"]
    assert isinstance(floors, dict)
    assert floors["scopes"]["real_name"] == acr.of(2)
    assert floors["acts"]["change_phone"] == {"acr": "held", "max_age": 300}
    assert floors["acts"]["console"] == {"acr": acr.of(3), "cryptographic": True}
    levels = content["levels"]
    assert isinstance(levels, list)
    assert [one["answered_from_single_sign_on"] for one in levels] == [True, True, True, True, False]
    assert "valid_until" not in content


def test_an_end_is_published() -> None:
    ending = policy_file.parse(changed(("# valid_until =", "valid_until = 2028-01-01T00:00:00+08:00")))
    assert published(ending)["valid_until"] == "2028-01-01T00:00:00+08:00"
