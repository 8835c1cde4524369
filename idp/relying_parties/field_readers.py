"""How one value of the metadata is read: each reader returns what the relying party will hold.

Pure. Raises Wrong with every reason, so that an integrator mends a row in one go.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from idp.assurance import acr
from idp.relying_parties.item import LEGAL_BASES, Item
from idp.relying_parties.localized import localized

Reader = Callable[[object], Any]

TEXT = 200
LONG_TEXT = 2000
LIST = 100
SHOWN = 40  # characters of an unknown name: enough to find it again
TAG = re.compile(r"\A[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}\Z")
# RFC 6749 §3.3.
_SCOPE_TOKEN = re.compile(r"\A[\x21\x23-\x5b\x5d-\x7e]{1,100}\Z")


class Wrong(ValueError):
    """The value breaks its rule; ``reasons`` pairs a place inside it (``[2]`` or empty) with a sentence."""

    def __init__(self, *reasons: tuple[str, str]) -> None:
        super().__init__("; ".join(f"{place} {reason}".strip() for place, reason in reasons))
        self.reasons = reasons


def wrong(reason: str) -> Wrong:
    """Build the error for a value that is wrong as a whole."""
    return Wrong(("", reason))


def text(longest: int = TEXT, pattern: str = "", means: str = "") -> Reader:
    """Read one line of text; *pattern* (in words: *means*) narrows it."""
    compiled = re.compile(pattern) if pattern else None

    def read(value: object) -> str:
        if not isinstance(value, str):
            raise wrong("must be a text")
        if not value.strip() or value != value.strip():
            raise wrong("must not be empty or begin or end with a space")
        if len(value) > longest:
            raise wrong(f"longer than {longest} characters")
        # Control characters, unpaired surrogates and marks that turn the direction of writing around (Cf).
        if any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in value):
            raise wrong("contains control or invisible characters")
        if compiled and not compiled.fullmatch(value):
            raise wrong(means)
        return value

    return read


def boolean(value: object) -> bool:
    """Read true or false; "true" as a text is a mistake."""
    if not isinstance(value, bool):
        raise wrong("must be true or false")
    return value


def seconds(value: object) -> int:
    """Read a number of seconds."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 10 * 365 * 86_400:
        raise wrong("must be a whole number of seconds, at most ten years")
    return value


def one_of(*choices: str) -> Reader:
    """Read one word of a list."""

    def read(value: object) -> str:
        if not isinstance(value, str) or value not in choices:
            raise wrong(f"must be {' or '.join(choices)}")
        return value

    return read


def listing(reader: Reader, most: int = LIST) -> Reader:
    """Read a JSON array without repetitions."""

    def read(value: object) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise wrong("must be a list")
        if len(value) > most:
            raise wrong(f"has more than {most} entries")
        reasons: list[tuple[str, str]] = []
        read_values: list[Any] = []
        for number, entry in enumerate(value):
            try:
                one = reader(entry)
            except Wrong as error:
                reasons += [(f"[{number}]{place}", reason) for place, reason in error.reasons]
                continue
            if one in read_values:
                reasons.append((f"[{number}]", "is there twice"))
            read_values.append(one)
        if reasons:
            raise Wrong(*reasons)
        return tuple(read_values)

    return read


def scope(value: object) -> tuple[str, ...]:
    """Read a scope: words with single spaces between (RFC 6749 §3.3)."""
    if not isinstance(value, str):
        raise wrong("must be a text with spaces between the words")
    words = value.split(" ") if value else []
    if len(words) > LIST or not all(_SCOPE_TOKEN.match(word) for word in words):
        raise wrong("must be words of printable ASCII with one space between (RFC 6749 §3.3)")
    return tuple(dict.fromkeys(words))


def parsed(parse: Callable[[object], Any]) -> Reader:
    """Read a value by a function that raises ValueError with its reason."""

    def read(value: object) -> Any:
        try:
            return parse(value)
        except ValueError as error:
            raise wrong(str(error)) from error

    return read


def address(value: object) -> str:
    """Read an address; `uri_rules` judges it once the other fields are known."""
    if not isinstance(value, str) or not value:
        raise wrong("must be an address")
    return value


def level(value: object) -> int:
    """Read the name of a level, as in urn:tongxing:loa:2."""
    found = acr.find(value) if isinstance(value, str) else None
    if found is None:
        raise wrong("must be a level, as in urn:tongxing:loa:2")
    return found


def acr_value(value: object) -> str:
    """Read a value that ``acr_values`` may hold: a level, or the one for assisted sessions."""
    if value != acr.ASSISTED:
        level(value)
    return str(value)


legal_basis = one_of(*LEGAL_BASES)

_claim_name = text(64, r"[a-z][a-z0-9_]*", "must be a claim's name in small letters, as in phone_number")

_ITEM_MEMBERS: Mapping[str, Reader] = {
    "name": _claim_name,
    "required": boolean,
    "minimum_acr": level,
    "legal_basis": legal_basis,
}


def item(value: object) -> Item:
    """Read one entry of ``items``."""
    if not isinstance(value, dict):
        raise wrong('must be an object, as in {"name": "phone_number", "required": false}')
    reasons: list[tuple[str, str]] = []
    purposes: dict[str, str] = {}
    for key, member in value.items():
        try:
            if key == "purpose" or (isinstance(key, str) and is_tagged(key, ("purpose",))):
                purposes[key.partition("#")[2]] = text(LONG_TEXT)(member)
            elif key in _ITEM_MEMBERS:
                _ITEM_MEMBERS[key](member)
            else:
                raise wrong(f"unknown; an item has {', '.join(_ITEM_MEMBERS)}, purpose")
        except Wrong as error:
            reasons += [(f".{shown(key)}", reason) for _, reason in error.reasons]
    if "name" not in value:
        reasons.append((".name", "is missing"))
    if reasons:
        raise Wrong(*reasons)
    return Item(
        value["name"],
        value.get("required", False),
        level(value["minimum_acr"]) if "minimum_acr" in value else 0,
        localized(purposes.pop("", ""), purposes),
        value.get("legal_basis", ""),
    )


def is_tagged(name: str, fields: Sequence[str]) -> bool:
    """Whether *name* is one of *fields* with a language tag (RFC 7591 §2.2)."""
    base, mark, tag = name.partition("#")
    return bool(mark) and base in fields and TAG.match(tag) is not None


def shown(name: object) -> str:
    """Return a name from outside for a message: short, printable whatever it holds."""
    written = name if isinstance(name, str) else type(name).__name__
    short = written if len(written) <= SHOWN else written[:SHOWN] + "…"
    return short if short.isprintable() else ascii(short)
