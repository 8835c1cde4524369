"""Whether a relying party asks for no more than its items 事项 need (domain §5.9, PIPL art. 6).

config/items.csv says which data each item code needs. Where it says nothing of a code, nothing is refused.
"""

from collections.abc import Collection

from idp.mandates import item

# Not facts about the person: in which language, on whose behalf, by what right, how it was proven, and what the site
# itself called them before.
ALWAYS = frozenset(
    {"locale", "offline_access", "division", "enterprise", "agent_name", "mandate", "evidence", "age_band"}
    | {"legacy_id"}
)


def beyond(item_codes: tuple[str, ...], names: Collection[str]) -> frozenset[str]:
    """Return which of these items of data none of *item_codes* needs."""
    needed = item.data_of(item_codes)
    return frozenset() if needed is None else frozenset(names) - needed - ALWAYS


def within(item_codes: tuple[str, ...], names: frozenset[str]) -> frozenset[str]:
    """Return what of these items of data *item_codes* need."""
    return names - beyond(item_codes, names)
