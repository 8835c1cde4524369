"""`idp migrate`: bring the database's schema up to date, all or nothing."""

import click

from idp import schema
from idp.cli import configured


@click.command("migrate")
def command() -> None:
    """Run the migrations that have not run; a failed one leaves the database as it was."""
    upgrade(configured.load().database_url)


def upgrade(url: str) -> None:
    """Migrate and say what was done; raises ClickException when nothing was."""
    try:
        applied = schema.upgrade(url)
    except schema.MigrationError as error:
        raise click.ClickException(f"nothing was changed: {error}") from error
    click.echo(f"database: migrated {', '.join(applied)}" if applied else "database: up to date")
