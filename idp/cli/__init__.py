"""`idp`: the operator's door. One file per noun, each with a click command named ``command``.

Exit codes: 0 done, 1 refused with a reason, 2 wrong use. Listings take ``--json``. A command is imported when
it is called, so that none waits for what only another needs. Decides nothing itself: rooms do. One more
command: a file, and a line in COMMANDS.
"""

import importlib
import os

import click

COMMANDS = {
    "accounts": "Accounts 账号: import, list, create, give a new password.",
    "audit": "Audit log 审计日志: verify, export, search.",
    "consent": "Consent 同意记录: verify records and receipts, list, show.",
    "federation": "Federation 联邦: authorities, subordinates, keys, why an entity is trusted or not.",
    "init": "Make or bring forward keys and database; what is there stays.",
    "keys": "Signing keys 签名密钥: list, rotate.",
    "levels": "Levels 等级: check a level file, see its effect, put it in force.",
    "migrate": "Bring the database's schema up to date.",
    "officials": "Officials 政务人员: the first posts, and who holds which.",
    "outbox": "Outbox 发件箱: messages to sites, whether they arrived, trying again.",
    "relying-parties": "Relying parties 业务系统: register, list, change, remove.",
    "sandbox": "What only the sandbox 沙箱 has: SMS inbox, registers, one-time codes.",
    "serve": "Serve the provider over HTTP.",
    "settings": "Settings 配置: check them, print an example.",
    "streams": "Streams 推送通道: which sites hear of events, what did not arrive, trying again.",
    "worker": "Deliver messages and do background work.",
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the alphabet."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"idp.cli.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show what there is without importing it."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(cls=LazyGroup)
@click.version_option(package_name="tongxing")
def main() -> None:
    """Tongxing 通行: an OpenID Connect provider for one login across public services."""
    # What commands write (database, keys, credentials of sandbox sites) is for their owner only.
    os.umask(0o077)
