"""Operators decide who is recognised, at which levels, and when the key of the identity HMAC turns."""

from pathlib import Path

import pytest

from idp.cli.federation_recognition import recognition
from idp.db import commit
from idp.recognition import tables
from idp.sandbox import network
from idp.sandbox import recognition as planted
from tests.cli.operator import Operator
from tests.provider import ISSUER, NewProvider

ANCHOR = f"{ISSUER}/authorities/national"
OTHER = "http://127.0.0.1:9"


@pytest.fixture
def operator(new_provider: NewProvider, tmp_path: Path) -> Operator:
    provider = new_provider()
    with provider.context():
        (tmp_path / "sites").mkdir()
        network.plant(tmp_path / "sites", tmp_path / "network")
        planted.plant(network.authority_id("national"), tmp_path / "network")
        commit()
    return Operator(provider, recognition)


def add(operator: Operator, *levels: str) -> str:
    given = [part for level in levels for part in ("--level", level)]
    return operator.done("add", ANCHOR, OTHER, "--division", "320000", "--name", "江苏省", *given)


def test_a_province_is_added_changed_and_removed(operator: Operator) -> None:
    assert "recognised" in add(operator, "urn:tongxing:loa:3=3")
    [own, other] = sorted(operator.listed("list", ANCHOR), key=lambda one: one["division_code"], reverse=True)
    assert (own["entity_id"], own["has_key"]) == (ISSUER, True)
    assert (other["entity_id"], other["levels"], other["has_key"]) == (
        OTHER,
        {"urn:tongxing:loa:3": 3},
        False,
    )
    add(operator, "urn:tongxing:loa:3=2", "urn:x=1")
    changed = next(one for one in operator.listed("list", ANCHOR) if one["entity_id"] == OTHER)
    assert changed["levels"] == {"urn:tongxing:loa:3": 2, "urn:x": 1}
    assert "江苏省" in operator.done("list", ANCHOR)
    assert operator.run("remove", ANCHOR, OTHER, typed="n\n").exit_code == 1
    operator.done("remove", ANCHOR, OTHER, "--yes")
    assert operator.run("remove", ANCHOR, OTHER, "--yes").exit_code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        (ANCHOR, OTHER, "--division", "32", "--name", "江苏", "--level", "a=1"),
        (ANCHOR, OTHER, "--division", "320000", "--name", "江苏", "--level", "a=5"),
        (ANCHOR, OTHER, "--division", "320000", "--name", "江苏", "--level", "a"),
        (ANCHOR, OTHER, "--division", "320000", "--name", "江苏", "--level", "=1"),
        (ANCHOR, OTHER, "--division", "320000", "--name", "江" * 101, "--level", "a=1"),
        (f"{ISSUER}/authorities/330000", OTHER, "--division", "320000", "--name", "江苏", "--level", "a=1"),
        ("https://nobody.example", OTHER, "--division", "320000", "--name", "江苏", "--level", "a=1"),
    ],
)
def test_what_no_table_can_say_is_refused(operator: Operator, arguments: tuple[str, ...]) -> None:
    assert operator.run("add", *arguments).exit_code == 1
    assert len(operator.listed("list", ANCHOR)) == 1


def test_epochs_turn_and_the_last_one_stays(operator: Operator) -> None:
    assert [one["epoch"] for one in operator.listed("epochs", ANCHOR)] == ["2026-1"]
    assert operator.run("end-epoch", ANCHOR, "2026-1", "--yes").exit_code == 1
    operator.done("begin-epoch", ANCHOR, "2027-1")
    assert operator.run("begin-epoch", ANCHOR, "2027-1").exit_code == 1
    assert operator.run("begin-epoch", ANCHOR, "no good").exit_code == 1
    assert operator.listed("show")["epochs"] == ["2027-1", "2026-1"]
    with operator.provider.context():
        tables.TABLES.get().forget()
        known = tables.find()
        assert known is not None
        assert [key.epoch for key in known.keys] == ["2027-1", "2026-1"]
    operator.done("end-epoch", ANCHOR, "2026-1", "--yes")
    assert [one["epoch"] for one in operator.listed("epochs", ANCHOR)] == ["2027-1"]
    assert "2027-1" in operator.done("epochs", ANCHOR)
    assert "2027-1" in operator.done("show")


def test_an_anchor_without_provinces_says_so(operator: Operator) -> None:
    operator.done("remove", ANCHOR, ISSUER, "--yes")
    assert "nothing here" in operator.run("list", ANCHOR).stderr
    assert "no anchor lists" in operator.run("show").stderr
    assert operator.listed("show") is None
