"""The names of events: sorted, in one form, and each recorded somewhere, with facts that can be read."""

import ast
import re
from collections.abc import Iterator

import pytest

from idp.audit import log
from idp.audit.event import EventName
from tests.layout import tree


def test_names_are_sorted_and_in_one_form() -> None:
    names = [event.name for event in EventName]
    assert names == sorted(names)
    assert all(
        re.fullmatch(r"[a-z_]+\.(?:[a-z_]+(?:ed|en)|begun|lost|sent|withdrawn)", event) for event in EventName
    )
    assert all(event.name == event.value.replace(".", "_").upper() for event in EventName)


def test_what_nobody_records_has_no_name() -> None:
    code = "".join((tree.ROOT / path).read_text(encoding="utf-8") for path in tree.python_files("idp"))
    recorded = set(re.findall(r"EventName\.([A-Z_]+)", code))
    assert {event.name for event in EventName} == recorded


def recorded_facts() -> Iterator[tuple[str, str]]:
    for path in tree.python_files("idp"):
        for call in ast.walk(ast.parse((tree.ROOT / path).read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call):
                continue
            if any(ast.unparse(given).startswith("EventName.") for given in call.args):
                yield from ((str(path), named.arg) for named in call.keywords if named.arg is not None)


@pytest.mark.parametrize(("path", "name"), sorted(set(recorded_facts())))
def test_what_is_recorded_is_not_blinded_by_its_own_name(path: str, name: str) -> None:
    values = log.row(
        EventName.LOGIN_FAILED, account_id=None, client_id=None, session_id=None, actor=None, data={name: "x"}
    )
    assert values["data"] == {name: "x"}, f"{path} records {name}, which nobody can read"
