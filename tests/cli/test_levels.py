"""`idp levels`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from idp.audit import search
from idp.cli import levels as command
from idp.level_policy import current, packaged
from tests.cli.operator import Operator
from tests.layout import tree
from tests.level_policy.conftest import file
from tests.provider import Template
from tests.test_level_simulation import proven


@pytest.fixture
def operator(template: Template, tmp_path: Path) -> Iterator[Operator]:
    provider = template.on_sqlite(tmp_path)
    yield Operator(provider, command.command)
    provider.close()


def test_check_says_every_mistake_and_needs_no_database(operator: Operator) -> None:
    assert "等级文件无误" in operator.done("check", "-", typed=packaged.text())
    wrong = packaged.text().replace("A2 = 3", "A2 = 9").replace("fal = 2", "fal = 7")
    result = operator.run("check", "-", typed=wrong, IDP_DATABASE_URL="nonsense")
    assert result.exit_code == 1
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["fal", "caps.A2"]
    as_json = operator.run("check", "-", "--json", typed=wrong)
    assert as_json.exit_code == 1
    assert '"where": "caps.A2"' in as_json.stdout
    assert "等级文件无误" in operator.done("check")
    assert operator.listed("check", "-", typed=packaged.text()) == {"ok": True, "problems": []}


def test_check_refuses_an_expired_file_and_tells_of_one_to_come(operator: Operator) -> None:
    expired = operator.run("check", "-", typed=file(valid_until="2020-01-01T00:00:00Z"))
    assert expired.exit_code == 1
    assert "has ended" in expired.stderr
    coming = operator.done("check", "-", typed=file(valid_from="2099-01-01T00:00:00Z"))
    assert "begins to be good at 2099" in coming


@pytest.mark.parametrize("typed", [b"\xff\xfe\x00", b"[", b"#" * 300_000])
def test_what_is_no_level_file_is_refused(operator: Operator, typed: bytes) -> None:
    for arguments in (("check", "-"), ("apply", "-"), ("simulate", "-"), ("table", "-")):
        result = operator.run(*arguments, typed=typed)
        assert result.exit_code == 1
        assert result.stderr
        assert "Traceback" not in result.output


def test_a_file_that_is_not_there_is_wrong_use(operator: Operator) -> None:
    assert operator.run("check", "no-such-file.toml").exit_code == 2


def test_apply_puts_a_file_in_force_and_on_record(operator: Operator) -> None:
    assert operator.done("apply", "-", typed=file(2)).startswith("version 2: in_force, from ")
    shown = operator.listed("show")
    assert (shown["number"], shown["document"]["caps"]["A2"]) == (2, 2)
    assert shown["proposed_by"] == shown["approved_by"]
    assert shown["proposed_by"].startswith("operator:")
    with operator.provider.context():
        current.CURRENT.get().forget()
        assert current.get().caps[2] == 2
        (event,) = search.find(name="level_policy.applied", limit=1)
        assert event.data["number"] == 2


def test_apply_from_a_moment_on(operator: Operator) -> None:
    made = operator.listed("apply", "-", "--from", "2099-01-01T00:00:00+08:00", typed=file(2))
    assert (made["state"], made["effective_from"]) == ("approved", "2098-12-31T16:00:00+00:00")
    assert operator.listed("show")["number"] == 1
    for wrong in ("2099-01-01T00:00:00", "tomorrow"):
        assert operator.run("apply", "-", "--from", wrong, typed=file(4)).exit_code == 2


def test_apply_refuses_with_a_reason(operator: Operator) -> None:
    expired = operator.run("apply", "-", typed=file(valid_until="2020-01-01T00:00:00Z"))
    assert expired.exit_code == 1
    assert "ended by its own date" in expired.stderr
    same = operator.run("apply", "-", typed=packaged.text())
    assert same.exit_code == 1
    assert "in force already" in same.stderr
    assert [one["number"] for one in operator.listed("history")] == [1]


def test_a_proposal_waits_for_somebody_else(operator: Operator) -> None:
    assert "version 2: proposed" in operator.done("apply", "-", "--propose", typed=file(2))
    assert [(one["number"], one["state"]) for one in operator.listed("history")] == [
        (2, "proposed"),
        (1, "in_force"),
    ]
    assert operator.listed("show")["number"] == 1
    assert operator.done("history").splitlines()[0].startswith("2\tproposed\t")


def test_show_prints_the_policy_and_its_file(operator: Operator) -> None:
    said = operator.done("show")
    assert "version 1: in_force" in said
    assert "L4\tIn person or by certificate 现场/证书\turn:tongxing:loa:4" in said
    assert "P3\tcitizen\tbank4 + operator3 + register" in said
    assert operator.done("show", "--file") == packaged.text()
    assert operator.done("show", "1", "--file") == packaged.text()
    unknown = operator.run("show", "7")
    assert unknown.exit_code == 1
    assert "no version" in unknown.stderr


def test_simulate_tells_changes_accounts_and_sites(operator: Operator) -> None:
    provider = operator.provider
    proven(provider, "operator3")
    proven(provider, "chip")
    site = provider.site(default_acr_values=["urn:tongxing:loa:2"])
    new = packaged.text().replace(
        'level = 2\nevidence = ["operator3"]', 'level = 1\nevidence = ["operator3"]'
    )
    said = operator.done("simulate", "-", typed=new)
    assert "  proofing.citizen: operator3: level 2 -> level 1" in said
    assert "1 changes against version 1" in said
    assert "  citizen\tL2 -> L1\t1 accounts" in said
    assert "1 of 2 accounts would fall, 0 would rise" in said
    assert f"  {site.id} (" in said
    assert "out of reach for 1" in said
    content = operator.listed("simulate", "-", typed=new)
    assert (content["against"], content["lowered"], len(content["changes"])) == (1, 1, 1)
    assert operator.listed("show")["number"] == 1
    part = operator.listed("simulate", "-", "--most", "1", typed=new)
    assert part["complete"] is False


def test_table_prints_the_published_page(operator: Operator) -> None:
    page = (tree.ROOT / "docs" / "levels-table.md").read_text(encoding="utf-8")
    assert operator.done("table", "-", typed=packaged.text()) == page
