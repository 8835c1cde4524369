"""Importing relying parties from a file: a JSON array of RFC 7591 metadata, all of it or nothing.

Every bad row is reported with its number, client_id and reasons. The file comes from outside: its size, its
depth, its encoding and its repetitions are limited before anything is looked at.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from idp.divisions import tree
from idp.errors import InvalidInput, TooLarge
from idp.relying_parties import registration, relying_party_row
from idp.relying_parties.field_readers import shown
from idp.relying_parties.metadata import InvalidMetadata, Metadata, Problem
from idp.relying_parties.registration import Registered

MOST_BYTES = 32 * 1024 * 1024
MOST_ROWS = 20_000


@dataclass(frozen=True)
class Row:
    """What was said about one row, numbered from 1: problems (it is refused) or warnings."""

    number: int
    client_id: str
    problems: tuple[Problem, ...]


@dataclass
class Report:
    """What an import did; ``imported`` is empty when rows were refused and the rest was not asked for."""

    refused: list[Row] = field(default_factory=list)
    warned: list[Row] = field(default_factory=list)
    imported: list[Registered] = field(default_factory=list)

    def count(self, outcome: str) -> int:
        """Return how many rows were created, updated or unchanged."""
        return sum(1 for one in self.imported if one.outcome == outcome)


def read_file(content: bytes) -> list[Any]:
    """Return the rows of a JSON array in UTF-8. Raises InvalidInput, TooLarge."""
    rows = _read(content)
    if not isinstance(rows, list):
        raise InvalidInput("not_an_array", "the file must hold a JSON array")
    if len(rows) > MOST_ROWS:
        raise TooLarge("too_many_rows", f"the file has more than {MOST_ROWS} rows")
    return rows


def read_object(content: bytes) -> dict[str, Any]:
    """Return one JSON object in UTF-8. Raises InvalidInput, TooLarge."""
    document = _read(content)
    if not isinstance(document, dict):
        raise InvalidInput("not_an_object", "the file must hold one JSON object")
    return document


def _read(content: bytes) -> Any:
    if len(content) > MOST_BYTES:
        raise TooLarge("file_too_large", f"the file is larger than {MOST_BYTES // 1024 // 1024} MiB")
    try:
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=_object, parse_constant=_constant)
    except UnicodeDecodeError as error:
        raise InvalidInput("not_utf8", f"the file is not UTF-8 (byte {error.start})") from error
    except RecursionError as error:
        raise InvalidInput("too_deep", "the file is nested too deeply") from error
    except ValueError as error:
        raise InvalidInput("not_json", f"the file is not JSON: {error}") from error


def import_rows(rows: Sequence[object], *, partial: bool = False) -> Report:
    """Register every row, or none when one is bad; with *partial* the good ones. The caller commits."""
    report = Report()
    good: list[Metadata] = []
    first_seen: dict[str, int] = {}
    for number, document in enumerate(rows, 1):
        client_id = document.get("client_id") if isinstance(document, dict) else None
        label = shown(client_id) if isinstance(client_id, str) else ""
        try:
            parsed = _check(document, number, first_seen)
        except InvalidMetadata as error:
            report.refused.append(Row(number, label, tuple(error.problems)))
            continue
        good.append(parsed)
        if warnings := [*parsed.warnings, *_division_warning(parsed)]:
            report.warned.append(Row(number, label, tuple(warnings)))
    if partial or not report.refused:
        report.imported = [registration.put(parsed) for parsed in good]
    return report


def _check(document: object, number: int, first_seen: dict[str, int]) -> Metadata:
    client_id = document.get("client_id") if isinstance(document, dict) else None
    if isinstance(client_id, str) and client_id in first_seen:
        raise InvalidMetadata([Problem("client_id", f"is the same as in row {first_seen[client_id]}")])
    if isinstance(client_id, str):
        first_seen[client_id] = number
    parsed = registration.read(document)
    registration.check_secret_given(parsed, relying_party_row.find(parsed.relying_party.client_id))
    return parsed


def _division_warning(parsed: Metadata) -> list[Problem]:
    code = parsed.relying_party.division_code
    unknown = bool(code) and tree.full_name(code) is None
    return [Problem("division_code", "is in no list we have: its name cannot be shown")] if unknown else []


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{shown(twice)} is there twice in one object")
    return members


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON value")
