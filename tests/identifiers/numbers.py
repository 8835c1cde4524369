"""Well-formed numbers of every kind, for property tests. Their check characters are reckoned here once more, slowly."""

import datetime as dt
from string import ascii_uppercase, digits

from hypothesis import strategies as st

USCC_ALPHABET = [one for one in digits + ascii_uppercase if one not in "IOSVZ"]

birth_dates = st.dates(dt.date(1870, 1, 1), dt.date(2099, 12, 31))
sequences = st.text(digits, min_size=3, max_size=3)


def _digits(length: int) -> st.SearchStrategy[str]:
    return st.text(digits, min_size=length, max_size=length)


def with_check(body: str) -> str:
    """The number whose weighted sum is 1 modulo 11 (ISO 7064 §7.3), found by trying."""
    for last in "0123456789X":
        total = sum(
            (10 if one == "X" else int(one)) * pow(2, 17 - at, 11) for at, one in enumerate(body + last)
        )
        if total % 11 == 1:
            return body + last
    raise AssertionError(body)


def _citizen(division: str, born: dt.date, sequence: str) -> str:
    return with_check(division + born.strftime("%Y%m%d") + sequence)


mainland = st.builds(lambda first, rest: first + rest, st.sampled_from("1234567"), _digits(5))
citizen_ids = st.builds(_citizen, mainland, birth_dates, sequences)
permits = st.builds(_citizen, st.sampled_from(["810000", "820000", "830000"]), birth_dates, sequences)
foreign_residents = st.builds(_citizen, _digits(5).map(lambda rest: f"9{rest}"), birth_dates, sequences)


def uscc(start: str, division: str, organization: str) -> str:
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    inner = 11 - sum(w * int(one, 36) for w, one in zip(weights, organization, strict=True)) % 11
    body = start + division + organization + {10: "X", 11: "0"}.get(inner, str(inner))
    outer = 31 - sum(USCC_ALPHABET.index(one) * pow(3, at, 31) for at, one in enumerate(body)) % 31
    return body + USCC_ALPHABET[outer % 31]


usccs = st.builds(
    uscc,
    st.text(st.sampled_from(USCC_ALPHABET), min_size=2, max_size=2),
    _digits(6),
    st.text(st.sampled_from(USCC_ALPHABET), min_size=8, max_size=8),
)
HOSTILE = [
    "",
    " ",
    "\0",
    "\ud800",
    "x" * 1_000_000,
    "🙂" * 18,
    "١١٠١٠٥١٩٤٩١٢٣١٠٠٢X",
    "' OR 1=1 --",
    "11010519491231002×",
]
