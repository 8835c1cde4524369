"""Codes of divisions 行政区划代码 (GB/T 2260, GB/T 10114): two digits each for province, prefecture and county.

Three digits more for a township, three more for a village. Only the form: which divisions there are, is known to
`idp.divisions`.
"""

import re

from idp.errors import InvalidInput
from idp.identifiers import typed

COUNTY_DIGITS = 6
PART_DIGITS = 3

_FORM = re.compile(r"[1-9][0-9]{5}([0-9]{3}){0,2}")


def find(text: str) -> str | None:
    """Return the code in its shortest form (330106, not 330106000000), or None when *text* is none."""
    code = typed.normalized(text)
    if not _FORM.fullmatch(code):
        return None
    while len(code) > COUNTY_DIGITS and code.endswith("0" * PART_DIGITS):
        code = code[:-PART_DIGITS]
    return code


def parse(text: str) -> str:
    """Return the code; raises InvalidInput ``division_code_malformed``, field ``division_code``."""
    code = find(text)
    if code is None:
        raise InvalidInput(
            "division_code_malformed", "Enter a division code of 6, 9 or 12 digits", field="division_code"
        )
    return code
