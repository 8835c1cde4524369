"""The city's older system as it runs beside a deployment: registered as an operator would, started on its own port."""

import json
import subprocess
import sys

from tests.services import program
from tests.services.deployment import Deployment, Running

MODULE = "clients.legacy"


class LegacySystem:
    """The running system; ``url`` addresses its pages."""

    def __init__(self, deployment: Deployment) -> None:
        self.port = program.free_port()
        directory = deployment.directory / "legacy"
        directory.mkdir()
        environment = deployment.environment | {
            "TONGXING_ISSUER": deployment.issuer,
            "TONGXING_PORT": str(self.port),
            "TONGXING_LEGACY_FOLDER": str(directory),
        }
        printed = subprocess.run(
            (sys.executable, "-m", f"{MODULE}.registration"),
            cwd=directory,
            env=environment,
            capture_output=True,
            check=True,
        )
        deployment.idp("relying-parties", "import", "-", given=json.loads(printed.stdout))
        self._running = Running(
            "legacy",
            (sys.executable, "-m", MODULE),
            self.port,
            directory=directory,
            environment=environment,
        )
        self._running.wait_until_ready("/healthz")

    def url(self, path: str = "/") -> str:
        """Return the address of *path*."""
        return f"http://localhost:{self.port}{path}"

    def stop(self) -> None:
        """End it."""
        self._running.stop()
        self._running.kill()
