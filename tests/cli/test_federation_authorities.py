import itertools
import json

import pytest

from idp.cli import federation
from idp.db import commit
from idp.federation import hosted_entity, hosted_statement
from tests.cli.operator import Operator
from tests.federation import hosted
from tests.provider import ISSUER, NewProvider

_numbers = itertools.count(1)


@pytest.fixture
def operator(new_provider: NewProvider) -> Operator:
    return Operator(new_provider(), federation.command)


def test_an_authority_is_founded_below_another_and_listed(operator: Operator) -> None:
    said = operator.done(
        "authorities",
        "create",
        "/authorities/nation",
        "--kind",
        "anchor",
        "--name",
        "国家",
        "--name-en",
        "Nation",
    )
    nation = f"{ISSUER}/authorities/nation"
    assert said == f"{nation}: founded\n"
    operator.done(
        "authorities",
        "create",
        "/authorities/330000",
        "--name",
        "浙江省",
        "--division",
        "330000",
        "--superior",
        nation,
    )
    province = f"{ISSUER}/authorities/330000"
    assert [row["entity_id"] for row in operator.listed("authorities", "list")] == [province, nation]
    assert [row["kind"] for row in operator.listed("authorities", "list", "--after", province)] == ["anchor"]
    assert "浙江省" in operator.done("authorities", "list", "--limit", "1")
    shown = operator.listed("authorities", "show", province)
    assert shown["authority_hints"] == [nation]
    assert shown["statement"]["sub"] == province
    assert f"configuration_url: {nation}/.well-known/openid-federation" in operator.done(
        "authorities", "show", nation
    )
    with operator.provider.context():
        assert hosted.statement(nation, province)


def test_what_it_says_is_changed_and_it_falls_silent_and_speaks_again(operator: Operator) -> None:
    with operator.provider.context():
        tree = hosted.plant()
    operator.done("authorities", "change", tree.province, "--name-en", "Zhejiang", "--division", "330100")
    operator.done("authorities", "change", tree.anchor, "--authority-hint", "http://localhost:9/above")
    assert operator.listed("authorities", "show", tree.province)["names"]["en"] == "Zhejiang"
    assert operator.run("authorities", "close", tree.province, typed="n\n").exit_code == 1
    operator.done("authorities", "close", tree.province, "--yes")
    with operator.provider.context():
        hosted_statement.STATEMENTS.get().forget("*")
        assert hosted_statement.configuration(tree.province) is None
        assert hosted.statement(tree.province, tree.site) is None
    operator.done("authorities", "reopen", tree.province)
    with operator.provider.context():
        hosted_statement.STATEMENTS.get().forget("*")
        assert hosted_statement.configuration(tree.province)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("create", "ftp://x", "--name", "x"), "https"),
        (("create", "/authorities/../x", "--name", "x"), "path"),
        (("create", "/authorities/y", "--name", "y", "--division", "999999"), "999999"),
        (
            ("create", "/authorities/y", "--name", "y", "--superior", "http://localhost:8000/none"),
            "does not host",
        ),
        (("show", "http://localhost:8000/none"), "does not host"),
        (("change", "http://localhost:8000/none", "--name", "x"), "does not host"),
        (("close", "http://localhost:8000/none", "--yes"), "does not host"),
        (("reopen", "x" * 500), "does not host"),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(
    operator: Operator, arguments: tuple[str, ...], reason: str
) -> None:
    result = operator.run("authorities", *arguments)
    assert result.exit_code == 1
    assert reason in result.stderr
    with operator.provider.context():
        assert not hosted_entity.page(limit=1)


def test_nothing_to_change_is_wrong_use(operator: Operator) -> None:
    with operator.provider.context():
        tree = hosted.plant()
    assert operator.run("authorities", "change", tree.province).exit_code == 2


def test_a_district_is_planted_with_all_below_it_and_once(operator: Operator) -> None:
    with operator.provider.context():
        tree = hosted.plant()
        hosted_entity.update(tree.anchor, division_code="")
        commit()
    first = operator.run("plant", "330106", "--superior", tree.anchor, "--deepest", "township")
    assert first.exit_code == 0
    assert first.stdout.endswith("planted, 0 were there\n")
    again = operator.done("plant", "330106", "--superior", tree.anchor, "--deepest", "township")
    assert again.startswith("0 authorities planted")
    with operator.provider.context():
        below = json.dumps([row.entity_id for row in hosted_entity.of_division("330106")])
        assert f"{ISSUER}/authorities/330106" in below


def test_planting_needs_a_superior_and_a_division(operator: Operator) -> None:
    with operator.provider.context():
        tree = hosted.plant()
    assert operator.run("plant", "330106").exit_code == 2
    assert operator.run("plant", "330106", "--superior", tree.site).exit_code == 1
    assert operator.run("plant", "nowhere", "--superior", tree.anchor).exit_code == 1
    assert operator.run("plant", "330106", "--superior", tree.anchor, "--base", "/a/../b").exit_code == 1
