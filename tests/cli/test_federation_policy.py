import json
from pathlib import Path

import pytest

from idp.cli import federation
from idp.federation import federation_key, hosted_statement
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


def test_rules_are_set_and_shown_and_hold_for_all_below(operator: Operator, tree: Tree) -> None:
    rule = {hosted.RP: {"scope": {"subset_of": ["openid", "profile"]}}}
    operator.done("policy", "set", tree.province, "-", "--yes", typed=json.dumps(rule))
    operator.done(
        "policy", "set", tree.province, "-", "--kind", "constraints", "--yes", typed='{"max_path_length": 0}'
    )
    assert json.loads(operator.done("policy", "show", tree.province)) == {
        "metadata_policy": rule,
        "constraints": {"max_path_length": 0},
        "trust_mark_issuers": {},
    }
    with operator.provider.context():
        hosted_statement.STATEMENTS.get().forget("*")
        said = hosted.read(
            hosted.statement(tree.province, tree.site),
            federation_key.jwks(tree.province),
        )
    assert (said["metadata_policy"], said["constraints"]) == (rule, {"max_path_length": 0})
    operator.done("policy", "set", tree.province, "-", "--yes", typed="{}")
    assert json.loads(operator.done("policy", "show", tree.province))["metadata_policy"] == {}


def test_the_anchor_says_who_gives_which_marks(operator: Operator, tree: Tree) -> None:
    issuers = {"https://marks.example/a": [tree.anchor]}
    operator.done(
        "policy", "set", tree.anchor, "-", "--kind", "trust-mark-issuers", "--yes", typed=json.dumps(issuers)
    )
    with operator.provider.context():
        hosted_statement.STATEMENTS.get().forget("*")
        said = hosted.read(hosted_statement.configuration(tree.anchor))
    assert said["trust_mark_issuers"] == issuers


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("metadata-policy", '{"openid_relying_party": {"scope": {"subset_of": 3}}}'),
        ("metadata-policy", '{"openid_relying_party": {"scope": {"value": ["a"], "one_of": ["b"]}}}'),
        ("metadata-policy", '{"openid_relying_party": {"scope": {"regexp": "x"}}}'),
        ("metadata-policy", "[]"),
        ("metadata-policy", "not json"),
        ("metadata-policy", '{"a": "\\ud800"}'),
        ("metadata-policy", "[" * 100_000),
        ("metadata-policy", '{"a": "' + "x" * 70_000 + '"}'),
        ("constraints", '{"max_path_length": -1}'),
        ("constraints", '{"naming_constraints": {"permitted": ["bad name"]}}'),
        ("constraints", "3"),
        ("trust-mark-issuers", '{"x": ["not an entity"]}'),
        ("trust-mark-issuers", '["x"]'),
        ("trust-mark-issuers", "null"),
    ],
)
def test_rules_that_nobody_could_follow_are_refused(
    operator: Operator, tree: Tree, kind: str, rule: str
) -> None:
    before = operator.done("policy", "show", tree.anchor)
    result = operator.run("policy", "set", tree.anchor, "-", "--kind", kind, "--yes", typed=rule)
    assert (result.exit_code, "Error: " in result.stderr) == (1, True)
    assert operator.done("policy", "show", tree.anchor) == before


def test_only_authorities_make_rules_and_only_anchors_name_issuers(operator: Operator, tree: Tree) -> None:
    assert operator.run("policy", "set", tree.site, "-", "--yes", typed="{}").exit_code == 1
    arguments = ("policy", "set", tree.province, "-", "--kind", "trust-mark-issuers", "--yes")
    assert operator.run(*arguments, typed="{}").exit_code == 1
    assert operator.run("policy", "show", "http://localhost:9/x").exit_code == 1


def test_nothing_is_set_when_the_operator_says_no(operator: Operator, tree: Tree, tmp_path: Path) -> None:
    file = tmp_path / "rule.json"
    file.write_text(json.dumps({hosted.RP: {"contacts": {"essential": True}}}), encoding="utf-8")
    assert operator.run("policy", "set", tree.province, str(file), typed="n\n").exit_code == 1
    assert json.loads(operator.done("policy", "show", tree.province))["metadata_policy"] == {}
