"""`idp federation anchors`."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from idp.cli import federation as command
from tests.cli.operator import Operator
from tests.federation.conftest import QUICK
from tests.federation.elsewhere import WELL_KNOWN, Elsewhere
from tests.provider import Template


@pytest.fixture
def operator(template: Template, tmp_path: Path) -> Iterator[Operator]:
    provider = template.on_sqlite(tmp_path, federation=QUICK)
    yield Operator(provider, command.command)
    provider.close()


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    made = Elsewhere()
    yield made
    made.close()


def test_an_anchor_is_asked_shown_added_listed_and_removed(operator: Operator, elsewhere: Elsewhere) -> None:
    nation = elsewhere.authority("nation")
    done = operator.run("anchors", "add", nation.id, "--yes")
    assert done.exit_code == 0, done.output
    assert f"{nation.id}: trusted" in done.output
    [listed] = operator.listed("anchors", "list")
    assert (listed["entity_id"], listed["thumbprints"]) == (nation.id, [nation.key.thumbprint()])
    assert nation.key.thumbprint() in operator.run("anchors", "list").output
    assert operator.run("anchors", "remove", nation.id, "--yes").exit_code == 0
    assert operator.listed("anchors", "list") == []
    assert operator.run("anchors", "remove", nation.id, "--yes").exit_code == 1


def test_nobody_is_trusted_without_a_yes(operator: Operator, elsewhere: Elsewhere) -> None:
    nation = elsewhere.authority("nation")
    assert operator.run("anchors", "add", nation.id).exit_code == 1
    assert operator.listed("anchors", "list") == []


def test_keys_from_a_file(operator: Operator, elsewhere: Elsewhere, tmp_path: Path) -> None:
    nation = elsewhere.authority("nation")
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps(nation.jwks), encoding="utf-8")
    assert operator.run("anchors", "add", nation.id, "--jwks", str(file), "--yes").exit_code == 0
    assert not elsewhere.asked
    for bad in ("{", "[]", '{"keys": []}', '{"keys": [{"kty": "oct", "k": "AA"}]}', "[" * 100_000):
        file.write_text(bad, encoding="utf-8")
        done = operator.run("anchors", "add", nation.id, "--jwks", str(file), "--yes")
        assert done.exit_code == 1, bad[:20]
        assert "Traceback" not in done.output


@pytest.mark.parametrize("fault", ["404", "slow", "huge", "html", "garbage", "redirect"])
def test_an_anchor_that_does_not_answer_as_it_should(
    operator: Operator, elsewhere: Elsewhere, fault: str
) -> None:
    nation = elsewhere.authority("nation")
    elsewhere.faults[f"/nation{WELL_KNOWN}"] = fault
    done = operator.run("anchors", "add", nation.id, "--yes")
    assert done.exit_code == 1
    assert "no configuration that counts" in done.output


def test_an_anchor_that_says_to_be_somebody_else(operator: Operator, elsewhere: Elsewhere) -> None:
    nation, other = elsewhere.authority("nation"), elsewhere.authority("other")
    elsewhere.tokens[f"/nation{WELL_KNOWN}"] = other.configuration()
    assert operator.run("anchors", "add", nation.id, "--yes").exit_code == 1


def test_a_name_that_is_none(operator: Operator) -> None:
    done = operator.run("anchors", "add", "nonsense", "--yes")
    assert (done.exit_code, "Traceback" in done.output) == (1, False)
