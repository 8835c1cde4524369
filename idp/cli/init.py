"""`idp init`: everything a provider needs before it serves. Idempotent, and safe to run by several at once."""

from pathlib import Path

import click

from idp import schema
from idp.assurance.policy_file import PolicyError
from idp.cli import configured, migrate, provider
from idp.db import commit
from idp.ephemeral.store import EPHEMERAL
from idp.errors import IdpError
from idp.keys import keyring, master_key, secret, signing_key
from idp.keys.master_key import MasterKeyError
from idp.level_policy import current, packaged, version
from idp.sandbox import data
from idp.settings import Settings


@click.command("init")
@click.option(
    "--sandbox", is_flag=True, help="Also plant the sandbox's people, and the authorities above its sites."
)
@click.option("--province", default="", help="With --sandbox: be the provider of another province (320000).")
def command(sandbox: bool, province: str) -> None:
    """Make or bring forward master key, database and signing keys; what is there stays."""
    settings = configured.load()
    if sandbox and not settings.sandbox:
        raise click.ClickException("--sandbox: the settings say sandbox = false")
    made = _make_master_key(Path(settings.master_key_file))
    try:
        migrate.upgrade(settings.database_url)
        configured.check_data(settings)
        _make_keys(settings)
    except click.ClickException:
        if made:
            # It sealed nothing; left there, it would stand in the way of the right one.
            Path(settings.master_key_file).unlink()
        raise
    _apply_levels()
    if sandbox and province:
        _plant_province(province)
    elif sandbox:
        _plant()


def _make_master_key(file: Path) -> bool:
    try:
        master_key.create(file)
    except FileExistsError:
        return False
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from error
    click.echo(
        f"master key: made {file}; keep a copy apart from the database, it opens everything sealed there"
    )
    return True


def _make_keys(settings: Settings) -> None:
    with provider.running():
        schema.take_turn()
        try:
            secrets = secret.create_missing()
            # Opens one, so that a master key that is not this database's is noticed now.
            secret.SECRETS.get().get(secret.PAIRWISE)
        except MasterKeyError as error:
            message = f"{settings.master_key_file} is not the key that sealed this database ({error})"
            raise click.ClickException(message) from error
        kids = signing_key.create_missing()
        commit()
        if kids:
            _announce("keys", keyring.CHANNEL)
    click.echo(
        f"keys: made {len(secrets)} secrets, {len(kids)} signing keys" if secrets or kids else "keys: there"
    )


def _apply_levels() -> None:
    try:
        packaged.policy()
    except PolicyError as error:
        reasons = "\n".join(f"  {problem}" for problem in error.problems)
        raise click.ClickException(f"{packaged.FILE}:\n{reasons}") from error
    with provider.running():
        schema.take_turn()
        applied = version.apply_packaged()
        commit()
        if applied is not None:
            _announce("levels", current.CHANNEL)
    click.echo("levels: version 1 is in force" if applied is not None else "levels: there")


def _announce(noun: str, channel: str) -> None:
    try:
        EPHEMERAL.get().publish(channel, "*")
    except IdpError:
        click.echo(f"{noun}: running processes notice the new ones within minutes", err=True)


def _plant_province(province: str) -> None:
    with provider.running():
        schema.take_turn()
        people = data.plant_province(province)
        commit()
    click.echo(f"sandbox: {len(people)} people of {province} planted" if people else "sandbox: there")


def _plant() -> None:
    with provider.running():
        schema.take_turn()
        people, sites = data.plant()
        commit()
    click.echo(
        f"sandbox: {len(people)} people planted, {len(sites)} sites vouched for"
        if people or sites
        else "sandbox: there"
    )
