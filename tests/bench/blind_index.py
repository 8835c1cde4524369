"""``python -m tests.bench.blind_index``: whether finding an account by its identity stays flat as accounts grow.

Generated accounts on a PostgreSQL of its own, from ten thousand to five million; what is measured is the whole call
(`identity.find_account`: HMAC, one query over two keys, the row as an object), for people who are there and for who
is not. Sealed fields are fillers of real length: nothing opens them here.
"""

import argparse
import datetime as dt
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import text

from idp.accounts import account as accounts
from idp.accounts import identity
from idp.accounts.account import Account
from idp.accounts.identity import Identity, KnownIdentity
from idp.app import create_app
from idp.db import Base, commit, db
from idp.identifiers import citizen_id, mod_11_2
from idp.keys import field_cipher, master_key, secret, signing_key
from idp.settings import Settings
from idp.uuid7 import uuid7
from tests.bench.deployment import DURABLE
from tests.services import postgresql

SIZES = (10_000, 100_000, 1_000_000, 5_000_000)
LOOKUPS = 3000
DAYS = 30_000
FIRST_DAY = dt.date(1930, 1, 1)
NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
STANDING = (
    '[{"code":"register","at":1767225600,"until":1925000000},{"code":"face","at":1767225600,"until":null}]'
)


def number(serial: int) -> str:
    """Return the citizen number of the *serial*-th person; up to 30 million."""
    born = FIRST_DAY + dt.timedelta(days=serial % DAYS)
    body = f"330106{born:%Y%m%d}{serial // DAYS:03}"
    return body + mod_11_2.character(body)


def who(serial: int) -> Identity:
    """Return their identity."""
    return Identity(citizen_id.TYPE, number(serial))


def main() -> int:
    """Fill, measure, print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.blind_index", description=__doc__)
    parser.add_argument("--accounts", nargs="+", type=int, default=list(SIZES))
    options = parser.parse_args()
    cluster = postgresql.Cluster(DURABLE)
    try:
        with tempfile.TemporaryDirectory(prefix="tongxing-bench-") as directory:
            _run(_app(cluster.url(cluster.create()), Path(directory)), sorted(options.accounts))
    finally:
        cluster.stop()
    return 0


def _app(url: str, directory: Path) -> Flask:
    key = directory / "master.key"
    master_key.create(key)
    app = create_app(
        Settings(issuer="http://localhost:8000", sandbox=True, database_url=url, master_key_file=str(key))
    )
    with app.app_context():
        Base.metadata.create_all(db.engine)
        secret.create_missing()
        signing_key.create_missing()
        commit()
    return app


def _run(app: Flask, sizes: list[int]) -> None:
    sys.stdout.write(
        "| accounts | p50 ms | p95 ms | p99 ms | unknown p50 ms | unknown p99 ms | filled in s |\n"
    )
    sys.stdout.write("|---|---|---|---|---|---|---|\n")
    there = 0
    with app.app_context():
        who(0).index()  # secrets are read now: no query can go in between while rows are copied
        db.session.rollback()
        for size in sizes:
            started = time.perf_counter()
            _fill(there, size)
            seconds, there = time.perf_counter() - started, size
            known = _measure([random.randrange(size) for _ in range(LOOKUPS)], present=True)
            unknown = _measure([size + at for at in range(LOOKUPS)], present=False)
            cells = [*(_at(known, part) for part in (50, 95, 99)), _at(unknown, 50), _at(unknown, 99)]
            figures = " | ".join(f"{cell:.2f}" for cell in cells)
            sys.stdout.write(f"| {size:,} | {figures} | {seconds:.0f} |\n")
            sys.stdout.flush()


def _at(times: list[float], part: int) -> float:
    return statistics.quantiles(times, n=100)[part - 1]


def _measure(serials: list[int], *, present: bool) -> list[float]:
    times = []
    for serial in serials:
        identity_of = who(serial)
        started = time.perf_counter()
        found = identity.find_account(identity_of)
        times.append((time.perf_counter() - started) * 1000)
        if (found is not None) != present:
            raise SystemExit(f"person {serial}: present {not present}, expected {present}")
        db.session.expunge_all()
    db.session.rollback()
    return times


def _fill(start: int, stop: int) -> None:
    """Add the people from *start* to *stop*: indexes are built afterwards, as a bulk import would."""
    dropped = list(_drop_indexes())
    ids = [uuid7() for _ in range(start, stop)]
    _copy(Account.__tablename__, ACCOUNT_COLUMNS, _accounts(start, ids))
    _copy(KnownIdentity.__tablename__, KNOWN_COLUMNS, _known(start, ids))
    for statement in dropped:
        db.session.execute(text(statement))
    commit()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE accounts, known_identities"))


def _drop_indexes() -> Iterator[str]:
    """Drop what slows filling and give the statements that make it again."""
    constraints = text(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE conrelid IN ('accounts'::regclass, 'known_identities'::regclass) AND contype IN ('p', 'u')"
    )
    for table, name, definition in db.session.execute(constraints).all():
        db.session.execute(text(f'ALTER TABLE {table} DROP CONSTRAINT "{name}" CASCADE'))
        yield f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'
    indexes = text(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('accounts', 'known_identities')"
    )
    for name, definition in db.session.execute(indexes).all():
        db.session.execute(text(f'DROP INDEX "{name}"'))
        yield definition


ACCOUNT_COLUMNS = (
    *(
        "id",
        "kind",
        "username",
        "phone_sealed",
        "phone_index",
        "name_sealed",
        "gender_sealed",
        "birthdate_sealed",
    ),
    *(
        "residence_sealed",
        "locale",
        "status",
        "subject_id",
        "identity_type",
        "identity_index",
        "identity_sealed",
    ),
    *("standing", "created_at", "updated_at"),
)
KNOWN_COLUMNS = ("index", "subject_id", "account_id", "type", "bound_at")


def _accounts(start: int, ids: list[UUID]) -> Iterator[tuple[object, ...]]:
    filler = field_cipher.seal("330106199001011234", f"accounts.name:{uuid4()}")
    for serial, account_id in enumerate(ids, start):
        phone = f"+86{13_000_000_000 + serial}"
        yield (
            *(account_id, accounts.CITIZEN, f"p{serial}", filler),
            *(field_cipher.blind_index(accounts.PHONE_INDEX, phone), filler, filler, filler, filler),
            *("zh_Hans", accounts.ACTIVE, account_id, citizen_id.TYPE, who(serial).index(), filler),
            *(STANDING, NOW, NOW),
        )


def _known(start: int, ids: list[UUID]) -> Iterator[tuple[object, ...]]:
    for serial, account_id in enumerate(ids, start):
        yield (who(serial).index(), account_id, account_id, citizen_id.TYPE, NOW)


def _copy(table: str, columns: tuple[str, ...], rows: Iterator[tuple[object, ...]]) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    connection: Any = db.session.connection().connection
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


if __name__ == "__main__":
    sys.exit(main())
