"""Unified social credit codes 统一社会信用代码 (GB 32100-2015), with the organisation code inside (GB 11714-1997)."""

import re
from dataclasses import dataclass

from idp.errors import InvalidInput
from idp.identifiers import typed

TYPE = "uscc"
# No I, O, S, V, Z: they look like 1, 0, 5, U, 2.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = tuple(pow(3, position, 31) for position in range(17))
ORGANIZATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

_FORM = re.compile(rf"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}")


@dataclass(frozen=True)
class Uscc:
    """A well-formed code and its parts: who registered the organisation, as what, where, under which code."""

    number: str
    authority: str
    category: str
    division: str
    organization_code: str


def check_character(seventeen: str) -> str:
    """Return the eighteenth character (GB 32100 §4.2.6)."""
    total = sum(
        weight * ALPHABET.index(character) for weight, character in zip(WEIGHTS, seventeen, strict=True)
    )
    return ALPHABET[-total % 31]


def organization_check(eight: str) -> str:
    """Return the ninth character of an organisation code (GB 11714 §3.2)."""
    total = sum(
        weight * int(character, 36) for weight, character in zip(ORGANIZATION_WEIGHTS, eight, strict=True)
    )
    return "0123456789X"[-total % 11]


def find(text: str) -> Uscc | None:
    """Return the code with its parts, or None when *text* is none."""
    number = typed.normalized(text)
    if not _FORM.fullmatch(number) or check_character(number[:-1]) != number[-1]:
        return None
    if organization_check(number[8:16]) != number[16]:
        return None
    return Uscc(number, number[0], number[1], number[2:8], number[8:17])


def parse(text: str) -> Uscc:
    """Return the code with its parts; raises InvalidInput ``uscc_malformed``, field ``uscc``."""
    found = find(text)
    if found is None:
        raise InvalidInput(
            "uscc_malformed", "Enter the 18 characters of the unified social credit code", field="uscc"
        )
    return found
