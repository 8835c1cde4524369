"""`idp officials`: the first posts 岗位 of a deployment, and who holds which. Later ones: in the console."""

from typing import Any
from uuid import UUID

import click

from idp.accounts import account as accounts
from idp.cli import provider
from idp.db import commit
from idp.errors import NotFound
from idp.operators import appointing
from idp.operators import post as posts
from idp.operators.post import Post
from idp.operators.rights import Role

PAGE = 500
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group("officials")
def command() -> None:
    """Officials 政务人员: the first posts, and who holds which."""


@command.command()
@click.argument("person", metavar="NAME_OR_PHONE")
@click.option("--username", required=True, help="User name of the new official account.")
@click.option("--organization", required=True, help="Where the post is.")
@click.option("--division", required=True, help="Code of the division (GB/T 2260) that it works for.")
@click.option(
    "--role", "roles", required=True, multiple=True, type=click.Choice([role.value for role in Role])
)
def begin(person: str, username: str, organization: str, division: str, roles: tuple[str, ...]) -> None:
    """Appoint a citizen (level 3 or more) to the first such post of a division.

    The person takes it up at /console/take-up. Where somebody holds such a post, the console is the way: two people.
    """
    with provider.running():
        account = accounts.find_by_identifier(person)
        if account is None:
            raise NotFound("account_unknown", "there is no such account")
        post = appointing.begin(
            account, username=username, organization=organization, division_code=division, roles=roles
        )
        commit()
        click.echo(f"{post.username} holds {', '.join(post.roles)} of {division} when {person} takes it up")


@command.command("list")
@click.option("--division", required=True, help="Code of a division; what lies below it comes too.")
@click.option("--before", type=click.UUID, help="Go on behind this id.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=PAGE, show_default=True)
@AS_JSON
def list_(division: str, before: UUID | None, limit: int, as_json: bool) -> None:
    """List posts in and below a division, newest first, without names."""
    with provider.running():
        found = posts.in_divisions(posts.codes_within(division), before=before, limit=limit)
        rows = [_about(post) for post in found]
    if as_json:
        provider.print_json(rows)
        return
    for row in rows:
        click.echo(
            f"{row['id']}\t{row['status']}\t{row['division']}\t{','.join(row['roles'])}\t{row['username']}"
        )


def _about(post: Post) -> dict[str, Any]:
    return {
        "id": str(post.id),
        "status": post.status,
        "division": post.division_code,
        "organization": post.organization,
        "roles": post.roles,
        "username": post.username,
        "taken_up": post.taken_up_at is not None,
    }
