"""`idp keys`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from idp.audit import search
from idp.cli import keys as command
from idp.ephemeral.store import EPHEMERAL
from idp.errors import Unavailable
from idp.keys.signing_key import ALGORITHMS
from tests.cli.operator import Operator
from tests.provider import Template


@pytest.fixture
def operator(template: Template, tmp_path: Path) -> Iterator[Operator]:
    provider = template.on_sqlite(tmp_path)
    yield Operator(provider, command.command)
    provider.close()


def states(operator: Operator, alg: str) -> dict[str, str]:
    return {key["kid"]: key["state"] for key in operator.listed("list") if key["alg"] == alg}


def test_each_algorithm_has_a_current_and_a_next_key(operator: Operator) -> None:
    for alg in ALGORITHMS:
        assert sorted(states(operator, alg).values()) == ["current", "next"]
    said = operator.done("list")
    assert said.count("current") == len(ALGORITHMS)
    assert "PRIVATE" not in said
    assert '"d"' not in operator.done("list", "--json")


def test_a_rotation_lets_the_next_key_sign(operator: Operator) -> None:
    before = states(operator, "ES256")
    following = next(kid for kid, state in before.items() if state == "next")
    current = next(kid for kid, state in before.items() if state == "current")
    assert f"ES256: {following} signs" in operator.done("rotate", "--alg", "ES256")
    after = states(operator, "ES256")
    assert (after[following], after[current]) == ("current", "retired")
    assert sorted(after.values()) == ["current", "next", "retired"]
    assert sorted(states(operator, "EdDSA").values()) == ["current", "next"]
    with operator.provider.context():
        (event,) = search.find(name="key.rotated")
        assert (event.data["alg"], event.data["kid"]) == ("ES256", following)
        assert (event.actor or "").startswith("operator:")


@pytest.mark.slow
def test_all_algorithms_rotate(operator: Operator) -> None:
    assert operator.done("rotate").count(" signs") == len(ALGORITHMS)


def test_a_rotation_stands_although_nobody_could_be_told(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_arguments: object) -> None:
        raise Unavailable("ephemeral_unavailable")

    monkeypatch.setattr(type(EPHEMERAL.of(operator.provider.app)), "publish", away)
    result = operator.run("rotate", "--alg", "EdDSA")
    assert result.exit_code == 0
    assert "within minutes" in result.stderr
    assert "retired" in states(operator, "EdDSA").values()


def test_an_unknown_algorithm_is_wrong_use(operator: Operator) -> None:
    assert operator.run("rotate", "--alg", "none").exit_code == 2
