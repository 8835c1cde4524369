"""The programs as people run them: `idp serve`, `idp worker`, the sandbox's SMS inbox, the service sites.

Each deployment has a directory, stores and ports of its own; nothing is shared with `make run`.
"""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from idp import settings
from idp.settings import Settings
from tests.services import program

ROOT = Path(__file__).resolve().parents[2]
IDP = (sys.executable, "-c", "from idp.cli import main; main()")
START_SECONDS = 60
COMMAND_SECONDS = 90
SITES = ("province", "city", "county", "housing")
# The limits are there to stop strangers; here one address is everybody.
GENEROUS = {
    "IDP_LIMITS__LOGIN_ATTEMPTS_PER_ADDRESS": "1000000",
    "IDP_LIMITS__PHONE_CODES_PER_ADDRESS": "1000",
}


class Running:
    """One program that was started; ``log`` is what it has said."""

    def __init__(
        self, name: str, command: tuple[str, ...], port: int, *, directory: Path, environment: dict[str, str]
    ) -> None:
        self.name = name
        self.port = port
        self._log = directory / f"{name}-{time.monotonic_ns()}.log"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                cwd=directory,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # `kill` reaches all it started, and Ctrl-C is for pytest
            )

    @property
    def log(self) -> str:
        """What the program has written so far."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    @property
    def pids(self) -> list[int]:
        """The process and all below it."""
        return [self.process.pid, *_below(self.process.pid)]

    def wait_until_ready(self, path: str) -> None:
        """Return when *path* answers 200."""
        deadline = time.monotonic() + START_SECONDS
        while not self._answers(path):
            assert self.process.poll() is None, f"{self.name} ended: {self.log[-3000:]}"
            assert time.monotonic() < deadline, f"{self.name} does not answer: {self.log[-3000:]}"
            time.sleep(0.05)

    def stop(self) -> int:
        """Stop it as systemd does, and return its exit code."""
        program.stop(self.process, signal.SIGTERM, 20)
        return self.process.returncode

    def kill(self) -> None:
        """Kill it and all it started, at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def _answers(self, path: str) -> bool:
        # Nothing is asked of a port that was never given.
        try:
            url = f"http://127.0.0.1:{self.port}{path}"
            return httpx.get(url, trust_env=False, timeout=2).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False


class Deployment:
    """A provider's directory, stores and settings, and the programs started on them."""

    def __init__(self, directory: Path, host: str = "localhost", **changes: str) -> None:
        self.directory = directory
        self.port = program.free_port()
        self.issuer = f"http://{host}:{self.port}"
        self._running: list[Running] = []
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("IDP_")}
        kit = ROOT / "clients" / "tongxing_client" / "src"
        self.environment = {
            **inherited,
            **GENEROUS,
            "PYTHONPATH": os.pathsep.join((str(ROOT), str(kit))),
            "IDP_SANDBOX": "true",
            "IDP_PASSKEYS__SANDBOX_TRUSTS_VIRTUAL_AUTHENTICATOR": "true",
            "IDP_ISSUER": self.issuer,
            "IDP_DATABASE_URL": f"sqlite:///{directory}/tongxing.sqlite3",
            "IDP_MASTER_KEY_FILE": str(directory / "master.key"),
            **changes,
        }

    @property
    def settings(self) -> Settings:
        """The same settings for a look into the stores from the test."""
        return settings.load(None, self.environment)

    def idp(self, *arguments: str, given: Any = None) -> str:
        """Run a command to its end with *given* as JSON on its input; return what it printed."""
        return self._run((*IDP, *arguments), given)

    def _run(self, command: tuple[str, ...], given: Any = None) -> str:
        done = subprocess.run(
            command,
            cwd=self.directory,
            env=self.environment,
            input=None if given is None else json.dumps(given),
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{command[-1]}: {done.stdout}{done.stderr}"
        return done.stdout

    def serve(self, port: int | None = None, **changes: str) -> Running:
        """Start `idp serve` on the issuer's port or another one; `/readyz` tells when it is there."""
        port = port or self.port
        return self._start("serve", (*IDP, "serve", "--port", str(port)), port, changes)

    def worker(self, **changes: str) -> Running:
        """Start `idp worker`."""
        return self._start("worker", (*IDP, "worker"), 0, changes)

    def sms_inbox(self) -> Running:
        """Start the sandbox's SMS gateway and registers; programs started later post there."""
        port = program.free_port()
        self.environment["IDP_SMS__URL"] = f"http://localhost:{port}/sms/messages"
        self.environment["IDP_REGISTERS__URL"] = f"http://localhost:{port}/registers"
        return self._start("inbox", (*IDP, "sandbox", "serve", "--port", str(port)), port, {})

    def place_sites(self) -> dict[str, int]:
        """Give the sandbox's sites ports and keys, before `init --sandbox` has their superiors vouch for them there."""
        ports = {key: program.free_port() for key in SITES}
        self.environment |= {
            f"TONGXING_{key.upper()}_URL": f"http://localhost:{port}" for key, port in ports.items()
        }
        self.environment["TONGXING_ISSUER"] = self.issuer
        self._run((sys.executable, "-m", "clients.sites.keys"))
        return ports

    def sites(self, ports: dict[str, int]) -> dict[str, Running]:
        """Start the sandbox's sites where `place_sites` has placed them."""
        return {
            key: self._start(
                key,
                (sys.executable, "-m", f"clients.sites.{key}"),
                port,
                {"TONGXING_PORT": str(port)},
            )
            for key, port in ports.items()
        }

    def stop(self) -> None:
        """Stop everything, the sites first."""
        for one in reversed(self._running):
            one.process.send_signal(signal.SIGTERM)
        for one in reversed(self._running):
            one.stop()
            one.kill()

    def _start(self, name: str, command: tuple[str, ...], port: int, changes: dict[str, str]) -> Running:
        started = Running(
            name, command, port, directory=self.directory, environment=self.environment | changes
        )
        self._running.append(started)
        return started


def _below(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except FileNotFoundError:
        return []
    return [below for child in children for below in (int(child), *_below(int(child)))]
