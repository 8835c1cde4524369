"""Everything in the foreground, for `make run`: the provider, its service sites, an older system, the registers.

Nobody registers the sites at the provider: their keys are made first, the authorities that the provider hosts vouch
for them, and each states the rest about itself.

Starts what is missing, says where everything is and as whom to log in, and stops all of it at Ctrl-C.
Exit codes: 0 stopped by the person, 1 something could not start or died (its last lines are printed).
"""

import argparse
import collections
import contextlib
import ctypes
import dataclasses
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
WELCOME = ROOT / "scripts" / "welcome.txt"
# The provider of another province: another process of the same program, with data of its own. By another name of this
# machine, because a browser gives the cookies of localhost to all of its ports.
JIANGSU = {
    "IDP_ISSUER": "http://127.0.0.1:8100",
    "IDP_DATABASE_URL": "sqlite:///var/sandbox/jiangsu/tongxing.sqlite3",
    "IDP_MASTER_KEY_FILE": "var/sandbox/jiangsu/master.key",
}
# What the trust anchor has left for other provinces.
ANCHOR = ROOT / "var" / "sandbox" / "network" / "anchor.json"
START_SECONDS = 60
STOP_SECONDS = 10
LAST_LINES = 25
LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1


class Refused(Exception):
    """It cannot go on; the text is what the person reads."""


@dataclasses.dataclass(frozen=True)
class Program:
    """One program to run: its name in the log, its command, its port, and the path that answers 200.

    ``settings`` is what it finds in its environment beside what all find there.
    """

    name: str
    command: tuple[str, ...]
    port: int
    health: str
    settings: Mapping[str, str] = dataclasses.field(default_factory=dict)


def programs() -> tuple[Program, ...]:
    """All programs in the order they start."""
    idp = str(Path(sys.executable).parent / "idp")
    sites = (
        ("province", 8001),
        ("city", 8002),
        ("county", 8003),
        ("housing", 8004),
    )
    return (
        Program("registers", (idp, "sandbox", "serve"), 8010, "/healthz"),
        Program("idp", (idp, "serve"), 8000, "/healthz"),
        Program("jiangsu", (idp, "serve", "--port", "8100"), 8100, "/healthz", JIANGSU),
        *(Program(name, (sys.executable, "-m", f"clients.sites.{name}"), port, "/") for name, port in sites),
        Program("legacy", (sys.executable, "-m", "clients.legacy"), 8005, "/healthz"),
    )


class Child:
    """A running program: its output goes to the terminal with its name in front, its last lines are kept."""

    def __init__(self, program: Program, environment: Mapping[str, str]) -> None:
        self.program = program
        self.last_lines: collections.deque[str] = collections.deque(maxlen=LAST_LINES)
        self.process = subprocess.Popen(
            program.command,
            cwd=ROOT,
            env={**environment, **program.settings},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - one system call, takes no lock
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None  # noqa: S101 - Popen was given PIPE
        for line in self.process.stdout:
            self.last_lines.append(line.rstrip("\n"))
            with contextlib.suppress(OSError):
                print(f"{self.program.name:>9} | {line}", end="", flush=True)

    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self.process.poll() is None

    def answers(self) -> bool:
        """Whether its health address says 200."""
        connection = http.client.HTTPConnection("localhost", self.program.port, timeout=2)
        try:
            connection.request("GET", self.program.health)
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def signal(self, number: signal.Signals) -> None:
        """Send *number* to the process and all it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)

    def obituary(self) -> str:
        """How it ended, and its last lines."""
        self._reader.join(timeout=1)
        text = "\n".join(f"    {line}" for line in self.last_lines)
        return f"{self.program.name} ended with {self.process.returncode}; its last lines 最后的输出:\n{text}"


def _die_with_parent() -> None:
    """Ask Linux to stop this child should we be killed without a chance to stop it (prctl(2))."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def check_ports(wanted: tuple[Program, ...]) -> None:
    """Raise Refused when somebody else listens on one of our ports."""
    taken = [program for program in wanted if _is_taken(program.port)]
    if taken:
        names = ", ".join(f"{program.port} ({program.name})" for program in taken)
        msg = f"Port in use 端口被占用: {names}. Stop what listens there, then try again 请先停止占用者再试。"
        raise Refused(msg)


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


class Stopped(Exception):
    """The person asked to stop."""


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


def prepare(environment: Mapping[str, str]) -> None:
    """Make or bring forward the sites' keys, the database, keys and sandbox data; what is there stays."""
    idp = str(Path(sys.executable).parent / "idp")
    # Who vouches for the sites has to know their keys.
    _run(environment, sys.executable, "-m", "clients.sites.keys")
    if not ANCHOR.exists():
        _run(environment, idp, "init", "--sandbox")
    _run({**environment, **JIANGSU}, idp, "init", "--sandbox", "--province", "320000")
    # The province has introduced itself: now the trust anchor takes it up.
    _run(environment, idp, "init", "--sandbox")
    # The older system is no member of the federation: an operator registers it.
    registration = _run(
        environment, sys.executable, "-m", "clients.legacy.registration", output=subprocess.PIPE
    )
    _run(environment, idp, "relying-parties", "import", "-", given=registration)


def _run(
    environment: Mapping[str, str], *command: str, given: bytes = b"", output: int | None = None
) -> bytes:
    """Run *command* to its end; return its output where it is caught. Raises Refused unless it ends well."""
    done = subprocess.run(command, cwd=ROOT, env=environment, input=given, stdout=output, check=False)
    if done.returncode != 0:
        msg = f"{' '.join(command[1:])} refused with {done.returncode}; see above 见上"
        raise Refused(msg)
    return done.stdout or b""


def wait_until_ready(children: list[Child]) -> None:
    """Return when every program answers; raises Refused when one ends or does not answer in time."""
    deadline = time.monotonic() + START_SECONDS
    waiting = list(children)
    while waiting:
        check_alive(children)
        waiting = [child for child in waiting if not child.answers()]
        if waiting and time.monotonic() > deadline:
            names = ", ".join(child.program.name for child in waiting)
            msg = f"No answer within {START_SECONDS} s from 未在规定时间内应答: {names}"
            raise Refused(msg)
        time.sleep(0.1)


def check_alive(children: list[Child]) -> None:
    """Raise Refused with the last lines of a program that has ended."""
    for child in children:
        if not child.is_alive():
            raise Refused(child.obituary())


def stop(children: list[Child]) -> None:
    """Stop sites before the provider; whoever is still there after ten seconds is killed."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for child in reversed(children):
        child.signal(signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            print(f"{child.program.name} did not stop in {STOP_SECONDS} s and is killed", file=sys.stderr)
        # Its own children too, should it have left any behind.
        child.signal(signal.SIGKILL)
        child.process.wait()


def run() -> int:
    """Start, wait, stop; the exit code."""
    os.chdir(ROOT)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    environment = {
        **os.environ,
        "IDP_SANDBOX": "true",
        # So that level 4 can be tried with a browser's virtual authenticator; production refuses it.
        "IDP_PASSKEYS__SANDBOX_TRUSTS_VIRTUAL_AUTHENTICATOR": "true",
        "PYTHONPYCACHEPREFIX": str(ROOT / "var" / "pycache"),
        "PYTHONUNBUFFERED": "1",
    }
    children: list[Child] = []
    reason = ""
    try:
        _start_and_watch(children, environment)
    except Stopped:
        print("\nStopping 正在停止 …", flush=True)
    except Refused as refused:
        reason = str(refused)
    finally:
        stop(children)
    if reason:
        # Last, so that nothing scrolls it away.
        print(f"\n{reason}", file=sys.stderr, flush=True)
    return 1 if reason else 0


def _start_and_watch(children: list[Child], environment: Mapping[str, str]) -> None:
    wanted = programs()
    check_ports(wanted)
    prepare(environment)
    for program in wanted:
        children.append(Child(program, environment))
        if program.name == "idp":
            # The sites would only ask in vain before.
            wait_until_ready(children)
    wait_until_ready(children)
    print(WELCOME.read_text(encoding="utf-8"), flush=True)
    while True:
        check_alive(children)
        time.sleep(0.5)


if __name__ == "__main__":
    argparse.ArgumentParser(prog="make run", description=__doc__).parse_args()
    sys.exit(run())
