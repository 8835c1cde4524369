"""The sandbox's registers over real HTTP, on a port of their own."""

import threading
from pathlib import Path
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from idp.sandbox.registers import app as registers
from idp.sandbox.registers import folder
from idp.sandbox.registers.running import RUNNING
from idp.settings import Settings


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - as werkzeug names it
        pass


class ServedRegisters:
    """Close it. ``running`` has the records, the faults and the keys."""

    def __init__(self, directory: Path, notice_url: str = "") -> None:
        self.keys_file = directory / "jwks.json"
        prepared = folder.prepare(directory / "registers", self.keys_file)
        app = registers.create_app(Settings(sandbox=True), prepared, notice_url)
        self.running = RUNNING.of(app)
        self._server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def settings(self, **changes: Any) -> dict[str, Any]:
        """The provider's settings for these registers."""
        return {"url": self.url, "keys_file": str(self.keys_file), "timeout": 5.0} | changes

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
