"""``python -m tests.bench.register_check``: checking every account against the registers again.

Generated accounts on a PostgreSQL of its own, a register in a process of its own that signs as a real one does, and
two workers: the first one is killed on its way, the second one goes on from its place. One account in ten thousand
belongs to somebody who died. Printed: how fast, and how much memory each worker took at most.
"""

import argparse
import json
import multiprocessing
import subprocess
import sys
import tempfile
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from uuid import UUID

from joserfc.jwk import ECKey
from sqlalchemy import select, text

from idp import clock, logs
from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.app import create_app
from idp.db import Base, commit, db
from idp.identifiers import citizen_id
from idp.keys import compact_jwt, field_cipher, master_key, secret, signing_key
from idp.proofing import register_digest, registers, watching
from idp.proofing.watching import RegisterCheck
from idp.settings import Settings
from idp.uuid7 import uuid7
from tests.bench import blind_index
from tests.bench.deployment import DURABLE
from tests.services import postgresql

SIZES = (100_000, 1_000_000)
NAME = "张伟"
DEAD_EVERY = 10_000
KILLED_AT = 0.4


def main() -> int:
    """Fill, check with two workers, print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.register_check", description=__doc__)
    parser.add_argument("--accounts", nargs="+", type=int, default=list(SIZES))
    parser.add_argument("--work", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        return _work(Settings.model_validate_json(options.work))
    sys.stdout.write("| accounts | s | accounts/s | died | first worker MB, killed | second worker MB |\n")
    sys.stdout.write("|---|---|---|---|---|---|\n")
    for size in sorted(options.accounts):
        cluster = postgresql.Cluster(DURABLE)
        try:
            with tempfile.TemporaryDirectory(prefix="tongxing-bench-") as directory:
                _run(cluster.url(cluster.create()), Path(directory), size)
        finally:
            cluster.stop()
    return 0


def _run(url: str, directory: Path, size: int) -> None:
    key = ECKey.generate_key("P-256", {"kid": "bench"})
    (directory / "jwks.json").write_text(json.dumps({"keys": [key.as_dict(private=False)]}), encoding="utf-8")
    master_key.create(directory / "master.key")
    ours, theirs = multiprocessing.Pipe()
    register = multiprocessing.get_context("spawn").Process(
        target=_register, args=(theirs, key.as_pem(private=True)), daemon=True
    )
    register.start()
    settings = Settings.model_validate(
        {
            "issuer": "http://localhost:8000",
            "sandbox": True,
            "database_url": url,
            "master_key_file": str(directory / "master.key"),
            "registers": {
                "url": f"http://127.0.0.1:{ours.recv()}/registers",
                "keys_file": str(directory / "jwks.json"),
                "timeout": 10,
            },
        }
    )
    app = create_app(settings)
    try:
        with app.app_context():
            _fill(size)
            started = time.perf_counter()
            first = _worker(settings, kill_at=int(size * KILLED_AT))
            second = _worker(settings)
            seconds = time.perf_counter() - started
            check = db.session.scalars(
                select(RegisterCheck).where(RegisterCheck.source == registers.POPULATION_STATUS)
            ).one()
            died = size // DEAD_EVERY
            if (check.checked, check.changed) != (size, died) or check.round_ended_at is None:
                raise SystemExit(f"checked {check.checked}, changed {check.changed}")
            frozen = db.session.scalar(text("SELECT count(*) FROM accounts WHERE status = 'frozen'"))
            if frozen != died:
                raise SystemExit(f"{frozen} accounts are frozen, {died} people died")
            db.engine.dispose()
    finally:
        register.terminate()
    sys.stdout.write(
        f"| {size:,} | {seconds:.0f} | {size / seconds:,.0f} | {died} | {first:.0f} | {second:.0f} |\n"
    )
    sys.stdout.flush()


def _fill(size: int) -> None:
    Base.metadata.create_all(db.engine)
    secret.create_missing()
    signing_key.create_missing()
    commit()
    blind_index.who(0).index()
    db.session.rollback()
    columns = (
        *("id", "kind", "name_sealed", "locale", "status", "subject_id", "identity_type", "identity_index"),
        *("identity_sealed", "standing", "created_at", "updated_at"),
    )
    blind_index._copy(Account.__tablename__, columns, (_account(serial, uuid7()) for serial in range(size)))
    commit()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE accounts"))


def _account(serial: int, account_id: UUID) -> tuple[object, ...]:
    number = blind_index.number(serial)
    return (
        *(account_id, accounts.CITIZEN, field_cipher.seal(NAME, f"accounts.name:{account_id}"), "zh_Hans"),
        *(accounts.ACTIVE, account_id, citizen_id.TYPE, blind_index.who(serial).index()),
        field_cipher.seal(f"CHN {number}", f"accounts.identity:{account_id}"),
        *(blind_index.STANDING, blind_index.NOW, blind_index.NOW),
    )


def _worker(settings: Settings, kill_at: int = 0) -> float:
    """Run a worker to its end, or until so many were checked; return the megabytes it took at most."""
    process = subprocess.Popen(
        (sys.executable, "-m", "tests.bench.register_check", "--work", settings.model_dump_json())
    )
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, _megabytes(process.pid))
        if kill_at and _checked() >= kill_at:
            process.kill()
            process.wait()
            return peak
        time.sleep(0.2)
    if process.returncode:
        raise SystemExit("the worker failed")
    return peak


def _megabytes(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    lines = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(lines[0].split()[1]) / 1024 if lines else 0.0


def _checked() -> int:
    checked = db.session.scalar(select(RegisterCheck.checked).order_by(RegisterCheck.source.desc()).limit(1))
    db.session.rollback()
    return checked or 0


def _work(settings: Settings) -> int:
    logs.configure("warning")
    app = create_app(settings)
    with app.app_context():
        while watching.run():
            pass
    return 0


def _register(pipe: Connection, pem: bytes) -> None:
    """Answer about many people: all alive, one in DEAD_EVERY dead."""
    key = ECKey.import_key(pem, {"kid": "bench"})
    dead = {blind_index.number(serial) for serial in range(DEAD_EVERY - 1, max(SIZES), DEAD_EVERY)}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            statuses = {number: _status(number, dead) for number in json.loads(body)["numbers"]}
            now = clock.timestamp()
            claims: dict[str, Any] = {
                "iss": self.path.rpartition("/")[2],
                "iat": now,
                "exp": now + 60,
                "jti": str(uuid7()),
                "request_digest": registers.request_digest(body),
                "request_key": self.headers["Idempotency-Key"],
                "result": "match",
                "details": {"statuses": statuses},
            }
            header = {"alg": "ES256", "kid": "bench", "typ": registers.TYP}
            content = compact_jwt.sign(header, claims, key).encode()
            self.send_response(200)
            self.send_header("Content-Type", registers.MIMETYPE)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    pipe.send(server.server_address[1])
    server.serve_forever()


def _status(number: str, dead: set[str]) -> dict[str, str]:
    digest = register_digest.of_name(number, NAME)
    return {"status": "deceased" if number in dead else "alive", "card": "valid", "name_digest": digest}


if __name__ == "__main__":
    sys.exit(main())
