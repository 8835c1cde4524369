from datetime import timedelta

import pytest

from idp import clock
from idp.cli import federation
from idp.db import commit
from idp.federation import hosted_entity, hosted_statement, trust_anchor
from tests.cli.operator import Operator
from tests.federation import hosted
from tests.federation.hosted import Tree
from tests.provider import NewProvider


@pytest.fixture
def operator(new_provider: NewProvider) -> Operator:
    return Operator(new_provider(), federation.command)


@pytest.fixture
def tree(operator: Operator) -> Tree:
    with operator.provider.context():
        return hosted.plant()


def states(operator: Operator, entity_id: str) -> list[str]:
    return [key["state"] for key in operator.listed("keys", "list", entity_id)]


def test_a_key_is_turned_and_taken_back(operator: Operator, tree: Tree) -> None:
    (first,) = operator.listed("keys", "list", tree.province)
    assert "is published" in operator.done("keys", "prepare", tree.province)
    assert sorted(states(operator, tree.province)) == ["current", "next"]
    assert " signs" in operator.done("keys", "rotate", tree.province)
    assert sorted(states(operator, tree.province)) == ["current", "retired"]
    operator.done("keys", "revoke", tree.province, first["kid"], "--reason", "compromised", "--yes")
    assert sorted(states(operator, tree.province)) == ["current", "revoked"]
    assert "revoked\tsince" in operator.done("keys", "list", tree.province)
    again = operator.run("keys", "revoke", tree.province, first["kid"], "--yes")
    assert (again.exit_code, "already" in again.stderr) == (1, True)


def test_a_superior_elsewhere_must_know_the_next_key_first(operator: Operator, tree: Tree) -> None:
    with operator.provider.context():
        hosted_entity.update(tree.province, authority_hints=[tree.anchor, "http://localhost:9/above"])
        commit()
    assert operator.run("keys", "rotate", tree.province, typed="n\n").exit_code == 1
    operator.done("keys", "prepare", tree.province)
    assert operator.run("keys", "rotate", tree.province, typed="n\n").exit_code == 1
    with clock.shifted(timedelta(days=8)):
        operator.done("keys", "rotate", tree.province)


def test_an_anchor_that_is_hosted_here_stays_trusted(operator: Operator, tree: Tree) -> None:
    with operator.provider.context():
        trust_anchor.add(tree.anchor, hosted.read(hosted_statement.configuration(tree.anchor))["jwks"])
        commit()
    operator.done("keys", "rotate", tree.anchor, "--yes")
    with operator.provider.context():
        (row,) = trust_anchor.listed()
        said = hosted.read(hosted_statement.configuration(tree.anchor))
        assert [key["kid"] for key in row.jwks["keys"]] == [key["kid"] for key in said["jwks"]["keys"]]
        assert len(row.jwks["keys"]) == 2


def test_of_nobody(operator: Operator, tree: Tree) -> None:
    for arguments in (("list",), ("prepare",), ("rotate",)):
        assert operator.run("keys", *arguments, "http://localhost:9/x").exit_code == 1
    assert operator.run("keys", "revoke", tree.province, "nokid", "--yes").exit_code == 1
