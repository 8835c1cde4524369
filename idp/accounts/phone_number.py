"""Phone numbers as people type them, brought into one form (ITU-T E.164). Pure.

A number without a country code is a mobile number of mainland China (+86); only mobile numbers of the
mainland are taken, because codes go there by SMS. Of other countries only the length is known here.
"""

import re
import unicodedata

from idp.errors import InvalidInput

LONGEST_TYPED = 40
MAINLAND = "86"

_SEPARATORS = re.compile(r"[\s\-().·/]")
_TYPED = re.compile(r"(?P<international>\+|00)?(?P<digits>[0-9]+)")
_MAINLAND_MOBILE = re.compile(r"1[3-9][0-9]{9}")
# E.164 §6.2.1: at most 15 digits; no country has numbers shorter than 7 with its code.
_ABROAD = re.compile(r"[1-9][0-9]{6,14}")


def find(text: str) -> str | None:
    """Return the number as ``+8613800138000``, or None when *text* is no phone number."""
    if len(text) > LONGEST_TYPED:
        return None
    folded = unicodedata.normalize("NFKC", text)
    # Address books put invisible direction marks around numbers that are copied from them.
    visible = "".join(character for character in folded if unicodedata.category(character) != "Cf")
    typed = _TYPED.fullmatch(_SEPARATORS.sub("", visible))
    if typed is None:
        return None
    digits = typed["digits"]
    national = digits.removeprefix(MAINLAND)
    if _MAINLAND_MOBILE.fullmatch(national) and (national == digits or len(digits) == len(national) + 2):
        # "1…" after a plus is not the mainland but North America, whose numbers are as long.
        return f"+{digits}" if typed["international"] and national == digits else f"+{MAINLAND}{national}"
    if not typed["international"] or digits.startswith(MAINLAND) or not _ABROAD.fullmatch(digits):
        return None
    return f"+{digits}"


def get(text: str) -> str:
    """Return the number in its one form; raises InvalidInput (``phone_malformed``, field ``phone``)."""
    number = find(text)
    if number is None:
        raise InvalidInput(
            "phone_malformed", "Enter a phone number, for example 138 0013 8000", field="phone"
        )
    return number


def masked(number: str) -> str:
    """Return what its owner recognises and nobody else learns: ``138****8000``, ``+852 ****4567``."""
    if number.startswith(f"+{MAINLAND}"):
        national = number.removeprefix(f"+{MAINLAND}")
        return f"{national[:3]}****{national[-4:]}"
    return f"{number[:4]} ****{number[-3:]}"
