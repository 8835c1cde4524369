"""`idp federation explain` and `resolve`: what the chains of an entity say, for operators and developers."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import click

from idp.cli import provider
from idp.federation import drawn, explaining, explanation, resolution
from idp.federation.drawn import BROKEN, CHOSEN, Drawing, DrawnChain, DrawnRefusal, DrawnStep, Place
from idp.federation.trust_chain import ChainRefused, TrustChain

_entity = click.argument("entity_id", metavar="ENTITY")
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
OUTCOMES = {"passed": "ok", "changed": "changes", "ignored": "ignored", "refused": "REFUSED"}


@click.command()
@_entity
@_json
def explain(entity_id: str, as_json: bool) -> None:
    """Tell why ENTITY is trusted 可信, or at which step, by whom and under which rule it is not.

    All superiors are asked anew. Ends with 0 whatever is found; `resolve` tells by its exit code.
    """
    with provider.running():
        found = explaining.explain(entity_id)
    if as_json:
        provider.print_json(explanation.to_json(found))
        return
    for line in _lines(drawn.draw(found)):
        click.echo(line)


@click.command()
@_entity
@click.option("--anchor", help="The chain must end at this trust anchor.")
@_json
def resolve(entity_id: str, anchor: str | None, as_json: bool) -> None:
    """Print the chain of ENTITY and the metadata that counts; exit code 1 when there is none."""
    with provider.running():
        try:
            chain = resolution.resolve(entity_id, anchor=anchor)
        except ChainRefused as error:
            refusal = drawn.draw(explanation.Explanation(entity_id, refusal=error.refusal)).refusal
            assert refusal is not None  # noqa: S101 - drawn from one
            raise click.ClickException(f"not trusted 不可信: {_refused(refusal)}") from error
        except resolution.Unreachable as error:
            raise click.ClickException(f"nobody can tell now 暂时无法确认: {error.detail}") from error
    said = _about(chain)
    if as_json:
        provider.print_json(said)
        return
    click.echo(f"{' → '.join(chain.path)}\nuntil 有效至 {said['expires_at']}")
    for mark in said["trust_marks"]:
        click.echo(f"mark 信任标志 {mark}")
    for row in drawn.metadata_rows({}, chain.metadata):
        click.echo(f"{row.entity_type}\t{row.parameter}\t{row.after}")


def _about(chain: TrustChain) -> dict[str, Any]:
    return {
        "entity_id": chain.subject,
        "trust_anchor": chain.anchor,
        "path": list(chain.path),
        "expires_at": _moment(chain.expires_at),
        "metadata": {kind: dict(values) for kind, values in chain.metadata.items()},
        "trust_marks": [mark.type for mark in chain.trust_marks],
        "trust_chain": list(chain.tokens),
    }


def _lines(drawing: Drawing) -> Iterator[str]:
    verdict = "trusted 可信" if drawing.is_trusted else "NOT TRUSTED 不可信"
    yield f"{drawing.entity_id}: {verdict}"
    if drawing.refusal is not None:
        yield f"  {_refused(drawing.refusal)}"
    yield ""
    for place in drawing.tree:
        yield from _tree(place, 0)
    for number, chain in enumerate(drawing.chains, 1):
        yield ""
        yield from _chain(number, chain)


def _tree(place: Place, depth: int) -> Iterator[str]:
    sign = {CHOSEN: "*", BROKEN: "x"}.get(place.state, " ")
    yield f"{'  ' * depth}{sign} {place.entity_id}{'  (trust anchor 信任锚)' if place.is_anchor else ''}"
    for below in place.below:
        yield from _tree(below, depth + 1)


def _chain(number: int, chain: DrawnChain) -> Iterator[str]:
    if chain.is_chosen:
        standing = "counts 采用"
    else:
        standing = "holds, another is taken 有效，未采用" if chain.refusal is None else "broken 不成立"
    until = f", until {_moment(chain.expires_at)}" if chain.expires_at else ""
    yield f"way {number}: {standing}{until}"
    for step in chain.steps:
        yield from _step(step)


def _step(step: DrawnStep) -> Iterator[str]:
    whom = f"{step.superior_id} → {step.entity_id}" if step.superior_id else step.entity_id
    why = "  ".join(
        part for part in (step.rule, step.entity_type, step.parameter, step.operator, step.value) if part
    )
    yield f"  {OUTCOMES[step.outcome]:8}{step.kind:14}{whom}{'  ' if why else ''}{why}"
    for row in step.rows:
        where = ".".join(part for part in (row.entity_type, row.parameter, row.operator) if part)
        yield f"          {where}: {row.before or '-'} ⇒ {row.after or '-'}"
    if step.more:
        yield f"          … {step.more} more"


def _refused(refusal: DrawnRefusal) -> str:
    parts = {
        "step": refusal.rule,
        "entity": refusal.entity_id,
        "superior": refusal.superior_id,
        "parameter": ".".join(part for part in (refusal.entity_type, refusal.parameter) if part),
        "operator": refusal.operator,
        "value": refusal.value,
    }
    return ", ".join(f"{name} {value}" for name, value in parts.items() if value)


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
