"""The program as a whole."""

import os
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from idp import cli
from tests.cli.running_program import ROOT


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)


def test_every_command_is_where_the_list_says_with_the_same_help() -> None:
    for name, said in cli.COMMANDS.items():
        context = click.Context(cli.main)
        command = cli.main.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert command.help
        if isinstance(command, click.Group):
            assert command.help.splitlines()[0] == said


def test_every_listing_takes_json() -> None:
    context = click.Context(cli.main)
    listings = {"list", "search", "show"}
    for name in cli.COMMANDS:
        command = cli.main.get_command(context, name)
        for inner, one in getattr(command, "commands", {}).items():
            if inner in listings:
                assert any("--json" in option.opts for option in one.params), (name, inner)


def test_help_and_version_and_wrong_use() -> None:
    runner = CliRunner()
    said = runner.invoke(cli.main, ["--help"])
    assert said.exit_code == 0
    assert all(name in said.stdout for name in cli.COMMANDS)
    assert runner.invoke(cli.main, ["no-such"]).exit_code == 2
    assert runner.invoke(cli.main, ["keys", "no-such"]).exit_code == 2


def test_a_start_does_not_wait_for_what_only_others_need() -> None:
    program = "import sys, idp.cli; print([name for name in ('flask', 'sqlalchemy', 'granian') if name in sys.modules])"
    said = subprocess.run(
        (sys.executable, "-c", program), cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "[]"
