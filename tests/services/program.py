"""Finding and stopping the programs that tests need."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path

# Packages that only tools of the tests bring along, made unimportable.
ABSENT = Path(__file__).parent / "absent"


class MissingProgramError(Exception):
    """A program is not installed; the text names the package."""


def find(names: tuple[str, ...], package: str, places: tuple[str, ...] = ()) -> str:
    """Return the path of the first of *names* on PATH or in *places* (globs from the root, newest last)."""
    for name in names:
        if found := shutil.which(name):
            return found
        for place in places:
            if candidates := sorted(Path("/").glob(f"{place}/{name}")):
                return str(candidates[-1])
    msg = f"{names[0]} is not installed: sudo apt-get install {package}"
    raise MissingProgramError(msg)


def as_installed(environment: Mapping[str, str]) -> dict[str, str]:
    """Return *environment* for a process as operators have it: no coverage tool inside, no packages of the tests'."""
    return {
        **environment,
        "COVERAGE_PROCESS_START": "",
        "COVERAGE_PROCESS_CONFIG": "",
        "PYTHONPATH": os.pathsep.join((str(ABSENT), environment["PYTHONPATH"])),
    }


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def unprivileged(preferred: str = "nobody") -> pwd.struct_passwd | None:
    """Return the user that servers run as which refuse to be root; None when we are not root."""
    if os.geteuid() != 0:
        return None
    for name in (preferred, "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    msg = "no unprivileged user to run servers as"
    raise MissingProgramError(msg)


def stop(
    process: subprocess.Popen[bytes], number: signal.Signals = signal.SIGTERM, seconds: float = 10
) -> None:
    """Stop *process* by its id; kill it when it does not listen."""
    if process.poll() is None:
        process.send_signal(number)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
