"""The `idp` program as processes of their own, as an operator starts them."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.provider import Template
from tests.services import program
from tests.waiting import eventually

ROOT = Path(__file__).resolve().parents[2]
IDP = (sys.executable, "-c", "from idp.cli import main; main()")


def environment(template: Template, database_url: str, redis_url: str = "", **more: str) -> dict[str, str]:
    """Return the environment of a provider on these stores."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "IDP_SANDBOX": "true",
        "IDP_DATABASE_URL": database_url,
        "IDP_REDIS_URL": redis_url,
        "IDP_MASTER_KEY_FILE": str(template.key_file),
        **more,
    }


class Running:
    """One process of `idp` that was started."""

    def __init__(self, arguments: tuple[str, ...], settings: dict[str, str], log: Path) -> None:
        self.log = log
        with log.open("ab") as stream:
            self.process = subprocess.Popen(
                (*IDP, *arguments),
                env=settings,
                cwd=log.parent,
                stdout=stream,
                stderr=stream,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def stop(self, number: signal.Signals = signal.SIGTERM, seconds: float = 20) -> int:
        """Send a signal and return the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            raise

    def children(self) -> list[int]:
        """Return the ids of the processes it started."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(
            encoding="ascii"
        )
        return [int(text) for text in listed.split()]


class Server(Running):
    """`idp serve` on a port of its own."""

    def __init__(self, settings: dict[str, str], log: Path, *arguments: str) -> None:
        self.port = program.free_port()
        super().__init__(("serve", "--port", str(self.port), *arguments), settings, log)
        self.client = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}",
            headers={"Host": "localhost:8000"},
            trust_env=False,
            timeout=20,
        )

    def wait(self) -> None:
        """Return when it answers."""
        eventually(self.answers, 40)

    def answers(self) -> bool:
        assert self.process.poll() is None, self.said()
        try:
            return self.client.get("/healthz").is_success
        except httpx.HTTPError:
            return False


@contextmanager
def serving(settings: dict[str, str], log: Path, *arguments: str) -> Iterator[Server]:
    """A server that answers, stopped at the end however the test ends."""
    server = Server(settings, log, *arguments)
    try:
        server.wait()
        yield server
    finally:
        server.stop()
        server.client.close()


def run(settings: dict[str, str], directory: Path, *arguments: str, typed: str = "") -> Any:
    """Run one command to its end."""
    return subprocess.run(
        (*IDP, *arguments),
        env=settings,
        cwd=directory,
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )
