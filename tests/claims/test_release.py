from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp import claims
from idp.claims import release
from idp.claims.about import About, oneself
from idp.claims.request import ClaimsRequest
from tests.claims import proven
from tests.provider import Provider


@pytest.fixture
def about(provider: Provider) -> Iterator[About]:
    with provider.context():
        yield oneself(proven.citizen(provider))


scopes = st.sets(st.sampled_from([*claims.SCOPES, "unknown"]))
Conditions = dict[str, dict[str, Any]]
names: st.SearchStrategy[Conditions] = st.dictionaries(
    st.sampled_from([*claims.SUPPORTED, "email", "x"]), st.builds(dict), max_size=5
)
# What a citizen who acts for nobody has no value of.
# The last two: only where an anchor of the federation lists us, and where an older account was linked.
NOT_OF_CITIZENS = {
    "enterprise_name",
    "enterprise_uscc",
    "agent_name",
    "authority",
    "identity_join_keys",
    "legacy_id",
}


@given(scopes, names, names)
def test_every_item_a_request_needs_is_known(
    scopes: set[str], userinfo: Conditions, token: Conditions
) -> None:
    items = release.requested_items(scopes, ClaimsRequest(userinfo, token))
    assert items <= claims.ITEMS.keys()
    for module in claims.ALL:
        if module.SCOPE in scopes:
            assert module.ITEMS.keys() <= items


def test_nothing_is_released_beyond_the_items(about: About) -> None:
    everything: Conditions = {name: {} for name in claims.ITEM_OF_CLAIM}
    for item, named in claims.ITEMS.items():
        expected = set(named) - NOT_OF_CITIZENS
        assert release.for_userinfo(about, claims.SCOPES, everything, [item]).keys() == expected
        assert release.for_id_token(about, everything, [item]).keys() == expected
    assert release.for_userinfo(about, claims.SCOPES, everything, []) == {}


def test_a_scope_releases_to_userinfo_only(about: About) -> None:
    """OIDC Core §5.4."""
    items = list(claims.ITEMS)
    assert release.for_userinfo(about, ["openid", "phone"], {}, items).keys() == {
        "phone_number",
        "phone_number_verified",
    }
    assert release.for_userinfo(about, ["openid", "offline_access"], {}, items) == {}
    assert release.for_id_token(about, {}, items) == {}


def test_scopes_carry_no_number_and_no_birthday(about: About) -> None:
    answer = release.for_userinfo(about, claims.SCOPES, {}, list(claims.ITEMS))
    assert answer.keys() == {
        "name",
        "locale",
        "phone_number",
        "phone_number_verified",
        "real_name",
        "division",
    }


def test_unknown_claims_are_ignored(about: About) -> None:
    """OIDC Core §5.5: members nobody knows."""
    assert release.for_userinfo(about, ["openid"], {"email": {}, "sub": {}}, list(claims.ITEMS)) == {}


def test_authority_is_never_a_plain_claim(about: About) -> None:
    assert release.requested_items(["openid"], ClaimsRequest({"authority": {}}, {})) == frozenset()


def test_claims_within_verified_claims_need_their_items() -> None:
    wanted = {
        "verified_claims": {
            "sets": [
                {
                    "verification": {"trust_framework": None, "evidence": None},
                    "claims": {
                        "name": None,
                        "birthdate": {"essential": True},
                        "phone_number": None,
                        "x": None,
                    },
                }
            ]
        }
    }
    assert release.requested_items([], ClaimsRequest(wanted, {})) == {"name", "birthdate", "evidence"}
    assert release.requested_items([], ClaimsRequest({}, wanted)) == {"name", "birthdate", "evidence"}
