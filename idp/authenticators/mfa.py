"""When ways of signing in are two factors together (RFC 8176 §2 ``mfa``): they differ in kind. Pure."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

AMR = "mfa"
USER = "user"
KEYS = frozenset({"hwk", "swk"})
SECOND_HAND = frozenset({"qr", "recognised"})
"""Another session's word: nobody knows which of the factors that opened that one it repeats."""


class Kind(StrEnum):
    """What a person shows (NIST SP 800-63B): what they know, have, or are."""

    KNOWLEDGE = "knowledge"
    POSSESSION = "possession"
    INHERENCE = "inherence"


# In the order in which `amr` lists them.
KINDS: Mapping[str, Kind] = {
    "pwd": Kind.KNOWLEDGE,
    "otp": Kind.POSSESSION,
    "sms": Kind.POSSESSION,
    # A sheet of paper with codes is something one has; RFC 8176 has no value for it, so this one is ours.
    "recovery_code": Kind.POSSESSION,
    # Approved from a phone that is logged in; RFC 8176 has no value for it either.
    "qr": Kind.POSSESSION,
    # A login at the provider of another province; RFC 8176 has no value for it.
    "recognised": Kind.POSSESSION,
    "hwk": Kind.POSSESSION,
    "swk": Kind.POSSESSION,
    # A passkey's own check of its owner, by finger, face or PIN: whichever it was, not another thing one has.
    "user": Kind.INHERENCE,
    "sc": Kind.POSSESSION,
    "pin": Kind.KNOWLEDGE,
}


def amr(methods: Iterable[str]) -> list[str]:
    """Return the ``amr`` claim for what was used: each once, in a fixed order, ``mfa`` last where it is true.

    An ``mfa`` among *methods* is worked out again, never believed; any other unknown method raises
    ValueError.
    """
    used = set(methods) - {AMR}
    unknown = used - set(KINDS)
    if unknown:
        msg = f"unknown authentication methods: {sorted(unknown)}"
        raise ValueError(msg)
    listed = [method for method in KINDS if method in used]
    return [*listed, AMR] if is_two_factors(listed) else listed


def joined(before: Iterable[str], shown: Iterable[str]) -> list[str]:
    """Return what was used *before* and what was *shown* now, together.

    ``user`` is said of one key: of two keys only the one that checked its owner stays, or it would read as if the
    better of them had.
    """
    earlier, now = set(before) - {AMR}, set(shown) - {AMR}
    if USER in now:
        earlier -= KEYS
    elif USER in earlier:
        now -= KEYS - earlier
    return sorted(earlier | now)


def is_two_factors(methods: Iterable[str]) -> bool:
    """Whether these are of at least two kinds. Another session's word is none: it may repeat what comes beside."""
    return len({KINDS[method] for method in methods if method not in {AMR, *SECOND_HAND}}) > 1
