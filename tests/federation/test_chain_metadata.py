"""What superiors make of the subject's metadata (OpenID Federation 1.0 §6), and who is named when they refuse it."""

from typing import Any

import pytest

from idp.federation.chain_refused import ChainRefused
from idp.federation.explanation import Step
from tests.federation.line import CITY, METADATA, NATION, PROVINCE, RP, SITE, Line, plain, policy


def refused(line: Line) -> ChainRefused:
    with pytest.raises(ChainRefused) as found:
        line.verify()
    return found.value


def where(found: ChainRefused) -> tuple[str, str, str, str]:
    return found.rule, found.entity_id, found.superior_id, found.operator


def steps(line: Line, kind: str) -> list[Step]:
    return [step for step in line.verify().steps if step.kind == kind]


def test_each_level_tightens() -> None:
    line = Line()
    line.said[3] = policy("scope", subset_of=["openid", "profile", "phone"])
    line.said[2] = policy("scope", subset_of=["openid", "phone"])
    line.said[1] = policy("acr_values", default=["l2"])
    chain = line.verify()
    assert chain.metadata[RP] == METADATA[RP] | {"scope": "openid phone", "acr_values": ["l2"]}
    about = [
        (step.superior_id, step.entity_id, step.outcome) for step in chain.steps if step.kind == "policy"
    ]
    assert about == [(NATION, PROVINCE, "changed"), (PROVINCE, CITY, "changed"), (CITY, SITE, "changed")]
    national, provincial, municipal = (step for step in chain.steps if step.kind == "policy")
    assert national.policy_before == {}
    assert plain(national.policy_after) == {RP: {"scope": {"subset_of": ["openid", "profile", "phone"]}}}
    assert provincial.policy_before == national.policy_after
    assert plain(provincial.policy_after) == {RP: {"scope": {"subset_of": ["openid", "phone"]}}}
    assert plain(municipal.policy_after) == {
        RP: {"scope": {"subset_of": ["openid", "phone"]}, "acr_values": {"default": ["l2"]}}
    }
    (applied,) = (step for step in chain.steps if step.kind == "application")
    assert (applied.metadata_before, applied.metadata_after) == (METADATA, chain.metadata)
    assert (applied.outcome, applied.entity_id, applied.superior_id) == ("changed", SITE, CITY)


def test_a_policy_that_says_nothing_new() -> None:
    line = Line()
    line.said[3] = line.said[2] = policy("scope", subset_of=["openid", "profile", "phone"])
    assert [step.outcome for step in steps(line, "policy")] == ["changed", "passed"]
    assert [step.outcome for step in steps(line, "application")] == ["passed"]


def test_two_superiors_who_contradict() -> None:
    line = Line()
    line.said[3] = policy("subject_type", value="pairwise")
    line.said[1] = policy("subject_type", value="public")
    found = refused(line)
    assert where(found) == ("metadata_policy.conflict", SITE, CITY, "value")
    assert (found.value, found.entity_type, found.parameter) == ("public", RP, "subject_type")
    assert plain(found.steps[-1].policy_before) == {RP: {"subject_type": {"value": "pairwise"}}}


def test_operators_that_must_not_meet() -> None:
    line = Line()
    line.said[3] = policy("grant_types", subset_of=["authorization_code"])
    line.said[2] = policy("grant_types", add=["refresh_token"])
    assert where(refused(line)) == ("metadata_policy.not_combinable", CITY, PROVINCE, "subset_of+add")


@pytest.mark.parametrize(
    ("operators", "rule", "operator"),
    [
        ({"subset_of": "openid"}, "unsupported_type", "subset_of"),
        ({"essential": 1}, "unsupported_type", "essential"),
        ({"value": None, "default": "a"}, "not_combinable", "value+default"),
    ],
)
def test_a_policy_that_is_none(operators: dict[str, Any], rule: str, operator: str) -> None:
    line = Line()
    line.said[2] = policy("scope", **operators)
    assert where(refused(line)) == (f"metadata_policy.{rule}", CITY, PROVINCE, operator)


@pytest.mark.parametrize("broken", [{RP: []}, {RP: {"scope": "openid"}}, {RP: {"scope": None}}])
def test_a_policy_without_its_three_levels(broken: dict[str, Any]) -> None:
    line = Line()
    line.said[3] = {"metadata_policy": broken}
    assert where(refused(line))[:3] == ("metadata_policy.malformed", PROVINCE, NATION)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_metadata_that_is_not_allowed_names_who_does_not_allow_it(number: int) -> None:
    line = Line()
    for level in (1, 2, 3):
        line.said[level] = policy("software_version", essential=level == number)
    found = refused(line)
    superior = [CITY, PROVINCE, NATION][number - 1]
    assert where(found) == ("metadata_policy.missing", SITE, superior, "essential")
    assert (found.entity_type, found.parameter, found.value) == (RP, "software_version", True)
    assert found.steps[-1].metadata_before == METADATA


def test_operators_nobody_here_understands() -> None:
    """§6.1.3.2: ignored, unless any superior says that they are critical."""
    line = Line()
    line.said[1] = policy("scope", regexp="^openid")
    assert line.verify().metadata == METADATA
    line.said[3] = {"metadata_policy_crit": ["regexp"]}
    found = refused(line)
    assert where(found) == ("metadata_policy.not_understood", PROVINCE, NATION, "regexp")
    line.said[3] = {"metadata_policy_crit": ["essential"]}
    assert refused(line).rule == "metadata_policy_crit"


def test_the_immediate_superior_sets_metadata_directly() -> None:
    """§3.1.1: before the policies, for types that the subject has, and for nobody further below."""
    line = Line()
    line.own[0]["metadata"] = METADATA | {"federation_entity": {}}
    line.said[1] = {
        "metadata": {
            RP: {"scope": "openid", "division_code": "330100"},
            "openid_provider": {"issuer": SITE},
        }
    } | policy("division_code", one_of=["330100"], essential=True)
    line.said[2] = {"metadata": {RP: {"scope": "never", "division_code": "330000"}}}
    chain = line.verify()
    assert chain.metadata == {
        RP: METADATA[RP] | {"scope": "openid", "division_code": "330100"},
        "federation_entity": {},
    }
    (step,) = (one for one in chain.steps if one.kind == "metadata")
    assert (step.entity_id, step.superior_id, step.outcome) == (SITE, CITY, "changed")
    assert step.metadata_before is not None
    assert step.metadata_before[RP]["scope"] == METADATA[RP]["scope"]
    line.said[1] = {"metadata": {}}
    assert not [one for one in line.verify().steps if one.kind == "metadata"]


def test_what_the_site_says_of_itself_does_not_override_its_superior() -> None:
    line = Line()
    line.own[0]["metadata"] = {RP: METADATA[RP] | {"division_code": "330000"}}
    line.said[1] = {"metadata": {RP: {"division_code": "330106"}}}
    assert line.verify().metadata[RP]["division_code"] == "330106"


def test_types_that_a_superior_does_not_allow_are_taken_away_before_the_policies() -> None:
    """§6.2.3."""
    line = Line()
    line.own[0]["metadata"] = METADATA | {"openid_provider": {"issuer": SITE}, "federation_entity": {}}
    line.said[3] = {"constraints": {"allowed_entity_types": [RP]}} | {
        "metadata_policy": {"openid_provider": {"jwks": {"essential": True}}}
    }
    chain = line.verify()
    assert set(chain.metadata) == {RP, "federation_entity"}
    (step,) = (one for one in chain.steps if one.kind == "entity_types")
    assert (step.superior_id, step.rule, step.value) == (NATION, "allowed_entity_types", ["openid_provider"])
    line.said[2] = {"constraints": {"allowed_entity_types": []}}
    assert set(line.verify().metadata) == {"federation_entity"}


@pytest.mark.parametrize(
    ("number", "limits", "wanted"),
    [
        (3, {"max_path_length": 1}, ("max_path_length", CITY, NATION)),
        (3, {"max_path_length": 0}, ("max_path_length", PROVINCE, NATION)),
        (2, {"max_path_length": 0}, ("max_path_length", CITY, PROVINCE)),
        (3, {"naming_constraints": {"permitted": [".example"]}}, None),
        (3, {"naming_constraints": {"permitted": [".city.example"]}}, ("permitted", PROVINCE, NATION)),
        (2, {"naming_constraints": {"permitted": [".city.example"]}}, ("permitted", CITY, PROVINCE)),
        (1, {"naming_constraints": {"permitted": [".city.example"]}}, None),
        (1, {"naming_constraints": {"excluded": ["site.city.example"]}}, ("excluded", SITE, CITY)),
        (3, {"max_path_length": 2}, None),
        (1, {"max_path_length": 0}, None),
    ],
)
def test_constraints_are_each_superiors_own(
    number: int, limits: dict[str, Any], wanted: tuple[str, str, str] | None
) -> None:
    """§6.2."""
    line = Line()
    line.said[number] = {"constraints": limits}
    if wanted is None:
        assert [step.value for step in steps(line, "constraints")] == [limits]
        return
    found = refused(line)
    assert (found.rule, found.entity_id, found.superior_id) == wanted
    assert found.steps[-1].kind == "constraints"


def test_without_policy_the_metadata_is_the_subjects_own() -> None:
    line = Line()
    chain = line.verify()
    assert chain.metadata == METADATA
    assert chain.metadata is not chain.statements[0].metadata


def test_an_entity_that_says_nothing_of_itself() -> None:
    line = Line()
    line.own[0]["metadata"] = None
    line.said[1] = policy("scope", essential=True)
    assert line.verify().metadata == {}
