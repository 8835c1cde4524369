"""A private Redis server that keeps nothing on disk."""

import signal
import subprocess
import tempfile
import time

import redis

from tests.services import program

START_SECONDS = 10


class Server:
    """One running redis-server; `url` addresses it, `flush` empties it."""

    def __init__(self) -> None:
        self.port = program.free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._directory = tempfile.TemporaryDirectory(prefix="tongxing-redis-")
        self.process = self._start()
        self.version = self._wait()

    def flush(self) -> None:
        """Forget everything, as a lost Redis would."""
        with self._client() as client:
            client.flushall()

    def interrupt(self) -> None:
        """Be gone at once; `restart` comes back empty on the same port."""
        program.stop(self.process, signal.SIGKILL)

    def restart(self) -> None:
        """Start again, empty."""
        self.process = self._start()
        self._wait()

    def stop(self) -> None:
        """Stop and leave nothing behind."""
        program.stop(self.process)
        self._directory.cleanup()

    def _client(self) -> redis.Redis:
        return redis.Redis(host="127.0.0.1", port=self.port, socket_timeout=5)

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            (
                program.find(("redis-server",), "redis-server"),
                *("--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"),
                *("--dir", self._directory.name),
            ),
            stdout=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C at the terminal is for pytest, which then stops us
        )

    def _wait(self) -> str:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                with self._client() as client:
                    return str(client.info("server")["redis_version"])
            except redis.ConnectionError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)


def find_version() -> str:
    """Return what the installed server says of itself."""
    command = (program.find(("redis-server",), "redis-server"), "--version")
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
