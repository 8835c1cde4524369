"""Whether a receipt is ours and whole: by whoever holds it, years later, with keys that were retired long ago.

Takes both forms of `receipt_file`, and names what is wrong. Says nothing about today: whether the consent still
holds is for the person's own page.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from joserfc.jwk import Key

from idp import strict_json
from idp.consent import receipt_27560, receipt_file, receipt_kantara
from idp.keys import compact_jwt, signing_key
from idp.keys.compact_jwt import NotVerified
from idp.keys.master_key import MasterKeyError
from idp.keys.signing_key import ALGORITHMS

LONGEST = 60_000
SEGMENTS = 3
# So many changed places are named; the rest is counted by nobody.
NAMED = 10

FindKey = Callable[[str], Key | None]


class Problem(StrEnum):
    """What is wrong with it."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    NO_RECEIPT = "no_receipt"
    OTHER_KIND = "other_kind"
    UNKNOWN_KEY = "unknown_key"
    CHANGED = "changed"
    TEXT_CHANGED = "text_changed"


@dataclass(frozen=True)
class Verification:
    """What was found. ``said`` is what the signature holds for, None when it holds for nothing.

    ``places``: the members of the readable text that differ from what was signed.
    """

    problem: Problem | None
    said: dict[str, Any] | None = None
    places: tuple[str, ...] = ()
    kid: str = ""

    @property
    def is_ours(self) -> bool:
        """Whether all of it is ours and unchanged."""
        return self.problem is None and self.said is not None

    @property
    def standard(self) -> str:
        """The standard it is written after."""
        kantara = self.said is not None and self.said.get("version") == receipt_kantara.VERSION
        return receipt_kantara.NAME if kantara else receipt_27560.NAME


class _NoReceipt(Exception):
    """The text is neither form."""


def verify(text: str, find_key: FindKey | None = None) -> Verification:
    """Return what *text*, in either form, is. *find_key*: by which keys, by default all this provider ever had."""
    text = text.strip().removeprefix("\ufeff")
    if not text:
        return Verification(Problem.EMPTY)
    if len(text) > LONGEST:
        return Verification(Problem.TOO_LONG)
    try:
        shown, compact = _parts(text)
    except _NoReceipt:
        return Verification(Problem.NO_RECEIPT)
    found = _verify_signed(compact, find_key or _ever_ours)
    if not found.is_ours or shown is None:
        return found
    places = tuple(_differences(shown, found.said, "receipt"))
    return Verification(Problem.TEXT_CHANGED, found.said, places[:NAMED], found.kid) if places else found


def service_of(said: dict[str, Any]) -> str:
    """Return the name of the service that a verified receipt is about."""
    if said.get("version") == receipt_kantara.VERSION:
        return str(said["services"][0]["service"])
    purposes = said["record"]["pii_processing"]["purposes"]
    return str(purposes[0]["services"][0]) if purposes else ""


def items_of(said: dict[str, Any]) -> tuple[str, ...]:
    """Return the kinds of data that a verified receipt names."""
    if said.get("version") == receipt_kantara.VERSION:
        return tuple(name for purpose in said["services"][0]["purposes"] for name in purpose["piiCategory"])
    purposes = said["record"]["pii_processing"]["purposes"]
    return tuple(item["pii_type"] for purpose in purposes for item in purpose["pii_information"])


def event_of(said: dict[str, Any]) -> tuple[str, datetime]:
    """Return what happened and when, of a verified receipt."""
    if said.get("version") == receipt_kantara.VERSION:
        return str(said["x_tongxing"]["event"]), datetime.fromtimestamp(said["consentTimestamp"], UTC)
    event = said["record"]["event"][0]
    return str(event["event_state"]), datetime.fromisoformat(event["event_time"])


def _parts(text: str) -> tuple[Any, str]:
    """Return the readable text, None where there is none, and what is signed; raises _NoReceipt."""
    if not text.startswith("{"):
        # Pasted from a message, it may have been broken into lines.
        return None, "".join(text.split())
    try:
        both = strict_json.load_object(text)
    except ValueError as error:
        raise _NoReceipt from error
    if set(both) != {receipt_file.READABLE, receipt_file.SIGNED}:
        raise _NoReceipt
    compact = both[receipt_file.SIGNED]
    if not isinstance(compact, str):
        raise _NoReceipt
    return both[receipt_file.READABLE], compact


def _verify_signed(compact: str, find_key: FindKey) -> Verification:
    if compact.count(".") != SEGMENTS - 1 or not compact.isascii():
        return Verification(Problem.NO_RECEIPT)
    try:
        header = compact_jwt.unverified_header(compact)
    except NotVerified:
        return Verification(Problem.NO_RECEIPT)
    if str(header.get("typ", "")).lower() != receipt_file.TYP:
        return Verification(Problem.OTHER_KIND)
    kid = header.get("kid")
    # Our kids are hexadecimal: anything else could not even be looked up.
    if not isinstance(kid, str) or not (kid.isascii() and kid.isalnum()):
        return Verification(Problem.UNKNOWN_KEY)
    key = find_key(kid)
    if key is None:
        return Verification(Problem.UNKNOWN_KEY, kid=kid)
    try:
        return Verification(None, compact_jwt.verify(compact, key, ALGORITHMS), kid=kid)
    except NotVerified:
        return Verification(Problem.CHANGED, kid=kid)


def _ever_ours(kid: str) -> Key | None:
    try:
        return signing_key.find_public(kid)
    except MasterKeyError:
        return None


def _differences(shown: Any, said: Any, place: str) -> Iterator[str]:
    """Yield where *shown* is not what was *said*. True is not 1, and 1 is not 1.0."""
    if isinstance(shown, dict) and isinstance(said, dict):
        for name in sorted(shown.keys() | said.keys()):
            here = f"{place}.{name}"
            if name in shown and name in said:
                yield from _differences(shown[name], said[name], here)
            else:
                yield here
    elif isinstance(shown, list) and isinstance(said, list) and len(shown) == len(said):
        for number, (left, right) in enumerate(zip(shown, said, strict=True)):
            yield from _differences(left, right, f"{place}[{number}]")
    elif type(shown) is not type(said) or shown != said:
        yield place
