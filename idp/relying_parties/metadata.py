"""What a relying party registers: RFC 7591 metadata with division, purpose and items, validated all at once.

Pure: `parse` takes a JSON value and returns a relying party, or raises InvalidMetadata with every problem.
Unknown fields are ignored with a warning, as RFC 7591 §2 wants, unless they look like a slip of the pen.
"""

import difflib
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from idp.errors import InvalidInput
from idp.relying_parties import metadata_rules, relying_party
from idp.relying_parties.field_readers import TAG, Reader, Wrong, shown
from idp.relying_parties.localized import UNSAID, Localized, localized
from idp.relying_parties.metadata_fields import (
    ENTITY_ID,
    FIELDS,
    FROM_AN_ANSWER,
    LOCALIZED,
    NOT_SUPPORTED,
)
from idp.relying_parties.relying_party import RelyingParty

SECRET = re.compile(r"\A[\x21-\x7e]{32,512}\Z")
SECRET_RULE = "must be 32 to 512 printable ASCII characters without spaces"
GUESSABLE = "is too easy to guess: take it from a random generator"
MOST_FIELDS = 200
DIFFERENT_CHARACTERS = 8
LIKENESS = 0.85  # of 1: enough for backchannel_logout_url, too much for most names of other standards
NOT_ASKED: tuple[object, ...] = (None, False, "none", "", [])


class Problem(NamedTuple):
    """Where and what: ``redirect_uris[1]``, "must begin with https://"."""

    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.field}: {self.reason}" if self.field else self.reason


class InvalidMetadata(InvalidInput):
    """The metadata breaks rules; ``problems`` has all of them (RFC 7591 §3.2.2)."""

    def __init__(self, problems: list[Problem]) -> None:
        redirects = all(problem.field.startswith("redirect_uris") for problem in problems)
        sentence = "; ".join(map(str, problems))
        super().__init__("invalid_redirect_uri" if redirects else "invalid_client_metadata", sentence)
        self.problems = problems


@dataclass(frozen=True)
class Metadata:
    """Valid metadata: the relying party, what of it was given (to be stored), its secret if any, warnings."""

    relying_party: RelyingParty
    given: dict[str, Any]
    secret: str | None = field(repr=False)
    warnings: tuple[Problem, ...]


def parse(document: object, *, sandbox: bool, federated: bool = False) -> Metadata:
    """Validate *document*; raises InvalidMetadata. In the sandbox http is accepted on loopback.

    *federated*: the client_id is an entity identifier, which somebody checked.
    """
    if not isinstance(document, dict):
        raise InvalidMetadata([Problem("", "must be a JSON object")])
    if len(document) > MOST_FIELDS:
        raise InvalidMetadata([Problem("", f"has more than {MOST_FIELDS} fields")])
    reading = _Reading({**FIELDS, "client_id": ENTITY_ID} if federated else FIELDS)
    for name, value in document.items():
        # RFC 7591 §2: null is the same as leaving the field out.
        if value is not None:
            reading.take(name, value)
    values = reading.values()
    problems = reading.problems
    problems += [Problem(*pair) for pair in _required(reading, values)]
    broken = {problem.field.partition("[")[0].partition("#")[0] for problem in problems}
    rules = metadata_rules.problems(values, sandbox=sandbox)
    problems += [Problem(*pair) for pair in rules if pair[0].partition("[")[0] not in broken]
    if problems:
        raise InvalidMetadata(problems)
    # Its default depends on the secret, which is not stored beside it.
    reading.given["token_endpoint_auth_method"] = values["token_endpoint_auth_method"]
    warnings = [*reading.warnings, *(Problem(*pair) for pair in metadata_rules.warnings(values))]
    return Metadata(RelyingParty(**values), reading.given, reading.secret, tuple(warnings))


class _Reading:
    """Collects values, problems and warnings of one document."""

    def __init__(self, readers: Mapping[str, Reader]) -> None:
        self._readers = readers
        self.read: dict[str, Any] = {}
        self.given: dict[str, Any] = {}
        self.secret: str | None = None
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self._texts: defaultdict[str, dict[str, str]] = defaultdict(dict)

    def take(self, name: object, value: object) -> None:
        """Read one member of the document."""
        base, mark, tag = name.partition("#") if isinstance(name, str) else ("", "", "")
        if not mark and base in self._readers:
            self._keep(base, self._readers[base], value, self.read, base)
        elif base in LOCALIZED and (not mark or TAG.match(tag)):
            self._keep(f"{base}{mark}{tag}", LOCALIZED[base], value, self._texts[base], tag)
        elif name == "client_secret":
            self._take_secret(value)
        elif isinstance(name, str) and name in NOT_SUPPORTED:
            if value not in NOT_ASKED:
                self.problems.append(Problem(name, NOT_SUPPORTED[name]))
        elif name not in FROM_AN_ANSWER:
            self._unknown(name)

    def values(self) -> dict[str, Any]:
        """Return every field with the defaults of RFC 7591 §2 and of the house."""
        blank = RelyingParty(client_id="", client_name=UNSAID)
        values: dict[str, Any] = {name: getattr(blank, name) for name in FIELDS}
        values |= {name: localized(texts.pop("", ""), texts) for name, texts in self._texts.items()}
        values = dict.fromkeys(LOCALIZED, UNSAID) | values
        values["scope"] = ("openid",)
        values["grant_types"] = ("authorization_code",)
        if "jwks" in self.read and self.secret is None:
            values["token_endpoint_auth_method"] = relying_party.PRIVATE_KEY_JWT
        values |= self.read
        if "response_types" not in self.read and "authorization_code" in values["grant_types"]:
            values["response_types"] = ("code",)
        values["client_name"] = values["client_name"] or Localized(values["client_id"])
        return values

    def _keep(self, name: str, reader: Reader, value: object, into: dict[str, Any], key: str) -> None:
        try:
            into[key] = reader(value)
            self.given[name] = value
        except Wrong as error:
            self.problems += [Problem(name + place, reason) for place, reason in error.reasons]

    def _take_secret(self, value: object) -> None:
        # The value is never repeated in a message.
        if not isinstance(value, str) or not SECRET.match(value):
            self.problems.append(Problem("client_secret", SECRET_RULE))
        elif len(set(value)) < DIFFERENT_CHARACTERS:
            self.problems.append(Problem("client_secret", GUESSABLE))
        else:
            self.secret = value

    def _unknown(self, name: object) -> None:
        known = [*FIELDS, *LOCALIZED, "client_secret"]
        base = name.partition("#")[0][:100] if isinstance(name, str) else ""
        meant = [base] if base in known else difflib.get_close_matches(base, known, n=1, cutoff=LIKENESS)
        if meant:
            self.problems.append(Problem(shown(name), f"unknown; did you mean {meant[0]}?"))
        else:
            self.warnings.append(Problem(shown(name), "unknown, ignored"))


def _required(reading: _Reading, values: dict[str, Any]) -> list[tuple[str, str]]:
    problems: list[tuple[str, str]] = []
    if not values["client_id"] and not any(problem.field == "client_id" for problem in reading.problems):
        problems.append(("client_id", "is missing"))
    method = values["token_endpoint_auth_method"]
    if reading.secret is not None and method in {relying_party.NONE, relying_party.PRIVATE_KEY_JWT}:
        problems.append(("client_secret", f"is not used by {method}; leave it out"))
    return problems
