from datetime import timedelta

import pytest

from idp import clock
from idp.cli import federation
from idp.federation import federation_key
from tests.cli.operator import Operator
from tests.federation import hosted
from tests.federation.hosted import Tree
from tests.provider import NewProvider

MARK = "urn:tongxing:trust-mark:djbh3"


@pytest.fixture
def operator(new_provider: NewProvider) -> Operator:
    return Operator(new_provider(), federation.command)


@pytest.fixture
def tree(operator: Operator) -> Tree:
    with operator.provider.context():
        return hosted.plant()


def test_a_mark_is_given_listed_and_taken_back(operator: Operator, tree: Tree) -> None:
    token = operator.done("trust-marks", "issue", tree.anchor, MARK, tree.site, "--days", "30").strip()
    with operator.provider.context():
        assert hosted.read(token, federation_key.jwks(tree.anchor))["trust_mark_type"] == MARK
    (row,) = operator.listed("trust-marks", "list", tree.anchor)
    assert (row["sub"], row["status"]) == (tree.site, "active")
    with clock.shifted(timedelta(days=31)):
        assert operator.listed("trust-marks", "list", tree.anchor)[0]["status"] == "expired"
    operator.done("trust-marks", "revoke", tree.anchor, MARK, tree.site, "--reason", "整改")
    assert "\trevoked\t" in operator.done("trust-marks", "list", tree.anchor, "--type", MARK)
    assert operator.listed("trust-marks", "list", tree.anchor, "--after", MARK, tree.site) == []
    assert operator.run("trust-marks", "revoke", tree.anchor, MARK, tree.site, "--reason", "x").exit_code == 1


def test_who_cannot_give_one(operator: Operator, tree: Tree) -> None:
    assert operator.run("trust-marks", "issue", tree.site, MARK, tree.anchor).exit_code == 1
    assert operator.run("trust-marks", "issue", tree.anchor, "x" * 300, tree.site).exit_code == 1
    assert operator.run("trust-marks", "issue", tree.anchor, MARK, tree.site, "--days", "0").exit_code == 2
    assert operator.run("trust-marks", "list", "http://localhost:9/x").exit_code == 1
