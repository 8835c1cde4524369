"""Federation programs that others wrote (scripts/peers), each in a Python of its own."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.services import program
from tests.services.deployment import Running

ROOT = Path(__file__).resolve().parents[2]
SPID_AUTHORITY = Path(__file__).parent / "spid_authority.py"
COMMAND_SECONDS = 60
READY = "/list"
# Nothing of ours is theirs to import; what they warn of is their authors' to mend.
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name in {"HOME", "LANG", "PATH"}},
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONWARNINGS": "ignore",
}


def find(name: str, command: str) -> str:
    """Return the path of a command of the peer of that name."""
    path = ROOT / "var" / "peers" / name / "bin" / command
    if not path.exists():
        msg = f"{name} is not installed: scripts/peers"
        raise program.MissingProgramError(msg)
    return str(path)


class Ofcli:
    """A resolver of trust chains: PyPI ofcli."""

    def ask(self, *arguments: str) -> Any:
        """Return the JSON that a command prints."""
        return json.loads(self.say(*arguments))

    def say(self, *arguments: str) -> str:
        """Return what a command prints."""
        return _run((find("ofcli", "ofcli"), *arguments))

    def paths(self, entity_id: str, *anchors: str) -> set[tuple[str, ...]]:
        """Return the ways from the entity to any of the anchors."""
        lines = self.say("trustchains", entity_id, *(f"--ta={one}" for one in anchors)).splitlines()
        return {tuple(line.removeprefix("* ").split(" -> ")) for line in lines if line.startswith("* ")}


class SpidAuthority:
    """An authority of the Italian federation, and a site of its own below it: PyPI spid-cie-oidc."""

    def __init__(
        self,
        directory: Path,
        *,
        authority_hints: Sequence[str] = (),
        constraints: Mapping[str, Any] | None = None,
    ) -> None:
        port = program.free_port()
        self.entity_id = f"http://localhost:{port}"
        self.site_id = f"{self.entity_id}/rp"
        python = find("spid-cie-oidc", "python")
        database = directory / f"spid-{port}.sqlite3"
        self._command = (python, str(SPID_AUTHORITY), str(database), self.entity_id)
        self._do("found", authority_hints=list(authority_hints), constraints=dict(constraints or {}))
        self.running = Running(
            "spid", (*self._command, "serve"), port, directory=directory, environment=ENVIRONMENT
        )
        try:
            self.running.wait_until_ready(READY)
        except BaseException:
            self.running.kill()
            raise

    def vouch(self, sub: str, **about: Any) -> None:
        """Take up a newcomer, whose configuration it fetches and judges."""
        self._do("vouch", sub=sub, **about)

    def leave(self, sub: str) -> None:
        """Stand behind it no more."""
        self._do("leave", sub=sub)

    def resolve(self, sub: str, trust_anchor: str) -> dict[str, Any]:
        """Return its ``path`` and ``metadata``, or why it ``refused``."""
        found: dict[str, Any] = self._do("resolve", sub=sub, trust_anchor=trust_anchor)
        return found

    def _do(self, command: str, **given: Any) -> Any:
        return json.loads(_run((*self._command, command), json.dumps(given)))


def _run(command: Sequence[str], given: str = "") -> str:
    done = subprocess.run(
        command,
        env=ENVIRONMENT,
        input=given,
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{command[-1]}: {done.stdout}{done.stderr[-3000:]}"
    return done.stdout
