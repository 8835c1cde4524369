"""The table that holds: from the anchor, verified, kept while the anchor is away, and never longer than it lasts."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from joserfc.jwk import ECKey, KeySet
from werkzeug.wrappers import Response

from idp import clock
from idp.db import commit
from idp.federation import federation_key, hosted_entity, trust_anchor
from idp.recognition import decryption_key, epoch, member, published_table, table, tables
from idp.recognition.tables import Known
from tests.recognition.hostile import Hostile, as_json
from tests.recognition.provinces import Provinces
from tests.timer import Timer
from tests.waiting import eventually

TABLE = "/mutual-recognition"


@pytest.fixture
def moving(provinces: Provinces) -> tuple[tables.Tables, Timer]:
    """What another process of Jiangsu would know, with a clock of its own."""
    timer = Timer()
    return tables.Tables(provinces.there.provider.app.app_context, timer), timer


def said(
    anchored: Hostile, provinces: Provinces, header: dict[str, Any] | None = None, **changes: Any
) -> Response:
    """The table as that anchor signs it."""
    member_there = {
        "entity_id": provinces.there.issuer,
        "division_code": "320000",
        "names": {"zh-Hans": "江苏省"},
        "levels": {},
    }
    now = clock.timestamp()
    claims = {
        "iss": anchored.issuer,
        "iat": now,
        "exp": now + 600,
        "providers": [member_there],
        "identity_keys": [],
    } | changes
    token = anchored.sign(claims, {"typ": "mutual-recognition+jwt"} | (header or {}))
    return Response(token, content_type=published_table.CONTENT_TYPE)


def forged(anchored: Hostile, provinces: Provinces) -> Response:
    own, anchored.key = anchored.key, ECKey.generate_key("P-256", {"kid": "anhui"})
    try:
        return said(anchored, provinces)
    finally:
        anchored.key = own


@pytest.fixture
def anchored(provinces: Provinces, hostile: Hostile) -> Iterator[Hostile]:
    """An anchor elsewhere, run by who says whatever a test wants, and the only one that Jiangsu trusts meanwhile."""
    now = clock.timestamp()
    jwks = {"keys": [dict(hostile.key.as_dict(private=False))]}
    entity = {"federation_entity": {"federation_fetch_endpoint": f"{hostile.issuer}/fetch"}}
    base = {"iss": hostile.issuer, "iat": now, "exp": now + 3600}
    configuration = base | {
        "sub": hostile.issuer,
        "jwks": jwks,
        "metadata": {
            "federation_entity": entity["federation_entity"]
            | {published_table.ENDPOINT: f"{hostile.issuer}{TABLE}"}
        },
    }
    with provinces.there.context():
        kept = {row.entity_id: row.jwks for row in trust_anchor.listed()}
        authority = f"{provinces.there.issuer}/authorities/320000"
        hints = list(hosted_entity.get(authority).authority_hints)
        subordinate = base | {"sub": authority, "jwks": federation_key.jwks(authority)}
        for one in kept:
            trust_anchor.remove(one)
        trust_anchor.add(hostile.issuer, jwks)
        hosted_entity.update(authority, authority_hints=[hostile.issuer])
        commit()
    typ = {"typ": "entity-statement+jwt"}
    mimetype = "application/entity-statement+jwt"
    hostile.answers = {
        "/.well-known/openid-federation": Response(hostile.sign(configuration, typ), content_type=mimetype),
        "/fetch": Response(hostile.sign(subordinate, typ), content_type=mimetype),
        TABLE: said(hostile, provinces),
    }
    hostile.asked.clear()
    yield hostile
    hostile.reset()
    with provinces.there.context():
        trust_anchor.remove(hostile.issuer)
        for one, keys in kept.items():
            trust_anchor.add(one, keys)
        hosted_entity.update(authority, authority_hints=hints)
        commit()


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
    provinces: Provinces, anchored: Hostile, moving: tuple[tables.Tables, Timer]
) -> None:
    known, timer = moving
    with provinces.there.context():
        held = known.find()
        assert held is not None
        assert held.table.anchor == anchored.issuer
        anchored.answers[TABLE] = Response("", 503)
        timer.now += tables.FRESH_SECONDS + 1
        assert known.find() is not None
        eventually(lambda: anchored.asked.count(TABLE) == 2)
        assert known.find() is not None
        # Nobody makes us ask again at once.
        assert anchored.asked.count(TABLE) == 2


def looked_again(known: tables.Tables, timer: Timer, anchored: Hostile) -> tables.Known:
    """What holds after the anchor was asked once more."""
    timer.now += tables.FRESH_SECONDS + 1
    before = anchored.asked.count(TABLE)
    known.find()
    eventually(lambda: anchored.asked.count(TABLE) > before)
    known.forget()
    held = known.find()
    assert held is not None
    return held


def test_an_older_table_never_takes_the_place_of_a_newer_one(
    provinces: Provinces, anchored: Hostile, moving: tuple[tables.Tables, Timer]
) -> None:
    """Who can replay what the anchor signed yesterday brings nobody back whom it struck off."""
    known, timer = moving
    now = clock.timestamp()
    struck_off = {
        "entity_id": "https://struck-off.example.cn",
        "division_code": "350000",
        "names": {"zh-Hans": "福建省"},
        "levels": {"high": 4},
    }
    ours = {
        "entity_id": provinces.there.issuer,
        "division_code": "320000",
        "names": {"zh-Hans": "江苏省"},
        "levels": {},
    }
    with provinces.there.context():
        assert known.find() is not None
        anchored.answers[TABLE] = said(anchored, provinces, iat=now - 100, providers=[ours, struck_off])
        assert looked_again(known, timer, anchored).others == []
        anchored.answers[TABLE] = said(anchored, provinces, iat=now + 10, providers=[ours, struck_off])
        assert [one.division_code for one in looked_again(known, timer, anchored).others] == ["350000"]


def test_while_an_anchor_is_away_another_ones_table_does_not_take_its_place(
    provinces: Provinces,
    anchored: Hostile,
    moving: tuple[tables.Tables, Timer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Or whoever silences the one decides that the other's levels count."""
    known, timer = moving
    other = Known(table.Table("https://other.example.cn", 0, 1 << 39, {}, ()), ())
    with provinces.there.context():
        first = known.find()
        assert first is not None
        anchored.answers[TABLE] = Response("", 503)
        load, both = tables._load, {**trust_anchor.all_anchors(), other.table.anchor: KeySet([])}
        monkeypatch.setattr(trust_anchor, "all_anchors", lambda: both)
        monkeypatch.setattr(
            tables, "_load", lambda one, keys: other if one == other.table.anchor else load(one, keys)
        )
        assert looked_again(known, timer, anchored) is first
        # A process that begins now knows nothing else, and that it may be otherwise.
        begun = tables.Tables(provinces.there.provider.app.app_context).find()
        assert begun is not None
        assert (begun.table, begun.is_certain, first.is_certain) == (other.table, False, True)


def test_what_has_ended_holds_no_more(
    provinces: Provinces, anchored: Hostile, moving: tuple[tables.Tables, Timer]
) -> None:
    known, _ = moving
    anchored.answers[TABLE] = said(anchored, provinces, exp=clock.timestamp() + 2)
    with provinces.there.context():
        assert known.find() is not None
        eventually(lambda: known.find() is None)


WRONG: dict[str, Callable[[Hostile, Provinces], Response]] = {
    "another's signature": forged,
    "another type": lambda anchored, provinces: said(
        anchored, provinces, header={"typ": "entity-statement+jwt"}
    ),
    "another anchor's": lambda anchored, provinces: said(anchored, provinces, iss="https://other.example.cn"),
    "ended": lambda anchored, provinces: said(anchored, provinces, exp=clock.timestamp() - 1),
    "without us": lambda anchored, provinces: said(anchored, provinces, providers=[]),
    "half": lambda anchored, provinces: said(anchored, provinces, providers=[{}]),
    "no token": lambda _anchored, _provinces: Response("a.b.c", content_type=published_table.CONTENT_TYPE),
    "nothing": lambda _anchored, _provinces: Response("", content_type=published_table.CONTENT_TYPE),
    "another kind of answer": lambda _anchored, _provinces: as_json({}),
    "10 MB": lambda _anchored, _provinces: Response(
        "x" * 10_000_000, content_type=published_table.CONTENT_TYPE
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_table_that_is_none_lets_nobody_in(
    provinces: Provinces, anchored: Hostile, moving: tuple[tables.Tables, Timer], name: str
) -> None:
    known, _ = moving
    anchored.answers[TABLE] = WRONG[name](anchored, provinces)
    with provinces.there.context():
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
