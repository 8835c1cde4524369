"""What an account may be called, and the other rules for facts about a person. Pure.

Each `get_…` returns the one form that is stored, or raises InvalidInput with the field's name.
"""

import datetime as dt
import re
import unicodedata

from idp.errors import InvalidInput
from idp.identifiers import person_name

LONGEST_NAME = 100
LONGEST_TYPED = 4 * LONGEST_NAME
LOCALES = ("zh_Hans", "en")
GENDERS = ("male", "female")
EARLIEST_BIRTH = dt.date(1870, 1, 1)

_USERNAME = re.compile(r"[a-z0-9._-]{4,32}")
_LETTER = re.compile(r"[a-z]")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# The last one divides the syllables of Tibetan names.
_NAME_PUNCTUATION = frozenset(" ·'’-.,()་")
_NAME_CATEGORIES = frozenset("LMN")


def find_username(text: str) -> str | None:
    """Return the user name in lower case, or None when no account can have that name."""
    if len(text) > LONGEST_TYPED:
        return None
    name = unicodedata.normalize("NFKC", text).strip().casefold()
    # At least one letter: a user name is never taken for a phone number.
    return name if _USERNAME.fullmatch(name) and _LETTER.search(name) else None


def get_username(text: str) -> str:
    """Return the user name in lower case (``username_malformed``)."""
    name = find_username(text)
    if name is None:
        raise InvalidInput(
            "username_malformed",
            "Choose a user name of 4 to 32 letters, digits, dots, hyphens or underscores",
            field="username",
        )
    return name


def get_name(text: str) -> str:
    """Return a person's name, NFKC, one kind of dot (``name_missing``, ``…_too_long``, ``…_malformed``)."""
    too_long = InvalidInput(
        "name_too_long", f"The name can have at most {LONGEST_NAME} characters", field="name"
    )
    if len(text) > LONGEST_TYPED:
        raise too_long
    folded = unicodedata.normalize("NFKC", text.translate(person_name.DOTS))
    name = " ".join(person_name.INVISIBLE.sub("", folded).split())
    if not name:
        raise InvalidInput("name_missing", "Enter your name", field="name")
    if len(name) > LONGEST_NAME:
        raise too_long
    categories = {
        unicodedata.category(character)[0] for character in name if character not in _NAME_PUNCTUATION
    }
    # No controls, direction marks or pictures: they could make a name look like something else on a page.
    if not categories <= _NAME_CATEGORIES or "L" not in categories:
        raise InvalidInput("name_malformed", "Enter your name in letters", field="name")
    return name


def get_gender(text: str) -> str:
    """Return ``male`` or ``female`` (OIDC Core §5.1; ``gender_unknown``)."""
    if text not in GENDERS:
        raise InvalidInput("gender_unknown", f"must be one of {', '.join(GENDERS)}", field="gender")
    return text


def get_birthdate(text: str) -> str:
    """Return the birthday as ``YYYY-MM-DD`` (OIDC Core §5.1; ``birthdate_malformed``)."""
    try:
        day = dt.date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or day < EARLIEST_BIRTH:
        raise InvalidInput("birthdate_malformed", "must be a day as YYYY-MM-DD", field="birthdate")
    return text


def get_locale(text: str) -> str:
    """Return a locale that the pages speak (``locale_unknown``)."""
    if text not in LOCALES:
        raise InvalidInput("locale_unknown", f"must be one of {', '.join(LOCALES)}", field="locale")
    return text
