"""The provider under test: its own data, its own servers, one `idp serve` on a free port."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self

from tests.bench import plan
from tests.services import postgresql, program, redis_server

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
IDP = (sys.executable, "-c", "from idp.cli import main; main()")
# As a deployer would run it: what is committed is on disk.
DURABLE = {"listen_addresses": "127.0.0.1", "max_connections": "100", "shared_buffers": "128MB"}
# The limits are there to stop strangers; here one address is everybody.
UNLIMITED = {
    "IDP_LIMITS__LOGIN_ATTEMPTS_PER_ADDRESS": "10000000",
    "IDP_LIMITS__MACHINE_REQUESTS_PER_RP": "100000000",
    "IDP_LIMITS__NEW_JOURNEYS_PER_ADDRESS": "10000000",
}
MEBIBYTE = 1024


class Deployment:
    """One running provider. ``stores`` names what it keeps its data in."""

    def __init__(self, stores: str, *, server_cores: set[int], other_cores: set[int]) -> None:
        self.stores = stores
        self.port = program.free_port()
        self._server_cores, self._other_cores = server_cores, other_cores
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with self._stack:
            self._start()
            self._stack = self._stack.pop_all()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stack.close()

    def memory(self) -> list[dict[str, float]]:
        """Return RSS and PSS in MiB of each process of the server, the parent first."""
        return [_memory(pid) for pid in [self._process.pid, *_children(self._process.pid)]]

    def _start(self) -> None:
        directory = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="tongxing-bench-")))
        environment = self._environment(directory)
        (directory / "people.json").write_text(plan.people(), encoding="utf-8")
        (directory / "rps.json").write_text(plan.relying_parties(), encoding="utf-8")
        for command in (
            ("init",),
            ("relying-parties", "import", str(directory / "rps.json")),
            ("accounts", "import", str(directory / "people.json")),
        ):
            subprocess.run((*IDP, *command), cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        log = self._stack.enter_context((directory / "serve.log").open("wb"))
        with on_cores(self._server_cores):
            self._process = subprocess.Popen(
                (*IDP, "serve"), cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        self._stack.callback(program.stop, self._process)
        self._wait(directory / "serve.log")

    def _environment(self, directory: Path) -> dict[str, str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("IDP_")}
        environment |= UNLIMITED | {
            "IDP_SANDBOX": "true",
            "IDP_ISSUER": f"http://127.0.0.1:{self.port}",
            "IDP_SERVING__PORT": str(self.port),
            "IDP_SERVING__LOG_LEVEL": "warning",
            "IDP_MASTER_KEY_FILE": str(directory / "master.key"),
            "IDP_DATABASE_URL": f"sqlite:///{directory}/bench.sqlite3",
        }
        if self.stores == "sqlite":
            return environment
        with on_cores(self._other_cores):
            cluster = postgresql.Cluster(DURABLE)
            self._stack.callback(cluster.stop)
            store = redis_server.Server()
            self._stack.callback(store.stop)
        self.stores = f"postgresql {cluster.version} + redis {store.version}"
        return environment | {"IDP_DATABASE_URL": cluster.url(cluster.create()), "IDP_REDIS_URL": store.url}

    def _wait(self, log: Path) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2):
                    return
            except (urllib.error.URLError, OSError) as error:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    text = log.read_text(encoding="utf-8", errors="replace")
                    raise RuntimeError(f"idp serve did not start: {error}\n{text[-3000:]}") from error
                time.sleep(0.1)


@contextmanager
def on_cores(cores: set[int]) -> Iterator[None]:
    """Start processes on these cores only; without a second core there is nothing to choose."""
    before = os.sched_getaffinity(0)
    if cores:
        os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _children(pid: int) -> list[int]:
    found = [
        int(text) for text in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    ]
    return found + [below for child in found for below in _children(child)]


def _memory(pid: int) -> dict[str, float]:
    values = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]:
        name, _, rest = line.partition(":")
        values[name] = int(rest.split()[0])
    return {"rss_mib": round(values["Rss"] / MEBIBYTE, 1), "pss_mib": round(values["Pss"] / MEBIBYTE, 1)}
