"""`idp accounts import`: people in bulk, also those of an older system with the password hashes that it made.

Conflicts are reported and never resolved: the same user name, phone or identity number is no proof that two accounts
are one person's. Formats and the way of a migration: docs/linking.md.
"""

import base64
import binascii
import json
from collections import Counter
from pathlib import Path
from typing import BinaryIO

import click

from idp.accounts import importing
from idp.accounts.account import Account
from idp.accounts.import_conflict import Problem, rows_of
from idp.accounts.importing import Row
from idp.authenticators import imported_hash, otp, password_policy, pwd
from idp.cli import provider
from idp.db import commit, db
from idp.errors import InvalidInput, NotFound, TooLarge
from idp.linking import linked_account
from idp.relying_parties import relying_party_row
from idp.settings import SETTINGS

MOST_BYTES = 64 * 1024 * 1024
TOTP_BYTES = 16  # RFC 4226 §4 R6: at least 128 bits


@click.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--partial", is_flag=True, help="Import the good rows although others are refused.")
@click.option(
    "--report",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write every refused row with its reason, and which row or account it meets, to this file (JSON).",
)
@click.option("--client", help="The client_id of the system that legacy_id belongs to: each is linked to it.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(file: BinaryIO, partial: bool, report: Path | None, client: str | None, as_json: bool) -> None:
    """Create the people in FILE: a JSON array, or CSV with a header (- for standard input).

    Columns: username and name; optional phone, gender, birthdate, locale, password or password_hash, totp_secret,
    identity_number (compared only), legacy_id (with --client).
    """
    if report is not None and Path(file.name).exists() and report.exists() and report.samefile(file.name):
        raise click.ClickException("the report would take the place of the file that is imported")
    with provider.running():
        content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise TooLarge("file_too_large", f"the file is larger than {MOST_BYTES // 1024 // 1024} MiB")
        if client is not None and relying_party_row.find(client) is None:
            raise NotFound("relying_party_not_found", f"there is no relying party {client}")
        good, problems = importing.check(importing.read(content), lambda row: _check(row, client))
        good, problems = _without_linked(good, problems, client)
        # Hashing takes long, and whoever logs in meanwhile must not wait for our transaction.
        db.session.rollback()
        chosen = good if partial or not problems else []
        if report is not None:
            # Written before anybody is created: a report that cannot be written is no reason to import twice.
            _write(report, problems, 0)
        hashes = {row.number: _hash(row) for row in chosen if row.password or row.password_hash}
        created = importing.create(chosen, lambda account, row: _sign_in_with(account, row, hashes))
        for account, row in zip(created, chosen, strict=True):
            if client is not None and row.legacy_id is not None:
                linked_account.link(account, client, row.legacy_id, linked_account.IMPORTED, told=False)
        commit()
        usernames = [account.username for account in created]
    if report is not None:
        _write(report, problems, len(usernames))
    if as_json:
        provider.print_json({"imported": usernames, "refused": [problem.__dict__ for problem in problems]})
    else:
        _print(usernames, problems)
    if problems:
        raise click.exceptions.Exit(1)


def _check(row: Row, client: str | None) -> None:
    """Raise InvalidInput for what the row would sign in with, or for an id of nobody's."""
    if row.password is not None and row.password_hash is not None:
        raise InvalidInput("password_twice", "is there beside password", field="password_hash")
    if row.password_hash is not None:
        imported_hash.read(row.password_hash)
    if row.password is not None:
        minimum = SETTINGS.get().passwords.minimum_length
        password_policy.check(
            row.password, minimum=minimum, username=row.person.username, phone=row.person.phone
        )
    if row.totp_secret is not None and not _is_long_enough(row.totp_secret):
        raise InvalidInput(
            "totp_secret_malformed", "must be base32 of at least 16 bytes", field="totp_secret"
        )
    if row.legacy_id is not None:
        if client is None:
            raise InvalidInput("client_missing", "say whose it is with --client", field="legacy_id")
        linked_account.check_legacy_id(row.legacy_id)


def _is_long_enough(totp_secret: str) -> bool:
    try:
        return len(base64.b32decode(totp_secret)) >= TOTP_BYTES
    except (binascii.Error, ValueError):
        return False


def _without_linked(
    good: list[Row], problems: list[Problem], client: str | None
) -> tuple[list[Row], list[Problem]]:
    """Take out the rows whose older account a person has linked already."""
    if client is None:
        return good, problems
    held = linked_account.holders(client, [row.legacy_id for row in good if row.legacy_id])
    reason = "a person has linked it already"
    taken = [
        Problem(row.number, "legacy_id", reason, "taken", account_id=str(held[row.legacy_id]))
        for row in good
        if row.legacy_id in held
    ]
    bad = rows_of(taken)
    both = sorted([*problems, *taken], key=lambda problem: problem.row)
    return [row for row in good if row.number not in bad], both


def _hash(row: Row) -> tuple[str, int | None]:
    """Return what is kept of the row's password, and how slow it is; behind the same gate as logins."""
    if row.password_hash is not None:
        imported = imported_hash.read(row.password_hash)
        return pwd.hash_imported(imported), imported.recipe.work
    return pwd.hash_new(row.password or ""), None


def _sign_in_with(account: Account, row: Row, hashes: dict[int, tuple[str, int | None]]) -> None:
    if row.number in hashes:
        hashed, work = hashes[row.number]
        pwd.store(account.id, hashed, imported_work=work)
    if row.totp_secret is not None:
        otp.enrol(account.id, row.totp_secret)


def _write(report: Path, problems: list[Problem], imported: int) -> None:
    counts = Counter(f"{problem.kind} {problem.field}".strip() for problem in problems)
    document = {
        "imported": imported,
        "refused": len(rows_of(problems)),
        "counts": dict(sorted(counts.items())),
        "rows": [problem.__dict__ for problem in problems],
    }
    try:
        report.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"the report cannot be written: {error.strerror}") from error


def _print(usernames: list[str | None], problems: list[Problem]) -> None:
    for problem in problems:
        click.echo(f"refused: {problem}", err=True)
    click.echo(f"{len(usernames)} created, {len(rows_of(problems))} refused")
