from clients.sites import heard
from clients.sites.heard import Entry, Heard
from clients.sites.language import Text


def _entry(jti: str) -> Entry:
    return Entry(jti=jti, name="x", at=1.0, what=Text("一", "one"), done=Text("二", "two"))


def test_it_is_a_list_for_each_person_newest_first_each_once() -> None:
    told = Heard()
    for jti in ("a", "b", "a"):
        told.note("s", _entry(jti))
    assert [entry.jti for entry in told.of("s")] == ["b", "a"]
    assert told.of("other") == ()


def test_it_is_bounded() -> None:
    told = Heard()
    for number in range(heard._MAX_ENTRIES + 3):
        told.note("s", _entry(str(number)))
    assert len(told.of("s")) == heard._MAX_ENTRIES
    for number in range(heard._MAX_PEOPLE + 3):
        told.note(str(number), _entry("a"))
    assert told.of("s") == ()
    assert len(told._people) == heard._MAX_PEOPLE
