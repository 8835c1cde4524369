"""What a person can find in their timeline."""

from idp.audit import timeline_kind
from idp.audit.event import EventName


def test_every_event_is_placed_once() -> None:
    placed = [name for names in timeline_kind.KINDS.values() for name in names]
    placed += timeline_kind.HIDDEN
    assert sorted(placed) == sorted(EventName), "under the kind a person looks for, or in HIDDEN"


def test_the_kind_of_an_event_by_its_name() -> None:
    assert timeline_kind.find("session.started") is timeline_kind.Kind.LOGIN
    assert timeline_kind.find("key.rotated") is None
    assert timeline_kind.find("nothing.known") is None
