from datetime import timedelta
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import func, select, text

from idp import clock
from idp.authenticators import known_device
from idp.authenticators.known_device import KnownDevice
from idp.db import commit, db
from tests.accounts import crowd


def test_a_browser_is_known_after_a_login(context: Flask, account_id: UUID) -> None:
    assert not known_device.is_known(account_id, "phone")
    known_device.remember(account_id, "phone")
    known_device.remember(account_id, "phone")
    commit()
    assert known_device.is_known(account_id, "phone")
    assert not known_device.is_known(account_id, "other")
    assert not known_device.is_known(uuid4(), "phone")
    assert db.session.execute(select(func.count()).select_from(KnownDevice)).scalar_one() == 1
    assert "phone" not in repr(db.session.execute(text("SELECT * FROM known_devices")).all())


def test_two_logins_at_once_are_one_device(rooms: Flask, account_id: UUID) -> None:
    results = crowd.at_once(rooms, lambda _: known_device.remember(account_id, "phone"))
    assert results == [False] * crowd.AT_ONCE


def test_a_browser_not_seen_for_long_is_forgotten(context: Flask, account_id: UUID) -> None:
    known_device.remember(account_id, "old")
    commit()
    with clock.shifted(known_device.FORGOTTEN_AFTER + timedelta(days=1)):
        known_device.remember(account_id, "new")
        assert not known_device.is_known(account_id, "old")
        known_device.sweep()
        commit()
        assert db.session.execute(select(func.count()).select_from(KnownDevice)).scalar_one() == 1
        assert known_device.is_known(account_id, "new")


def test_all_browsers_can_be_forgotten(context: Flask, account_id: UUID) -> None:
    known_device.remember(account_id, "phone")
    known_device.forget_all(account_id)
    assert not known_device.is_known(account_id, "phone")


def test_only_a_device_beside_others_is_new(context: Flask, account_id: UUID) -> None:
    assert not known_device.remember(account_id, "first")
    assert known_device.remember(account_id, "second")
    assert not known_device.remember(account_id, "second")
    known_device.forget_all(account_id)
    assert not known_device.remember(account_id, "third")
