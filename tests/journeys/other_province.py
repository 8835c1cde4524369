"""The provider of another province: a second process of the program with data of its own, in the same federation."""

from pathlib import Path

from idp.accounts import account as accounts
from tests.journeys.sandbox import Sandbox
from tests.person import Person
from tests.provider import Provider
from tests.services.deployment import Deployment, Running

CODE = "320000"


class OtherProvince:
    """Jiangsu 江苏. Cookies know no ports, so it goes by another name of this machine."""

    def __init__(self, directory: Path, sandbox: Sandbox) -> None:
        self.deployment = Deployment(directory, host="127.0.0.1")
        registers = sandbox.deployment.environment
        for name in ("IDP_REGISTERS__URL", "IDP_SMS__URL"):
            self.deployment.environment[name] = registers[name]
        # Where both leave what the other has to know.
        meeting = directory / "var" / "sandbox" / "network"
        meeting.parent.mkdir(parents=True)
        meeting.symlink_to(sandbox.deployment.directory / "var" / "sandbox" / "network")
        self.deployment.idp("init", "--sandbox", "--province", CODE)
        sandbox.deployment.idp("init", "--sandbox")
        self.issuer = self.deployment.issuer
        self.serve: Running = self.deployment.serve()
        self.serve.wait_until_ready("/readyz")
        self._provider = Provider(self.deployment.settings)

    def planted(self, username: str) -> Person:
        """Return somebody whom Jiangsu came with."""
        with self._provider.context():
            found = accounts.find_by_identifier(username)
            assert found is not None
            return Person(found.id, username, accounts.name_of(found), accounts.phone_of(found))

    def close(self) -> None:
        """Stop it."""
        self._provider.close()
        self.deployment.stop()
