"""Logging in there once: whoever begins comes back, and the older system alone says which account it was."""

from uuid import UUID, uuid4

import pytest

from idp.accounts import account as accounts
from idp.errors import InvalidInput, NotFound
from idp.linking import link_request
from tests.accounts.crowd import at_once
from tests.provider import Provider


def begin(account_id: UUID) -> str:
    return link_request.begin(account_id, "older", "browser-1")


def test_it_goes_there_and_back_once(either: Provider) -> None:
    account_id = uuid4()
    with either.context():
        value = begin(account_id)
        asked = link_request.find(value)
        assert asked is not None
        assert asked.legacy_id is None
        proof = link_request.answer(value, "older", "A-1")
        taken = link_request.take(value)
        assert taken is not None
        assert taken.legacy_id == "A-1"
        assert taken.is_of(account_id, "browser-1")
        assert taken.came_back_with(proof)
        assert not any(taken.came_back_with(wrong) for wrong in ("", "x", "张", "\ud800", value))
        assert not asked.came_back_with(""), "before it was answered nobody came back"
        assert link_request.take(value) is None
        assert link_request.find(value) is None


def test_only_the_account_and_browser_that_began_come_back(either: Provider) -> None:
    """Or a link sent around would bring its sender the older account of whoever follows it."""
    account_id = uuid4()
    with either.context():
        asked = link_request.find(begin(account_id))
        assert asked is not None
        assert not asked.is_of(uuid4(), "browser-1")
        assert not asked.is_of(account_id, "browser-2")


@pytest.mark.parametrize("value", ["", "x", "x" * 100_000, "\0", "张", "\ud800"])
def test_what_nobody_began_is_unknown(either: Provider, value: str) -> None:
    with either.context():
        assert link_request.find(value) is None
        with pytest.raises(NotFound):
            link_request.answer(value, "older", "A")


def test_another_service_cannot_answer_and_nobody_twice(either: Provider) -> None:
    with either.context():
        value = begin(uuid4())
        with pytest.raises(NotFound):
            link_request.answer(value, "another", "B")
        with pytest.raises(InvalidInput):
            link_request.answer(value, "older", "")
        link_request.answer(value, "older", "A")
        with pytest.raises(NotFound):
            link_request.answer(value, "older", "B")
        found = link_request.find(value)
        assert found is not None
        assert found.legacy_id == "A"


def test_of_many_answers_and_takers_at_once_one_counts(either: Provider) -> None:
    with either.context():
        value = begin(uuid4())
    results = at_once(either.app, lambda number: link_request.answer(value, "older", f"A-{number}"), 8)
    assert sum(isinstance(one, str) for one in results) == 1
    taken = at_once(either.app, lambda _number: link_request.take(value), 8)
    assert sum(one is not None for one in taken) == 1


def test_nothing_of_it_shows_in_its_text(provider: Provider) -> None:
    with provider.context():
        value = begin(accounts.get(provider.person().id).id)
        link_request.answer(value, "older", "SECRET-7")
        assert "SECRET-7" not in repr(link_request.find(value))
