"""The settings a command runs with: read, or every mistake printed at once (exit code 1)."""

from pathlib import Path

import click

from idp import logs, settings
from idp.settings import Settings, SettingsError


def load(file: Path | None = None) -> Settings:
    """Return the settings; raises ClickException with one line for each problem."""
    try:
        return settings.load(file)
    except SettingsError as error:
        lines = "\n".join(f"  {problem}" for problem in error.problems)
        raise click.ClickException(f"wrong settings, nothing is started:\n{lines}") from error


def load_for_service() -> Settings:
    """Return the settings, and begin to log as they say."""
    loaded = load()
    logs.configure(loaded.serving.log_level)
    return loaded
