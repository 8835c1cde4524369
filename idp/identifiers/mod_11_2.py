"""The check character of citizen identity numbers (GB 11643-1999 §5, which is ISO 7064 MOD 11-2)."""

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHARACTERS = "10X98765432"


def character(seventeen: str) -> str:
    """Return the eighteenth character for *seventeen* digits."""
    return CHARACTERS[sum(weight * int(digit) for weight, digit in zip(WEIGHTS, seventeen, strict=True)) % 11]


def is_right(number: str) -> bool:
    """Whether the last of the 18 characters belongs to the 17 digits before it."""
    return character(number[:-1]) == number[-1]
