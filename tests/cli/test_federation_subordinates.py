import json
from pathlib import Path

import pytest

from idp.audit import search
from idp.cli import federation
from idp.db import commit
from idp.federation import hosted_entity, hosted_statement, subordinate
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


def test_they_are_listed_page_by_page_and_shown(operator: Operator, tree: Tree) -> None:
    outsider, jwks = hosted.outsider()
    with operator.provider.context():
        subordinate.put(
            tree.province, outsider, entity_types=[hosted.RP], jwks=jwks, names={"zh-Hans": "外站"}
        )
        commit()
    assert [row["entity_id"] for row in operator.listed("subordinates", "list", tree.province)] == sorted(
        [tree.site, outsider]
    )
    one = operator.listed("subordinates", "list", tree.province, "--limit", "1")
    rest = operator.listed("subordinates", "list", tree.province, "--after", one[0]["entity_id"])
    assert len(one) == len(rest) == 1
    shown = operator.listed("subordinates", "show", tree.province, outsider)
    assert (shown["hosted_here"], shown["keys"]) == (False, [jwks["keys"][0]["kid"]])
    assert "外站" in operator.done("subordinates", "list", tree.province)
    assert "status: active" in operator.done("subordinates", "show", tree.province, tree.site)


def test_one_is_suspended_and_taken_up_again_on_record(operator: Operator, tree: Tree) -> None:
    operator.done("subordinates", "suspend", tree.province, tree.site, "--reason", "数据泄露")
    with operator.provider.context():
        hosted_statement.STATEMENTS.get().forget("*")
        assert hosted.statement(tree.province, tree.site) is None
        (event,) = search.find(name="subordinate.suspended")
        assert (event.data["entity"], event.data["reason"]) == (tree.site, "数据泄露")
        assert (event.actor or "").startswith("operator:")
    again = operator.run("subordinates", "suspend", tree.province, tree.site, "--reason", "x")
    assert (again.exit_code, "already" in again.stderr) == (1, True)
    operator.done("subordinates", "resume", tree.province, tree.site)
    assert operator.run("subordinates", "resume", tree.province, tree.site).exit_code == 1


def test_one_hosted_here_is_added_below_a_second_superior_and_removed(operator: Operator, tree: Tree) -> None:
    assert operator.run("subordinates", "add", tree.anchor, tree.site, typed="n\n").exit_code == 1
    operator.done("subordinates", "add", tree.anchor, tree.site, typed="y\n")
    with operator.provider.context():
        assert set(hosted_entity.get(tree.site).authority_hints) == {tree.province, tree.anchor}
        assert hosted.statement(tree.anchor, tree.site)
    assert operator.run("subordinates", "remove", tree.anchor, tree.site, typed="n\n").exit_code == 1
    operator.done("subordinates", "remove", tree.anchor, tree.site, "--yes")
    with operator.provider.context():
        hosted_statement.STATEMENTS.get().forget("*")
        assert hosted.statement(tree.anchor, tree.site) is None
        assert hosted_entity.get(tree.site).authority_hints == [tree.province]


def test_a_policy_for_one_alone(operator: Operator, tree: Tree, tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    file.write_text(json.dumps({hosted.RP: {"scope": {"subset_of": ["openid"]}}}), encoding="utf-8")
    operator.done("subordinates", "add", tree.province, tree.site, "--policy", str(file), "--yes")
    shown = operator.listed("subordinates", "show", tree.province, tree.site)
    assert shown["metadata_policy"] == {hosted.RP: {"scope": {"subset_of": ["openid"]}}}
    file.write_text('{"openid_relying_party": {"scope": {"subset_of": 3}}}', encoding="utf-8")
    refused = operator.run("subordinates", "add", tree.province, tree.site, "--policy", str(file), "--yes")
    assert (refused.exit_code, "policy cannot be" in refused.stderr) == (1, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "ANCHOR", "http://localhost:9/nobody-answers", "--yes"),
        ("add", "ANCHOR", "http://10.0.0.1/private", "--yes"),
        ("add", "ANCHOR", "not an address", "--yes"),
        ("add", "SITE", "ANCHOR", "--yes"),
        ("show", "ANCHOR", "http://localhost:9/x"),
        ("remove", "ANCHOR", "http://localhost:9/x", "--yes"),
        ("suspend", "ANCHOR", "http://localhost:9/x", "--reason", "x"),
        ("suspend", "PROVINCE", "SITE", "--reason", " "),
        ("suspend", "PROVINCE", "SITE", "--reason", "x" * 1000),
        ("list", "http://localhost:9/x"),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(
    operator: Operator, tree: Tree, arguments: tuple[str, ...]
) -> None:
    names = {"ANCHOR": tree.anchor, "PROVINCE": tree.province, "SITE": tree.site}
    result = operator.run("subordinates", *(names.get(one, one) for one in arguments))
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ") or "\nError: " in result.stderr
