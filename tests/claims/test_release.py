from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp import claims
from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.claims import release
from idp.claims.request import ClaimsRequest
from tests.provider import Provider


@pytest.fixture
def account(provider: Provider) -> Iterator[Account]:
    person = provider.person()
    with provider.context():
        yield accounts.get(person.id)


scopes = st.sets(st.sampled_from([*claims.SCOPES, "unknown"]))
Conditions = dict[str, dict[str, Any]]
names: st.SearchStrategy[Conditions] = st.dictionaries(
    st.sampled_from([*claims.SUPPORTED, "email", "x"]), st.builds(dict), max_size=5
)


@given(scopes, names, names)
def test_every_item_a_request_needs_is_known(
    scopes: set[str], userinfo: Conditions, token: Conditions
) -> None:
    items = release.requested_items(scopes, ClaimsRequest(userinfo, token))
    assert items <= claims.ITEMS.keys()
    for module in claims.ALL:
        if module.SCOPE in scopes:
            assert module.ITEMS.keys() <= items


def test_nothing_is_released_beyond_the_items(account: Account) -> None:
    everything: Conditions = {name: {} for name in claims.ITEM_OF_CLAIM}
    for item, expected in claims.ITEMS.items():
        assert release.for_userinfo(account, claims.SCOPES, everything, [item]).keys() == set(expected)
        assert release.for_id_token(account, everything, [item]).keys() == set(expected)
    assert release.for_userinfo(account, claims.SCOPES, everything, []) == {}


def test_a_scope_releases_to_userinfo_only(account: Account) -> None:
    """OIDC Core §5.4."""
    items = list(claims.ITEMS)
    assert release.for_userinfo(account, ["openid", "phone"], {}, items).keys() == {
        "phone_number",
        "phone_number_verified",
    }
    assert release.for_userinfo(account, ["openid", "offline_access"], {}, items) == {}
    assert release.for_id_token(account, {}, items) == {}


def test_unknown_claims_are_ignored(account: Account) -> None:
    """OIDC Core §5.5: members nobody knows."""
    assert release.for_userinfo(account, ["openid"], {"email": {}, "sub": {}}, list(claims.ITEMS)) == {}
