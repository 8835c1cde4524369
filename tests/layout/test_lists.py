"""Lists, not magic: every plug-in stands in its room's ALL tuple, and every name there is a plug-in."""

from pathlib import Path

import pytest

from tests.layout import tree

ROOMS = [
    path.parent
    for path in tree.python_files("idp")
    if path.name == "__init__.py" and tree.tuple_all(path) is not None
]
EXPECTED = {"authenticators", "claims", "client_auth", "endpoints", "grants", "pages", "response_modes"}


def test_the_rooms_with_plug_ins_have_a_list() -> None:
    assert {room.name for room in ROOMS} >= EXPECTED


@pytest.mark.parametrize("room", ROOMS, ids=str)
def test_all_is_complete(room: Path) -> None:
    members = tree.tuple_all(room / "__init__.py")
    assert members
    assert len(set(members)) == len(members), "a name stands there twice"
    modules = {path.stem: path for path in tree.python_files("idp") if path.parent == room}
    packages = {
        path.parent.name: path
        for path in tree.python_files("idp")
        if path.name == "__init__.py" and path.parent.parent == room
    }
    siblings = {name: path for name, path in (modules | packages).items() if name != "__init__"}
    assert set(members) <= set(siblings), "a name that is no file of this room"
    # What all members define makes a plug-in of this room; a sibling with the same must be in the list.
    shape = set.intersection(*(tree.public_names(siblings[name]) for name in members))
    assert shape, "the members have no name in common: they are no plug-ins of one kind"
    forgotten = {
        name for name, path in siblings.items() if name not in members and shape <= tree.public_names(path)
    }
    assert not forgotten, f"these define {sorted(shape)} but are missing in ALL"
