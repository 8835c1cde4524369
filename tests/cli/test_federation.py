"""`idp federation`: its commands are imported when they are called."""

import click
from click.testing import CliRunner

from idp.cli import federation


def test_every_command_is_there() -> None:
    context = click.Context(federation.command)
    assert isinstance(federation.command, click.Group)
    for name in federation.COMMANDS:
        found = federation.command.get_command(context, name)
        assert found is not None
        assert found.name == name
        assert found.help


def test_the_list_shows_all() -> None:
    output = CliRunner().invoke(federation.command, ["--help"]).output
    assert all(f"  {name} " in output for name in federation.COMMANDS)


def test_what_is_no_command_is_wrong_use() -> None:
    assert CliRunner().invoke(federation.command, ["nonsense"]).exit_code == 2
