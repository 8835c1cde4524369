"""Superiors are asked whether they still stand behind an entity."""

import time

import pytest

from idp.federation.confirmation import Confirmation, Confirmed
from idp.federation.discovery import Edge
from tests.federation.conftest import TrustingProvider
from tests.federation.far_line import Line
from tests.provider import Provider


class Asking:
    """A confirmation with time of its own, about the far line's chain."""

    def __init__(self, line: Line, provider: Provider) -> None:
        self.now = 0.0
        self.provider = provider
        self.confirmation = Confirmation(15.0, lambda: self.now)
        self.tokens = tuple(line.chain())
        self.edges = tuple(
            Edge(superior, entity, f"{superior}/fetch?sub={entity}")
            for entity, superior in zip(line.path, line.path[1:], strict=False)
        )

    def ask(self) -> Confirmed:
        with self.provider.context():
            said = self.confirmation.confirm(self.tokens, self.edges, deadline=time.monotonic() + 2)
        self.tokens, self.edges = said.tokens, said.edges
        return said


@pytest.fixture
def asking(line: Line, trusting: TrustingProvider) -> Asking:
    return Asking(line, trusting(line.nation))


def test_what_was_said_holds_for_a_while(asking: Asking, line: Line) -> None:
    said = asking.ask()
    assert (said.asked, said.left_by) == (0.0, None)
    assert all(edge.etag for edge in said.edges)
    asking.now = 14.9
    assert asking.ask().asked == 0.0
    assert sum(line.elsewhere.asked.values()) == 3
    asking.now = 15.1
    again = asking.ask()
    assert (again.asked, again.tokens) == (15.1, said.tokens)
    assert line.elsewhere.conditional["/nation/fetch"] == 1


def test_configurations_stay_as_they_are(asking: Asking) -> None:
    first, last = asking.tokens[0], asking.tokens[-1]
    said = asking.ask()
    assert (said.tokens[0], said.tokens[-1], len(said.tokens)) == (first, last, 5)


def test_who_leaves_is_named(asking: Asking, line: Line) -> None:
    del line.province.below[line.city.id]
    said = asking.ask()
    assert said.left_by is not None
    assert (said.left_by.superior_id, said.left_by.entity_id) == (line.province.id, line.city.id)
    asking.now = 1.0
    line.province.add(line.city)
    asking.tokens = tuple(line.chain())
    assert asking.ask().left_by is None, "a no is not remembered"


def test_who_is_away_has_not_left(asking: Asking, line: Line) -> None:
    asking.ask()
    line.lose(line.nation)
    asking.now = 20.0
    said = asking.ask()
    assert (said.left_by, said.asked) == (None, 20.0)
    asking.now = 30.0
    assert asking.ask().asked == 20.0, "left in peace, and not counted as asked"
    assert line.elsewhere.asked["/nation/fetch"] == 2


def test_all_is_asked_anew_after_an_announcement(asking: Asking, line: Line) -> None:
    asking.ask()
    asking.confirmation.forget()
    asking.ask()
    assert line.elsewhere.asked["/nation/fetch"] == 2


def test_what_was_found_is_noted(asking: Asking, line: Line) -> None:
    forgotten = asking.confirmation.forgotten()
    asking.confirmation.note(asking.tokens, asking.edges, 0.0, forgotten)
    asking.ask()
    assert not line.elsewhere.asked
    asking.confirmation.forget()
    asking.confirmation.note(asking.tokens, asking.edges, 0.0, forgotten)
    asking.ask()
    assert sum(line.elsewhere.asked.values()) == 3, "what was found before an announcement is not"
