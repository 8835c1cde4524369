"""The names of events: sorted, in one form, and each recorded somewhere."""

import re

from idp.audit.event import EventName
from tests.layout import tree


def test_names_are_sorted_and_in_one_form() -> None:
    names = [event.name for event in EventName]
    assert names == sorted(names)
    assert all(re.fullmatch(r"[a-z_]+\.(?:[a-z_]+(?:ed|en)|begun|sent)", event) for event in EventName)
    assert all(event.name == event.value.replace(".", "_").upper() for event in EventName)


def test_what_nobody_records_has_no_name() -> None:
    code = "".join((tree.ROOT / path).read_text(encoding="utf-8") for path in tree.python_files("idp"))
    recorded = set(re.findall(r"EventName\.([A-Z_]+)", code))
    assert {event.name for event in EventName} == recorded
