"""Passports: a number means something only together with the country that issued it (ICAO Doc 9303)."""

import re
from dataclasses import dataclass

from idp.errors import InvalidInput
from idp.identifiers import typed

TYPE = "passport"

# Nine characters in the machine-readable zone, more on some older books.
_NUMBER = re.compile(r"[A-Z0-9]{5,20}")
# ISO 3166-1 alpha-3 and the codes of Doc 9303 part 3 §5 ("XXA" stateless, "D" Germany).
_COUNTRY = re.compile(r"[A-Z]{3}|D")


@dataclass(frozen=True)
class Passport:
    """Issuing country and number; both together are the key."""

    number: str
    country: str


def find(text: str, country: str) -> Passport | None:
    """Return the passport, or None when number or country are malformed."""
    number, issuer = typed.normalized(text), typed.normalized(country)
    if not _NUMBER.fullmatch(number) or not _COUNTRY.fullmatch(issuer) or not re.search("[0-9]", number):
        return None
    return Passport(number, issuer)


def parse(text: str, country: str) -> Passport:
    """Return the passport; raises InvalidInput ``passport_malformed``, field ``number`` or ``country``."""
    found = find(text, country)
    if found is not None:
        return found
    if not _COUNTRY.fullmatch(typed.normalized(country)):
        raise InvalidInput("passport_country_malformed", "Choose the issuing country", field="country")
    raise InvalidInput("passport_malformed", "Enter the passport number", field="number")
