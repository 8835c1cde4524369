"""Names of people, compared as registers write them: never split, never guessed.

Registers, cards and people write one name with different dots, widths and spaces; letters are never dropped.
"""

import re
import unicodedata

LONGEST = 400

# Dots that are typed or printed for the middle dot in names of minorities and foreigners (阿依努尔·买买提).
DOTS = str.maketrans(dict.fromkeys("•・･‧∙⋅●．", "·"))

# Fillers and selectors of variants: letters and marks by their category, and nothing to the eye.
INVISIBLE = re.compile(r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")

_AROUND_DOT = re.compile(r"\s*·\s*")
# 张　伟: registers pad names of two characters.
_BETWEEN_HAN = re.compile(
    r"(?<=[\u3007\u3400-\u9fff\U00020000-\U0003ffff])\s+(?=[\u3007\u3400-\u9fff\U00020000-\U0003ffff])"
)


def comparable(name: str) -> str:
    """Return the form in which two spellings of one name are equal; ``""`` for what is no name."""
    if len(name) > LONGEST:
        return ""
    folded = unicodedata.normalize("NFKC", name.translate(DOTS)).translate(DOTS)
    seen = INVISIBLE.sub("", folded)
    visible = "".join(
        character for character in seen if unicodedata.category(character)[0] != "C" or character.isspace()
    )
    text = _AROUND_DOT.sub("·", " ".join(visible.split()))
    return _BETWEEN_HAN.sub("", text).casefold()


def is_same(one: str, other: str) -> bool:
    """Whether both are one name. Two empty ones are not."""
    form = comparable(one)
    return bool(form) and form == comparable(other)
