"""What kinds of notices there are, and by which ways a person gets each. Pure.

Every notice stands in the account's inbox. Whether it also goes to the phone, the person chooses by category; what is
about the safety of the account always does. One more notice: a line in `CATEGORIES`, its message in
`idp.notify.notice_texts`, its words in `idp.pages.notice_wording`.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any


class Category(StrEnum):
    """What a notice is about, in the order in which people choose."""

    SECURITY = "security"
    LEVEL = "level"
    MANDATE = "mandate"
    CONSENT = "consent"
    LOOK_UP = "look_up"
    STATUTORY = "statutory"
    SERVICE = "service"


SMS = "sms"
INBOX = "inbox"
# Nobody can switch these off: whoever holds the account for an hour must not be able to work unseen.
ALWAYS = frozenset({Category.SECURITY})
# By message too, unless the person chose otherwise.
BY_SMS = frozenset(Category) - {Category.STATUTORY, Category.SERVICE}

CATEGORIES: Mapping[str, Category] = {
    "account_closed": Category.SECURITY,
    "account_linked": Category.SECURITY,
    "account_merged": Category.SECURITY,
    "account_unlinked": Category.SECURITY,
    "assisted_receipt": Category.SECURITY,
    "certificate_added": Category.SECURITY,
    "certificate_distrusted": Category.SECURITY,
    "certificate_removed": Category.SECURITY,
    "certificate_renamed": Category.SECURITY,
    "closing_asked": Category.SECURITY,
    "closing_cancelled": Category.SECURITY,
    "closing_soon": Category.SECURITY,
    "consent_expired": Category.CONSENT,
    "consent_given_for_you": Category.CONSENT,
    "consent_withdrawn": Category.CONSENT,
    "deletion_answered": Category.SERVICE,
    "deletion_overdue": Category.SERVICE,
    "export_made": Category.SECURITY,
    "fewer_messages": Category.SECURITY,
    "guardian_birthday": Category.MANDATE,
    "guardian_established": Category.MANDATE,
    "guardian_of_age": Category.MANDATE,
    "identity_lost": Category.SECURITY,
    "last_administrator_left": Category.MANDATE,
    "level_lowered": Category.LEVEL,
    "level_raised": Category.LEVEL,
    "looked_up": Category.LOOK_UP,
    "mandate_confirmed": Category.MANDATE,
    "mandate_ended": Category.MANDATE,
    "mandate_ends_soon": Category.MANDATE,
    "mandate_offered": Category.MANDATE,
    "new_device": Category.SECURITY,
    "not_me": Category.SECURITY,
    "passkey_added": Category.SECURITY,
    "passkey_removed": Category.SECURITY,
    "passkey_renamed": Category.SECURITY,
    "passkey_suspended": Category.SECURITY,
    "password_changed": Category.SECURITY,
    "password_removed": Category.SECURITY,
    "phone_changed": Category.SECURITY,
    "phone_restored": Category.SECURITY,
    "policy_changed": Category.STATUTORY,
    "post_offered": Category.MANDATE,
    "recognised_login": Category.SECURITY,
    "recovery_codes_created": Category.SECURITY,
    "recovery_completed": Category.SECURITY,
    "recovery_counter": Category.SECURITY,
    "recovery_stopped": Category.SECURITY,
    "recovery_waiting": Category.SECURITY,
    "statutory_release": Category.STATUTORY,
    "totp_added": Category.SECURITY,
    "totp_removed": Category.SECURITY,
}
# Values that the inbox keeps: what the person needs to understand the line. Never a link, which only the phone has.
KEPT = frozenset({"age", "day", "device", "item", "level", "organization", "reason", "site", "who"})
LONGEST_KEPT = 200
# A message has 200 characters in all; a name in it may have these.
LONGEST_SENT = 30


def goes_to_phone(name: str, choices: Mapping[str, Any]) -> bool:
    """Whether a notice of that name is also sent to the phone of a person who chose so."""
    return SMS in channels(CATEGORIES[name], choices)


def channels(category: Category, choices: Mapping[str, Any]) -> frozenset[str]:
    """Return the ways by which notices of *category* come, by *choices* as `chosen` made them."""
    if category in ALWAYS:
        return frozenset({INBOX, SMS})
    wanted = choices.get(category.value)
    by_sms = SMS in wanted if isinstance(wanted, list) else category in BY_SMS
    return frozenset({INBOX, SMS} if by_sms else {INBOX})


def chosen(by_sms: Iterable[str]) -> dict[str, list[str]]:
    """Return the choices of a person who wants exactly these categories by message; unknown ones count for nothing."""
    wanted = set(by_sms)
    return {
        category.value: [INBOX, SMS] if category.value in wanted else [INBOX]
        for category in Category
        if category not in ALWAYS
    }


def kept(values: Mapping[str, str]) -> dict[str, str]:
    """Return the values that stand in the inbox."""
    return {name: value[:LONGEST_KEPT] for name, value in values.items() if name in KEPT and value}


def sent(values: Mapping[str, str]) -> dict[str, str]:
    """Return the values as they fit into a message."""
    return {
        name: f"{value[: LONGEST_SENT - 1]}…" if name in KEPT and len(value) > LONGEST_SENT else value
        for name, value in values.items()
    }
