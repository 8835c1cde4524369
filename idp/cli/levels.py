"""`idp levels`: the level policy: check a file, see its effect, put it in force. See docs/levels.md."""

import sys
from datetime import UTC, datetime
from typing import Any, TextIO

import click

from idp import clock, level_simulation
from idp.assurance import document, policy_file
from idp.assurance.difference import difference
from idp.assurance.levels_table import table
from idp.assurance.policy import Policy
from idp.assurance.policy_file import PolicyError
from idp.cli import provider
from idp.db import commit
from idp.errors import IdpError
from idp.level_policy import current, packaged, version
from idp.level_policy.version import LevelPolicyVersion, State
from idp.level_simulation import Simulation, SiteEffect

FILE = click.argument("file", type=click.File("r", encoding="utf-8"))
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group("levels")
def command() -> None:
    """Levels 等级: check a level file, see its effect, put it in force."""


@command.command()
@click.argument("file", type=click.File("r", encoding="utf-8"), default=packaged.FILE)
@AS_JSON
def check(file: TextIO, as_json: bool) -> None:
    """Say every mistake of FILE (- for standard input), and whether its dates let it hold now.

    Without FILE the one that comes with the program is checked.
    """
    now = clock.now()
    try:
        policy = policy_file.parse(_text(file))
    except PolicyError as error:
        problems = [{"where": one.where, "reason": one.reason} for one in error.problems]
    else:
        problems = []
        if policy.is_expired(now):
            problems = [{"where": "valid_until", "reason": "has passed: the file has ended"}]
    if as_json:
        provider.print_json({"ok": not problems, "problems": problems})
    for problem in [] if as_json else problems:
        click.echo(f"{problem['where']}: {problem['reason']}", err=True)
    if problems:
        raise click.exceptions.Exit(1)
    if not as_json:
        later = "" if policy.is_begun(now) else f"; begins to be good at {policy.valid_from}"
        click.echo(f"the level file holds 等级文件无误{later}")


@command.command()
@click.argument("number", type=click.IntRange(min=1), required=False)
@click.option("--file", "as_file", is_flag=True, help="Print the file as it was given.")
@AS_JSON
def show(number: int | None, as_file: bool, as_json: bool) -> None:
    """Show the policy in force, or the version NUMBER."""
    with provider.running():
        held = current.in_force()
        row = version.find(held.number) if number is None else version.get(number)
        about = _about(row, held.number) if row is not None else _about_packaged()
        policy = row.policy if row is not None else held.policy
        text = row.document if row is not None else ""
    if as_file:
        click.echo(text, nl=False)
    elif as_json:
        content = document.published(
            policy,
            number=about["number"],
            digest=about["digest"],
            effective_from=about["effective_from"],
        )
        provider.print_json(about | {"document": content})
    else:
        _print(about, policy)


@command.command("apply")
@FILE
@click.option("--from", "moment", metavar="MOMENT", help="In force from then (2027-01-01T00:00:00+08:00).")
@click.option("--propose", is_flag=True, help="Only propose it; a security administrator approves it.")
@AS_JSON
def apply_(file: TextIO, moment: str | None, propose: bool, as_json: bool) -> None:
    """Put FILE in force, now or from a moment on; on record as done at the command line."""
    text, starts = _text(file), _moment(moment)
    _parsed(text)
    with provider.running():
        put = version.propose if propose else version.apply
        made = put(text, starts, provider.actor())
        commit()
        try:
            current.announce()
        except IdpError:
            click.echo("running processes notice within minutes", err=True)
        about = _about(made, current.in_force().number)
    if as_json:
        provider.print_json(about)
        return
    click.echo(f"version {about['number']}: {about['state']}, from {about['effective_from']}")


@command.command()
@FILE
@click.option("--most", type=click.IntRange(min=1), help="Look at the oldest so many accounts only.")
@AS_JSON
def simulate(file: TextIO, most: int | None, as_json: bool) -> None:
    """Say what FILE would change: its difference, the accounts it moves, the sites it takes out of reach."""
    new = _parsed(_text(file))
    with provider.running():
        held = current.in_force()
        changes = difference(held.policy, new)
        result = level_simulation.simulate(new, progress=_progress, most=most)
    _end_progress()
    if as_json:
        listed = [{"path": one.path, "before": one.before, "after": one.after} for one in changes]
        provider.print_json({"against": held.number, "changes": listed} | result.as_json())
        return
    for one in changes:
        click.echo(f"  {one.path}: {one.before or '(nothing)'} -> {one.after or '(nothing)'}")
    click.echo(f"{len(changes)} changes against version {held.number}")
    _print_result(result)


@command.command()
@AS_JSON
def history(as_json: bool) -> None:
    """List all versions, newest first."""
    listed: list[dict[str, Any]] = []
    with provider.running():
        held, last = current.in_force().number, None
        while rows := version.history(before=last):
            listed += [_about(row, held) for row in rows]
            last = rows[-1].number
    if as_json:
        provider.print_json(listed)
        return
    for one in listed:
        decided = one["approved_by"] or one["rejected_by"] or "-"
        click.echo(
            f"{one['number']}\t{one['state']}\tfrom {one['effective_from']}\t{one['proposed_by']}\t{decided}"
        )


@command.command("table")
@FILE
def table_(file: TextIO) -> None:
    """Print what every proofing and authenticator level gets for every level asked (docs/levels-table.md)."""
    click.echo(table(_parsed(_text(file))), nl=False)


def _text(file: TextIO) -> str:
    try:
        # One character more than is accepted, so that the size is refused and never read.
        return file.read(policy_file.LONGEST + 1)
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file.name}: is not UTF-8") from error


def _parsed(text: str) -> Policy:
    try:
        return policy_file.parse(text)
    except PolicyError as error:
        reasons = "\n".join(f"  {problem}" for problem in error.problems)
        raise click.ClickException(f"the level file has mistakes 等级文件有误:\n{reasons}") from error


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"{text}: not a moment", param_hint="--from") from error
    if moment.tzinfo is None:
        raise click.BadParameter(f"{text}: needs an offset such as +08:00", param_hint="--from")
    return moment.astimezone(UTC)


def _about(row: LevelPolicyVersion, in_force: int) -> dict[str, Any]:
    now = clock.now()

    def text(moment: datetime | None) -> str | None:
        return None if moment is None else moment.isoformat(timespec="seconds")

    return {
        "number": row.number,
        "state": version.state_of(row, in_force, now).value,
        "expired": row.number == in_force and row.policy.is_expired(now),
        "digest": row.digest,
        "effective_from": text(row.effective_from),
        "proposed_by": row.proposed_by,
        "proposed_at": text(row.proposed_at),
        "approved_by": row.approved_by,
        "approved_at": text(row.approved_at),
        "rejected_by": row.rejected_by,
        "rejected_at": text(row.rejected_at),
        "rejected_reason": row.rejected_reason,
    }


def _about_packaged() -> dict[str, Any]:
    held = current.in_force()
    return {
        "number": 0,
        "state": State.IN_FORCE.value,
        "expired": held.policy.is_expired(clock.now()),
        "digest": held.digest,
        "effective_from": held.effective_from.isoformat(timespec="seconds"),
    }


def _print(about: dict[str, Any], policy: Policy) -> None:
    click.echo(f"version {about['number']}: {about['state']}, from {about['effective_from']}")
    click.echo(f"{policy.title.en} {policy.title.zh}, SHA-256 {about['digest']}")
    if about["expired"]:
        click.echo(
            f"EXPIRED 已过期 at {policy.valid_until}; it holds until another one is in force", err=True
        )
    for level in policy.levels:
        click.echo(f"L{level.number}\t{level.name.en} {level.name.zh}\t{level.acr}")
    click.echo("caps\t" + "  ".join(f"A{a} -> L{cap}" for a, cap in enumerate(policy.caps)))
    for kind, routes in policy.proofing.items():
        for route in reversed(routes):
            click.echo(f"P{route.level}\t{kind}\t{' + '.join(sorted(route.needs))}")
    for route in reversed(policy.authentication):
        click.echo(f"A{route.level}\t{' + '.join(sorted(route.needs))}")


def _print_result(result: Simulation) -> None:
    for move in result.moves:
        click.echo(f"  {move.kind}\tL{move.before} -> L{move.after}\t{move.accounts} accounts")
    click.echo(f"{result.lowered} of {result.accounts} accounts would fall, {result.raised} would rise")
    for site in result.sites:
        click.echo(
            f"  {site.client_id} ({site.name})\tneeds L{site.needs_before}{_arrow(site)}"
            f"\treached by {site.reach_before} -> {site.reach_after}"
            f"\tout of reach for {site.lost}, newly for {site.gained}"
        )
    click.echo(f"{len(result.sites)} sites would notice, {result.sites_unchanged} would not")
    part = "" if result.complete else " (the oldest accounts only)"
    click.echo(f"{result.seconds:.1f} s{part}")


def _arrow(site: SiteEffect) -> str:
    return "" if site.needs_after == site.needs_before else f" -> L{site.needs_after}"


def _progress(accounts: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{accounts} accounts", err=True, nl=False)


def _end_progress() -> None:
    if sys.stderr.isatty():
        click.echo("", err=True)
