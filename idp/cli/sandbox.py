"""`idp sandbox`: services and codes that real life has elsewhere. Refused outside sandbox mode."""

import click

from idp.accounts import account as accounts
from idp.authenticators import otp
from idp.cli import configured, granian_server, provider
from idp.sandbox import data, program

HOST = "127.0.0.1"
PORT = 8010
# Some of them sleep when a register is told to be slow.
THREADS = 16


@click.group("sandbox")
def command() -> None:
    """What only the sandbox 沙箱 has: SMS inbox, registers, one-time codes."""
    if not configured.load().sandbox:
        raise click.ClickException("this is no sandbox: the settings say sandbox = false")


@command.command()
@click.option("--port", type=click.IntRange(1, 65_535), default=PORT, show_default=True)
def serve(port: int) -> None:
    """Serve the SMS inbox and the registers 登记库 (on loopback only)."""
    settings = configured.load_for_service()
    granian_server.serve(lambda: program.create_app(settings), host=HOST, port=port, threads=THREADS)


@command.command()
@click.argument("name")
def totp(name: str) -> None:
    """Print the one-time code that the authenticator app of sandbox person NAME shows now."""
    with provider.running():
        account = accounts.find_by_identifier(name)
        if account is None:
            raise click.ClickException(f"{name}: nobody of that name; `idp init --sandbox` plants the people")
        if not otp.is_enrolled(account.id):
            raise click.ClickException(f"{name} has no authenticator app")
    click.echo(otp.code_now(data.TOTP_SECRET))
