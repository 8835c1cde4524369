"""The table that holds: from the anchor, verified, kept while the anchor is away, and never longer than it lasts."""

from typing import Any

import pytest

from idp import clock
from idp.db import commit
from idp.federation import signing
from idp.recognition import decryption_key, epoch, member, published_table, tables
from tests.recognition.hostile import Hostile
from tests.recognition.provinces import Provinces


class Clock:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def moving(provinces: Provinces) -> tuple[tables.Tables, Clock]:
    """What another process of Jiangsu would know, with a clock of its own."""
    timer = Clock()
    return tables.Tables(provinces.there.provider.app.app_context, timer), timer


def test_both_sides_hold_the_same_key(provinces: Provinces) -> None:
    held = []
    for one in (provinces.here, provinces.there):
        with one.context():
            known = tables.find()
            assert known is not None
            held.append([(key.epoch, key.secret) for key in known.keys])
    assert held[0] == held[1]
    assert len(held[0][0][1]) == 32


def test_the_anchors_silence_does_not_end_what_holds(
    provinces: Provinces, moving: tuple[tables.Tables, Clock]
) -> None:
    known, timer = moving
    with provinces.there.context():
        assert known.find() is not None
        asked: list[str] = []

        def silent(url: str, **_: Any) -> None:
            asked.append(url)
            raise tables.TableUnavailable("away")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tables, "_fetch", silent)
            timer.now += tables.FRESH_SECONDS + 1
            known._look()
            assert known.find() is not None
            assert len(asked) == 1


def test_what_has_ended_holds_no_more(provinces: Provinces, moving: tuple[tables.Tables, Clock]) -> None:
    known, _ = moving
    with provinces.there.context(), pytest.MonkeyPatch.context() as patch:
        found = known.find()
        assert found is not None
        patch.setattr(clock, "timestamp", lambda: found.table.expires_at)
        assert known.find() is None


def test_a_table_that_another_signed_is_none(
    provinces: Provinces, hostile: Hostile, moving: tuple[tables.Tables, Clock]
) -> None:
    known, _ = moving
    with provinces.here.context():
        honest = published_table.find(provinces.anchor)
        assert honest is not None
        forged = signing.sign(
            f"{provinces.here.issuer}/authorities/330000",
            {"iss": provinces.anchor, "iat": clock.timestamp(), "exp": clock.timestamp() + 60},
            typ="mutual-recognition+jwt",
        )
        other_type = signing.sign(provinces.anchor, {"iss": provinces.anchor}, typ="entity-statement+jwt")
        empty = signing.sign(
            provinces.anchor,
            {
                "iss": provinces.anchor,
                "iat": clock.timestamp(),
                "exp": clock.timestamp() + 60,
                "providers": [],
                "identity_keys": [],
            },
            typ="mutual-recognition+jwt",
        )
    for token in (forged, other_type, empty, honest[:-4] + "AAAA", "", "a.b.c"):
        with provinces.there.context(), pytest.MonkeyPatch.context() as patch:
            patch.setattr(tables, "_fetch", lambda _anchor, token=token: token)
            known.forget()
            assert known.find() is None


def test_an_epoch_that_turns_is_known_by_both_until_the_old_one_ends(provinces: Provinces) -> None:
    with provinces.here.context():
        epoch.begin(provinces.anchor, "2099-1")
        commit()
        known = tables.find()
        assert known is not None
        assert [key.epoch for key in known.keys] == ["2099-1", "2026-1"]
    with provinces.there.context():
        tables.TABLES.get().forget()
        known = tables.find()
        assert known is not None
        assert [key.epoch for key in known.keys] == ["2099-1", "2026-1"]
    with provinces.here.context():
        epoch.end(provinces.anchor, "2099-1")
        commit()
        known = tables.find()
        assert known is not None
        assert [key.epoch for key in known.keys] == ["2026-1"]


def test_a_key_for_another_province_gives_us_none(provinces: Provinces) -> None:
    with provinces.here.context():
        row = member.find(provinces.anchor, provinces.there.issuer)
        assert row is not None
        kept = row.jwk
        member.note_key(row, decryption_key.published())
        commit()
    try:
        with provinces.there.context():
            tables.TABLES.get().forget()
            known = tables.find()
            assert known is not None
            assert known.keys == ()
    finally:
        provinces.refresh()
        with provinces.there.context():
            tables.TABLES.get().forget()
            again = tables.find()
            assert again is not None
            assert len(again.keys) == 1
        with provinces.here.context():
            row = member.find(provinces.anchor, provinces.there.issuer)
            assert row is not None
            assert row.jwk == kept
