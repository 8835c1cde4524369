"""The operator at a terminal: runs a command's group against a provider's stores and reads what it says."""

import json
from typing import Any

import click
from click.testing import CliRunner, Result

from tests.provider import Provider


class Operator:
    """Runs one noun's commands."""

    def __init__(self, provider: Provider, command: click.Command) -> None:
        self.provider = provider
        self._command = command
        settings = provider.settings
        self._environment = {
            "IDP_ISSUER": settings.issuer,
            "IDP_SANDBOX": "true",
            "IDP_DATABASE_URL": settings.database_url,
            "IDP_MASTER_KEY_FILE": settings.master_key_file,
            "IDP_PASSWORDS__MEMORY_KIB": "8192",
            "IDP_PASSWORDS__ITERATIONS": "1",
        }

    def run(self, *arguments: str, typed: str | bytes = "", **environment: str) -> Result:
        """Run one command; *typed* is its standard input."""
        runner = CliRunner(env=self._environment | environment)
        result = runner.invoke(self._command, arguments, input=typed)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def done(self, *arguments: str, typed: str | bytes = "") -> str:
        """Run one command that must succeed; return what it said on standard output."""
        result = self.run(*arguments, typed=typed)
        assert result.exit_code == 0, result.output
        return result.stdout

    def listed(self, *arguments: str, typed: str | bytes = "") -> Any:
        """Run one command that must succeed with --json; return what it printed."""
        return json.loads(self.done(*arguments, "--json", typed=typed))
