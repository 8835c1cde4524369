"""Numbers as people type or paste them, brought into one form before anything is read from them."""

import re
import unicodedata

LONGEST_TYPED = 80

_SEPARATORS = re.compile(r"[\s\-·.]")


def normalized(text: str) -> str:
    """Return *text* in capitals, half width, without spaces, hyphens and invisible marks; ``""`` when too long."""
    if len(text) > LONGEST_TYPED:
        return ""
    folded = unicodedata.normalize("NFKC", text)
    visible = "".join(character for character in folded if unicodedata.category(character) != "Cf")
    bare = _SEPARATORS.sub("", visible)
    # str.upper would make letters of what is none ("ı", "ß"); only ASCII may be in such a number.
    return bare.upper() if bare.isascii() else bare


def masked(number: str) -> str:
    """Return what its owner recognises and nobody else learns: the first and the last character."""
    return f"{number[0]}{'*' * (len(number) - 2)}{number[-1]}" if len(number) > 2 else "*" * len(number)  # noqa: PLR2004 - one at each end
