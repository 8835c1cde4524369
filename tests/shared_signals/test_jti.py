"""An event's name says nothing of its cause, and leads back to the event."""

from uuid import UUID

import pytest

from idp.shared_signals import jti
from idp.uuid7 import uuid7
from tests.provider import Provider


def test_a_name_is_always_the_same_and_leads_back(provider: Provider) -> None:
    event_id = uuid7()
    with provider.context():
        name = jti.of(event_id)
        assert name == jti.of(event_id)
        assert jti.find_event_id(name) == event_id


def test_neighbours_have_nothing_in_common(provider: Provider) -> None:
    first = uuid7()
    second = UUID(int=first.int ^ 1)
    with provider.context():
        one, another = UUID(jti.of(first)), UUID(jti.of(second))
    assert one.bytes[:6] != first.bytes[:6]
    assert 20 < (one.int ^ another.int).bit_count() < 108


@pytest.mark.parametrize("odd", ["", "x", None, 7, {"a": 1}, "\x00", "f" * 10_000])
def test_what_is_no_name_leads_nowhere(provider: Provider, odd: object) -> None:
    with provider.context():
        assert jti.find_event_id(odd) is None
