import pytest

from idp.db import commit, db
from idp.ephemeral.store import EPHEMERAL
from idp.errors import Unavailable
from idp.federation import announcement
from tests.provider import NewProvider, Provider
from tests.waiting import eventually


@pytest.fixture
def heard(new_provider: NewProvider) -> tuple[Provider, list[str], list[str]]:
    """A provider, what its own memory heard at once, and what the messages said."""
    provider, here, there = new_provider(), list[str](), list[str]()
    provider.app.extensions["tongxing.federation_listeners"] = (here.append,)
    EPHEMERAL.of(provider.app).subscribe(announcement.CHANNEL, there.append)
    return provider, here, there


def test_nobody_hears_before_the_commit_and_everybody_after_it_once(
    heard: tuple[Provider, list[str], list[str]],
) -> None:
    provider, here, there = heard
    with provider.context():
        db.session.connection()
        announcement.after_commit("https://a.example", "https://b.example")
        announcement.after_commit("https://a.example")
        assert here == []
        commit()
        assert here == ["https://a.example", "https://b.example"]
        eventually(lambda: "https://b.example" in there)
        db.session.connection()
        commit()
        assert len(here) == 2


def test_what_was_rolled_back_is_never_announced(heard: tuple[Provider, list[str], list[str]]) -> None:
    provider, here, _there = heard
    with provider.context():
        db.session.connection()
        announcement.after_commit("https://a.example")
        db.session.rollback()
        db.session.connection()
        announcement.after_commit("https://b.example")
        commit()
        assert here == ["https://b.example"]


def test_a_change_stands_although_nobody_could_be_told(
    heard: tuple[Provider, list[str], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_arguments: object) -> None:
        raise Unavailable("ephemeral_unavailable")

    provider, here, _there = heard
    monkeypatch.setattr(type(EPHEMERAL.of(provider.app)), "publish", away)
    with provider.context():
        db.session.connection()
        announcement.after_commit("https://a.example")
        commit()
        assert here == ["https://a.example"]
