"""A private PostgreSQL cluster: made for the run, durable for nobody, gone afterwards."""

import itertools
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psycopg
from psycopg import sql

from tests.services import program

START_SECONDS = 30
FILE_COPY_SINCE = 15  # the quicker way to copy a database without fsync
# Speed, at the price of durability that no test asks of the operating system.
SETTINGS = {
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "127.0.0.1",
    "log_min_messages": "error",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


class Cluster:
    """One running PostgreSQL server; `create` makes databases, `url` addresses them for SQLAlchemy."""

    def __init__(self, settings: Mapping[str, str] | None = None) -> None:
        self._settings = SETTINGS if settings is None else settings
        self._numbers = itertools.count(1)
        user = program.unprivileged("postgres")
        self._uid = user.pw_uid if user else None
        self._gid = user.pw_gid if user else None
        self._groups: list[int] | None = [] if user else None
        self._password = secrets.token_urlsafe(24)
        self.port = program.free_port()
        self.directory = Path(tempfile.mkdtemp(prefix="tongxing-postgresql-"))
        try:
            self._init()
            self.process = self._start()
            self.version = self._wait()
        except BaseException:
            shutil.rmtree(self.directory, ignore_errors=True)
            raise

    def url(self, database: str) -> str:
        """Return the SQLAlchemy URL of *database*."""
        return f"postgresql+psycopg://{self._address(database)}"

    def create(self, template: str = "template0") -> str:
        """Make a database, a copy of *template*, and return its name."""
        name = f"test_{next(self._numbers)}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(template)
        )
        if int(self.version.split(".")[0]) >= FILE_COPY_SINCE:
            statement += sql.SQL(" STRATEGY file_copy")
        self._execute(statement)
        return name

    def drop(self, database: str) -> None:
        """Remove *database*, whoever is still connected to it."""
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def stop(self) -> None:
        """Stop at once and leave nothing behind (SIGINT: PostgreSQL's fast shutdown)."""
        program.stop(self.process, signal.SIGINT)
        shutil.rmtree(self.directory, ignore_errors=True)

    def restart(self) -> None:
        """Start again after `interrupt`, with the same data, on the same port."""
        self.process = self._start()
        self._wait()

    def interrupt(self) -> None:
        """Stop as if the machine were gone (SIGQUIT); the data stays for `restart`."""
        program.stop(self.process, signal.SIGQUIT)

    def _address(self, database: str) -> str:
        return f"tester:{self._password}@127.0.0.1:{self.port}/{database}"

    def _init(self) -> None:
        password_file = self.directory / "password"
        password_file.write_text(self._password, encoding="utf-8")
        if self._uid is not None and self._gid is not None:
            for path in (self.directory, password_file):
                os.chown(path, self._uid, self._gid)
        command = (
            _find("initdb"),
            "--username=tester",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
            str(self.directory / "data"),
        )
        done = subprocess.run(
            command,
            capture_output=True,
            check=False,
            cwd=self.directory,
            user=self._uid,
            group=self._gid,
            extra_groups=self._groups,
        )
        password_file.unlink()
        if done.returncode != 0:
            raise AssertionError(f"initdb: {done.stderr.decode(errors='replace')}")

    def _start(self) -> subprocess.Popen[bytes]:
        settings: Sequence[str] = [f"--{name}={value}" for name, value in self._settings.items()]
        with (self.directory / "log").open("ab") as log:
            return subprocess.Popen(
                (
                    _find("postgres"),
                    "-D",
                    str(self.directory / "data"),
                    f"--port={self.port}",
                    f"--unix_socket_directories={self.directory}",
                    *settings,
                ),
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=self.directory,
                start_new_session=True,  # Ctrl-C at the terminal is for pytest, which then stops us
                user=self._uid,
                group=self._gid,
                extra_groups=self._groups,
            )

    def _wait(self) -> str:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                with psycopg.connect(f"postgresql://{self._address('postgres')}") as connection:
                    return str(connection.info.parameter_status("server_version"))
            except psycopg.OperationalError as error:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    program.stop(self.process)
                    log = (self.directory / "log").read_text(encoding="utf-8", errors="replace")
                    raise AssertionError(f"PostgreSQL did not start: {error}\n{log[-2000:]}") from error
                time.sleep(0.05)

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(f"postgresql://{self._address('postgres')}", autocommit=True) as connection:
            connection.execute(statement)


def _find(name: str) -> str:
    return program.find((name,), "postgresql", ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin"))


def find_version() -> str:
    """Return what the installed server says of itself."""
    return subprocess.run(
        (_find("postgres"), "--version"), capture_output=True, text=True, check=True
    ).stdout.strip()
