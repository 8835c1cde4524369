"""An account keeps a way in, also when two remove one at once."""

import threading
from uuid import UUID

import pytest
from flask import Flask

from idp.authenticators import enrolled, passkey, pwd, recovery_code, ways_in
from idp.db import commit, db
from idp.errors import Conflict
from tests.authenticators.test_enrolled import key


def test_the_last_one_stays(context: Flask, account_id: UUID) -> None:
    pwd.set_password(account_id, "whatever it is 7")
    kept = key(account_id)
    commit()
    ways_in.take_turn(account_id)
    pwd.remove(account_id)
    ways_in.settle(account_id)
    commit()
    ways_in.take_turn(account_id)
    passkey.remove(account_id, kept.id)
    with pytest.raises(Conflict, match="last_way_in"):
        ways_in.settle(account_id)
    db.session.rollback()
    assert enrolled.begins_a_login(enrolled.of(account_id))


def test_codes_that_stand_in_for_nothing_are_void(context: Flask, account_id: UUID) -> None:
    pwd.set_password(account_id, "whatever it is 7")
    first, second = key(account_id), key(account_id)
    recovery_code.create(account_id)
    passkey.remove(account_id, first.id)
    ways_in.settle(account_id)
    assert recovery_code.count_left(account_id) == recovery_code.COUNT
    passkey.remove(account_id, second.id)
    ways_in.settle(account_id)
    assert recovery_code.count_left(account_id) == 0


@pytest.mark.parametrize("_time", range(3))
def test_of_two_removals_at_once_one_is_refused(rooms: Flask, account_id: UUID, _time: int) -> None:
    with rooms.app_context():
        keys = [key(account_id).id, key(account_id).id]
        commit()
    results: list[str] = []
    barrier = threading.Barrier(2)

    def remove(passkey_id: UUID) -> None:
        with rooms.app_context():
            barrier.wait()
            try:
                ways_in.take_turn(account_id)
                passkey.remove(account_id, passkey_id)
                ways_in.settle(account_id)
                commit()
                results.append("removed")
            except Conflict as error:
                db.session.rollback()
                results.append(error.code)

    threads = [threading.Thread(target=remove, args=(one,)) for one in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["last_way_in", "removed"]
    with rooms.app_context():
        assert len(passkey.of_account(account_id)) == 1
