"""What a new password must be: long enough, and not what everybody tries first (NIST SP 800-63B-4 §3.1.1.2).

Pure. Under ``nist`` no rules on kinds of characters and no forced changes: they make passwords worse. Under ``djbh3``
(等保 2.0 level 3, GB/T 22239-2019 8.1.4.1) three kinds of characters on top; history and age are `password_rules`'.
"""

import re
import unicodedata
from importlib import resources

from idp.accounts import phone_number
from idp.errors import InvalidInput

NIST = "nist"
DJBH3 = "djbh3"
KINDS = 3  # of four, under djbh3
LONGEST = 1024  # characters that are read; longer ones are never right
SHORTEST_OWN = 4  # a user name shorter than this is no part of a password worth speaking of
FEW = 3  # different characters that make no password
SHORT_PERIOD = 5
# Keys in the order in which fingers find them; read forwards, backwards and round.
ROWS = (
    "1234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "1q2w3e4r5t6y7u8i9o0p",
    "!@#$%^&*()",
)
# Words, in English and pinyin, of which such passwords are made.
COMMON_WORDS = frozenset(
    resources.files("idp.authenticators").joinpath("common_words.txt").read_text(encoding="utf-8").split()
)
_LEET = str.maketrans("@4301$5!7", "aaeoissit")
AROUND = 3  # signs beside a run of keys that do not make it any better: a123456789
# Numbers that sound or look lucky, one after another: 5201314520.
_LUCKY = re.compile(r"(?:1314|520|521|168|666|888|999|123|321|456|789|147|258|369)+")
# From the first letter to the last; found in one pass, however hostile the text is.
_CORE = re.compile(r"[a-z](?:.*[a-z])?", re.DOTALL)


def check(
    password: str, *, minimum: int, username: str = "", phone: str | None = None, policy: str = NIST
) -> None:
    """Raise InvalidInput (``password_too_short`` …, field ``password``) when nobody may have it."""
    if len(password) > LONGEST:
        raise _wrong("too_long", "The password is too long")
    folded = unicodedata.normalize("NFKC", password).casefold()
    if len(unicodedata.normalize("NFKC", password)) < minimum:
        raise _wrong("too_short", f"The password needs at least {minimum} characters")
    own = [username.casefold()] if len(username) >= SHORTEST_OWN else []
    own += [phone[-8:]] if phone else []
    if any(part in folded for part in own):
        raise _wrong("personal", "The password must not contain your user name or phone number")
    if is_common(folded):
        raise _wrong("common", "This password is on the list of commonly used passwords. Choose another one")
    if policy == DJBH3 and kinds(password) < KINDS:
        raise _wrong(
            "simple", "The password needs three of these: small letters, capital letters, digits, other signs"
        )


def kinds(password: str) -> int:
    """Return how many of the four kinds of characters there are; Chinese ones count as other signs."""
    tests = (str.islower, str.isupper, str.isdecimal, lambda one: not one.isalnum() or not one.isascii())
    return sum(any(test(one) for one in unicodedata.normalize("NFKC", password)) for test in tests)


def is_common(password: str) -> bool:
    """Whether guessers try this early: few characters, a run of keys, common words dressed up, a phone."""
    text = unicodedata.normalize("NFKC", password).casefold()
    if len(set(text)) <= FEW or _is_repeated(text) or _is_near_a_run(text) or _LUCKY.fullmatch(text):
        return True
    if phone_number.find(text) is not None:
        return True
    core = _core(text)
    words = {core, core.translate(_LEET), _core(text.translate(_LEET))}
    return any(_is_made_of_common_words(word) for word in words if word)


def _core(text: str) -> str:
    found = _CORE.search(text)
    return found[0] if found else ""


def _is_repeated(text: str) -> bool:
    return any(text[period:] == text[:-period] for period in range(1, min(SHORT_PERIOD, len(text) // 2) + 1))


def _is_run(text: str) -> bool:
    round_trips = (row * (len(text) // len(row) + 2) for row in ROWS)
    return any(text in keys or text[::-1] in keys for keys in round_trips)


def _is_near_a_run(text: str) -> bool:
    return any(
        _is_run(text[before : len(text) - after])
        for before in range(AROUND + 1)
        for after in range(AROUND + 1 - before)
        if len(text) - before - after > AROUND
    )


def _is_made_of_common_words(word: str) -> bool:
    return word in COMMON_WORDS or any(
        word[:cut] in COMMON_WORDS and word[cut:] in COMMON_WORDS for cut in range(2, len(word) - 1)
    )


def _wrong(reason: str, message: str) -> InvalidInput:
    return InvalidInput(f"password_{reason}", message, field="password")
