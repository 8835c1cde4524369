"""Every group of claims keeps what its siblings promise."""

from idp import claims
from idp.accounts import account as accounts
from idp.claims.about import oneself
from tests.provider import Provider


def test_scopes_items_and_claims_are_each_named_once() -> None:
    items = [item for module in claims.GROUPS for item in module.ITEMS]
    named = [claim for module in claims.GROUPS for group in module.ITEMS.values() for claim in group]
    assert len(items) == len(set(items))
    assert len(named) == len(set(named))
    assert len(claims.SCOPES) == len(set(claims.SCOPES))
    assert len(claims.SUPPORTED) == len(set(claims.SUPPORTED))


def test_a_group_gives_the_claims_of_its_items_and_no_empty_ones(provider: Provider) -> None:
    """OIDC Core §5.3.2."""
    for person in (provider.person(), provider.person(phone=False)):
        with provider.context():
            about = oneself(accounts.get(person.id))
            for module in claims.GROUPS:
                values = module.values(about, {})
                assert values.keys() <= {claim for group in module.ITEMS.values() for claim in group}
                assert all(value not in (None, "", [], {}) for value in values.values())
