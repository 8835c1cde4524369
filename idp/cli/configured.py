"""The settings a command runs with: read, or every mistake printed at once (exit code 1)."""

import importlib
from pathlib import Path

import click

from idp import logs, settings
from idp.errors import IdpError
from idp.settings import Settings, SettingsError


def load(file: Path | None = None) -> Settings:
    """Return the settings; raises ClickException with one line for each problem."""
    try:
        return settings.load(file)
    except SettingsError as error:
        lines = "\n".join(f"  {problem}" for problem in error.problems)
        raise click.ClickException(f"wrong settings, nothing is started:\n{lines}") from error


def load_for_service() -> Settings:
    """Return the settings, and begin to log as they say; raises ClickException as `check_data` does."""
    loaded = load()
    logs.configure(loaded.serving.log_level)
    check_mandate_rules()
    check_data(loaded)
    return loaded


def check_mandate_rules() -> None:
    """Raise ClickException with every mistake of config/mandates.toml: found now, not when somebody first acts."""
    rules_file = importlib.import_module("idp.mandates.rules_file")  # what other commands need not load
    try:
        rules_file.get()
    except rules_file.RulesError as error:
        lines = "\n".join(f"  {problem}" for problem in error.problems)
        raise click.ClickException(f"wrong {rules_file.FILE.name}, nothing is started:\n{lines}") from error


def check_data(loaded: Settings) -> None:
    """Raise ClickException when production would serve sandbox data, or the database cannot tell."""
    if loaded.sandbox:
        return
    facts = importlib.import_module("idp.deployment_fact")  # what the sandbox need not load here
    try:
        known = facts.read(loaded.database_url)
    except IdpError as error:
        message = f"the database does not answer ({error.detail}); is it up, and has `idp init` been run?"
        raise click.ClickException(message) from error
    if facts.SANDBOX_DATA in known:
        raise click.ClickException(
            "this database holds sandbox data, people with public passwords, and sandbox = false: production needs"
            " a database of its own 此数据库含沙箱数据（账号密码是公开的），生产环境须使用新的数据库"
        )
