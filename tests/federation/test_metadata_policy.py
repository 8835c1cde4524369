from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from idp.federation import metadata_policy
from idp.federation.metadata_policy import Policy, PolicyRefused
from tests.federation import policy_oracle
from tests.federation.line import RP
from tests.federation.policy_oracle import Rules


def read(**parameters: Any) -> Policy:
    return metadata_policy.read({RP: parameters})


def merged(superiors: list[Rules]) -> Policy:
    found = metadata_policy.EMPTY
    for rules in superiors:
        found = metadata_policy.merge(found, metadata_policy.read({RP: rules}))
    return found


def apply(policy: Policy, **metadata: Any) -> dict[str, Any]:
    return metadata_policy.apply(policy, {RP: metadata})[RP]


def unordered(value: Any) -> Any:
    """Lists of words have no order (§6.1.3)."""
    if isinstance(value, dict):
        return {name: unordered(one) for name, one in value.items()}
    return sorted(value) if isinstance(value, list) else value


@settings(max_examples=400, deadline=None)
@given(policy_oracle.policies(), policy_oracle.METADATA)
def test_another_implementation_comes_to_the_same(superiors: list[Rules], metadata: dict[str, Any]) -> None:
    theirs = policy_oracle.merge(superiors)
    try:
        ours = merged(superiors)
    except PolicyRefused as refused:
        event(f"refused: {refused.operator} {refused.reason}")
        assert theirs is None
        return
    assert theirs is not None, superiors
    mine = ours.to_json().get(RP, {})
    assert unordered({name: operators for name, operators in mine.items() if operators}) == unordered(theirs)
    resolved = policy_oracle.apply(theirs, metadata)
    try:
        assert unordered(apply(ours, **metadata)) == unordered(resolved)
    except PolicyRefused as refused:
        event(f"not applied: {refused.operator} {refused.reason}")
        assert resolved is None


@given(policy_oracle.policies(), policy_oracle.METADATA)
def test_the_merged_policy_is_never_laxer_than_any_superiors(
    superiors: list[Rules], metadata: dict[str, Any]
) -> None:
    """§6.1.1: what a subordinate adds only tightens. What comes out passes each superior's policy alone."""
    try:
        resolved = apply(merged(superiors), **metadata)
    except PolicyRefused:
        return
    for rules in superiors:
        again = apply(metadata_policy.read({RP: rules}), **resolved)
        assert unordered(again) == unordered(resolved)


@given(policy_oracle.policies())
def test_merging_changes_neither(superiors: list[Rules]) -> None:
    try:
        policies = [metadata_policy.read({RP: rules}) for rules in superiors]
    except PolicyRefused:
        return
    before = [policy.to_json() for policy in policies]
    try:
        found = metadata_policy.EMPTY
        for policy in policies:
            found = metadata_policy.merge(found, policy)
    except PolicyRefused:
        pass
    assert [policy.to_json() for policy in policies] == before


def test_the_example_of_the_specification() -> None:
    """§6.1.5."""
    anchor = read(
        grant_types={
            "default": ["authorization_code"],
            "subset_of": ["authorization_code", "refresh_token"],
            "superset_of": ["authorization_code"],
        },
        token_endpoint_auth_method={
            "one_of": ["private_key_jwt", "self_signed_tls_client_auth"],
            "essential": True,
        },
        token_endpoint_auth_signing_alg={"one_of": ["PS256", "ES256"]},
        subject_type={"value": "pairwise"},
        contacts={"add": ["helpdesk@federation.example.org"]},
    )
    organization = read(
        grant_types={"subset_of": ["authorization_code"]},
        token_endpoint_auth_method={"one_of": ["self_signed_tls_client_auth"]},
        contacts={"add": ["helpdesk@org.example.org"]},
    )
    resolved = apply(
        metadata_policy.merge(anchor, organization),
        redirect_uris=["https://rp.example.org/callback"],
        response_types=["code"],
        token_endpoint_auth_method="self_signed_tls_client_auth",
        contacts=["rp_admins@rp.example.org"],
    )
    assert resolved == {
        "redirect_uris": ["https://rp.example.org/callback"],
        "grant_types": ["authorization_code"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "self_signed_tls_client_auth",
        "subject_type": "pairwise",
        "contacts": [
            *("rp_admins@rp.example.org", "helpdesk@federation.example.org", "helpdesk@org.example.org"),
        ],
    }


def test_a_scope_is_a_list_of_words() -> None:
    """§6.1.3.1.8: a text outside, a list for the operators."""
    assert apply(read(scope={"subset_of": ["openid", "profile"]}), scope="openid  phone") == {
        "scope": "openid"
    }
    assert apply(read(scope={"add": ["profile"]}), scope="openid profile") == {"scope": "openid profile"}
    assert apply(read(scope={"add": ["profile"]})) == {"scope": "profile"}
    assert apply(read(scope={"value": "openid phone", "subset_of": ["phone", "openid"]})) == {
        "scope": "openid phone"
    }
    assert apply(read(scope={"default": ["openid"]})) == {"scope": "openid"}
    assert apply(read(scope={"superset_of": ["openid"]}), scope="profile openid") == {
        "scope": "profile openid"
    }
    assert apply(read(scope={"essential": True}), scope="openid") == {"scope": "openid"}
    assert apply(read(scope={"value": None}), scope="openid") == {}
    assert apply(read(scope={"subset_of": ["a"]}), scope=["a", "b"]) == {"scope": "a"}
    with pytest.raises(PolicyRefused, match="superset_of"):
        apply(read(scope={"superset_of": ["openid"]}), scope="openid2")
    with pytest.raises(PolicyRefused, match="one_of"):
        apply(read(scope={"one_of": ["openid"]}), scope="openid")
    for wrong in ([7], ["a", {}]):
        with pytest.raises(PolicyRefused, match="unsupported_type"):
            apply(read(scope={"essential": True}), scope=wrong)
        with pytest.raises(PolicyRefused, match="unsupported_type"):
            read(scope={"add": wrong})
    same = metadata_policy.merge(read(scope={"default": "a b"}), read(scope={"default": ["a", "b"]}))
    assert apply(same) == {"scope": "a b"}


def test_policies_of_other_types_and_other_parameters_do_not_touch() -> None:
    policy = metadata_policy.read(
        {RP: {"a": {"value": 1}}, "openid_provider": {"a": {"value": 2}, "b": {"essential": True}}}
    )
    assert metadata_policy.apply(policy, {RP: {"c": 3}, "oauth_client": {}}) == {
        RP: {"a": 1, "c": 3},
        "oauth_client": {},
    }


def test_the_metadata_that_was_given_stays_as_it_was() -> None:
    metadata = {RP: {"a": ["x"]}}
    metadata_policy.apply(read(a={"add": ["y"]}, b={"default": 1}), metadata)
    assert metadata == {RP: {"a": ["x"]}}


def test_additional_operators_are_ignored_unless_they_are_critical() -> None:
    """§6.1.3.2."""
    rules = {RP: {"a": {"regexp": "^x$", "essential": True}}}
    assert metadata_policy.read(rules).to_json() == {RP: {"a": {"essential": True}}}
    assert metadata_policy.read(rules, {"other"}).to_json() == {RP: {"a": {"essential": True}}}
    with pytest.raises(PolicyRefused) as refused:
        metadata_policy.read(rules, {"regexp"})
    assert (refused.value.entity_type, refused.value.parameter) == (RP, "a")
    assert (refused.value.operator, refused.value.value, refused.value.reason) == (
        *("regexp", "^x$", "not_understood"),
    )
    with pytest.raises(PolicyRefused, match="regexp: not_understood"):
        metadata_policy.check_critical(["regexp"])
    metadata_policy.check_critical([])


@pytest.mark.parametrize(
    "value",
    [
        *(None, [], "x", {RP: []}, {RP: {"a": []}}, {RP: {"a": "value"}}, {RP: None}),
        {str(number): {} for number in range(51)},
        {RP: {str(number): {} for number in range(501)}},
    ],
)
def test_what_is_no_policy(value: object) -> None:
    """§6.1.2."""
    with pytest.raises(PolicyRefused, match="malformed"):
        metadata_policy.read(value)


def test_a_refusal_says_where() -> None:
    with pytest.raises(PolicyRefused) as refused:
        metadata_policy.merge(read(a={"value": "x"}), read(b={"value": 1}, a={"value": "y"}))
    assert (refused.value.entity_type, refused.value.parameter) == (RP, "a")
    assert (refused.value.operator, refused.value.value, refused.value.reason) == ("value", "y", "conflict")
    with pytest.raises(PolicyRefused, match=f"{RP}.a value\\+one_of: not_combinable"):
        metadata_policy.merge(read(a={"value": "x"}), read(a={"one_of": ["y"]}))


@settings(max_examples=200)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from([RP, "scope", "value", "add", "one_of", "subset_of"]), inner, max_size=4
            )
        ),
        max_leaves=12,
    ),
    st.dictionaries(
        st.sampled_from(["scope", "value", "add"]), st.integers() | st.text() | st.lists(st.text())
    ),
)
def test_nothing_breaks_it(value: object, metadata: dict[str, Any]) -> None:
    try:
        policy = metadata_policy.read(value)
        metadata_policy.apply(metadata_policy.merge(policy, policy), {RP: metadata})
    except PolicyRefused as refused:
        assert refused.reason  # noqa: PT017 - nothing else may come out
