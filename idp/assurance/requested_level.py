"""The one published rule by which a site asks for a level (docs/levels.md). Pure."""

from enum import Enum


class Outcome(Enum):
    """What has to happen before the site can be answered."""

    SATISFIED = "satisfied"
    AUTHENTICATE = "authenticate"  # the account reaches it by logging in with more
    RAISE = "raise"  # proofing, or a new way of signing in, comes first
    UNMET = "unmet"
