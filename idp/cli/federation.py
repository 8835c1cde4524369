"""`idp federation`: authorities hosted here, their subordinates and keys, and why an entity is trusted or not.

Each command lives in a file of its own noun; one more: a line in COMMANDS.
"""

import importlib

import click

# Name → the module that has a click command of that name (``-`` and ``_`` alike), and what it is for.
COMMANDS = {
    "anchors": (
        "federation_anchors",
        "Trust anchors 信任锚: whose keys count by themselves: list, add, remove.",
    ),
    "authorities": (
        "federation_authorities",
        "Authorities 机构节点 hosted here: list, show, create, change, close.",
    ),
    "explain": ("federation_chains", "Tell why an entity is trusted, or at which step it is not."),
    "keys": ("federation_keys", "Federation keys 联邦密钥 of entities hosted here: list, rotate, revoke."),
    "plant": ("federation_authorities", "Plant authorities for a division and all below it."),
    "policy": ("federation_policy", "Rules 规则 for all below an authority: show, set."),
    "recognition": (
        "federation_recognition",
        "Mutual recognition 跨省互认 of an anchor hosted here: show, add, remove, epochs.",
    ),
    "resolve": ("federation_chains", "Print what counts for an entity: its chain and its metadata."),
    "subordinates": (
        "federation_subordinates",
        "Subordinates 下级 of an authority: list, show, add, remove, suspend, resume.",
    ),
    "trust-marks": ("federation_trust_marks", "Trust marks 信任标志 given here: list, issue, revoke."),
}


class Group(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the alphabet."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"idp.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show what there is without importing it."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in sorted(COMMANDS.items())])


@click.group("federation", cls=Group)
def command() -> None:
    """Federation 联邦: authorities, subordinates, keys, why an entity is trusted or not."""
