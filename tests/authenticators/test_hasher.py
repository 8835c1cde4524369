"""Passwords that other systems hashed: right ones match, wrong ones tell nothing by the clock, no core is held."""

import base64
import hashlib
import statistics
import threading
import time
from collections.abc import Callable
from uuid import UUID, uuid4

import bcrypt
import pytest
from flask import Flask
from sqlalchemy import update

from idp.accounts import account as accounts
from idp.accounts.account import Person
from idp.authenticators import imported_hash, password_login, pwd
from idp.authenticators.hash_gate import HashGate
from idp.authenticators.hasher import HASHER, Hasher
from idp.db import commit, db
from idp.errors import InvalidInput
from idp.setting_sections import Passwords

RIGHT = "老系统的密码2019"
CHEAP = Passwords(memory_kib=8192, iterations=1)


def exported(cost: int = 4) -> str:
    return bcrypt.hashpw(RIGHT.encode(), bcrypt.gensalt(cost)).decode()


def django(rounds: int) -> str:
    key = hashlib.pbkdf2_hmac("sha256", RIGHT.encode(), b"salt", rounds)
    return f"pbkdf2_sha256${rounds}$salt${base64.b64encode(key).decode()}"


def imported(account_id: UUID, text: str) -> str:
    read = imported_hash.read(text)
    stored = pwd.hash_imported(read)
    pwd.store(account_id, stored, imported_work=read.recipe.work)
    commit()
    return stored


def seconds(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(5):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


@pytest.mark.parametrize("text", [exported(), django(1000)], ids=["bcrypt", "pbkdf2"])
def test_the_old_password_opens_the_account_and_is_hashed_anew(
    context: Flask, account_id: UUID, text: str
) -> None:
    stored = imported(account_id, text)
    assert text not in stored
    assert "$argon2id$" in stored
    for wrong in ("", RIGHT + "x", RIGHT + "\0", "\ud800", "x" * 100_000):
        assert not pwd.verify(account_id, wrong)
    candidate = password_login.look_up("zhangwei", device="d", address="127.0.0.1")
    assert password_login.check(candidate, RIGHT).id == account_id
    assert candidate.stored is not None
    renewed = password_login.renew(candidate, RIGHT)
    assert renewed is not None
    pwd.replace_outdated(account_id, candidate.stored, renewed)
    commit()
    found = pwd.find_stored(account_id)
    assert found.hash == renewed
    assert renewed.startswith("$argon2id$")
    assert found.slowest is None, "nobody waits for what is gone"
    assert pwd.verify(account_id, RIGHT)


def test_a_password_changed_meanwhile_is_not_overwritten(context: Flask, account_id: UUID) -> None:
    stored = imported(account_id, exported())
    pwd.set_password(account_id, "another one 2026")
    pwd.replace_outdated(account_id, stored, pwd.hash_new(RIGHT))
    assert pwd.verify(account_id, "another one 2026")
    assert pwd.find_stored(account_id).slowest is None


def test_the_slowest_of_all_is_found_in_the_same_query(context: Flask, account_id: UUID) -> None:
    other = accounts.create(Person("lina", "李娜")).id
    slow = imported(other, exported(8))
    imported(account_id, django(100))
    for asked in (account_id, uuid4(), None):
        assert pwd.find_stored(asked).slowest == slow
    assert pwd.find_stored(uuid4()).hash is None


def test_unknown_names_and_all_others_take_as_long_as_an_imported_one(
    context: Flask, account_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without waiting, bcrypt of cost 10 would take three times as long as our own hash at these costs."""
    ours = accounts.create(Person("lina", "李娜")).id
    pwd.set_password(ours, RIGHT)
    imported(account_id, exported(10))
    pwd.verify(None, "measured")
    hasher = HASHER.get()
    assert all(measured > 0 for measured in hasher._measured.values())
    least = 0.5  # far above what was measured, whatever else this machine does meanwhile
    monkeypatch.setattr(hasher, "_measured", dict.fromkeys(hasher._measured, least))
    known, unknown, other = (
        seconds(lambda who=who: pwd.verify(who, "wrong"))  # type: ignore[misc]
        for who in (account_id, None, ours)
    )
    for taken in (known, unknown, other):
        assert taken >= least
    assert max(known, unknown, other) < 1.6 * min(known, unknown, other)


exported_10 = exported(10)


def test_who_waits_lets_others_hash() -> None:
    """The wait keeps a place in the line, so that it is bounded, but not the turn."""
    gate = HashGate(concurrent=1, waiting=3)
    hasher = Hasher(CHEAP, gate)
    slowest = hasher.hash_imported(imported_hash.read(exported_10))
    hasher.matches(None, "measured", slowest=slowest)
    hasher._measured = dict.fromkeys(hasher._measured, 3.0)
    waiting = threading.Thread(target=hasher.matches, args=(None, "wrong"), kwargs={"slowest": slowest})
    waiting.start()
    deadline = time.monotonic() + 20
    while gate._room._value == 4 and time.monotonic() < deadline:
        time.sleep(0.005)
    begun = time.monotonic()
    hasher.hash(RIGHT)
    assert waiting.is_alive(), "the wait is over too soon to tell"
    assert time.monotonic() - begun < 2.5
    assert gate._room._value == 3, "who waits has its place still"
    waiting.join(timeout=30)
    assert gate._room._value == 4


def test_the_right_password_waits_for_nothing(context: Flask) -> None:
    hasher = Hasher(CHEAP, HashGate(1, 4))
    slowest = hasher.hash_imported(imported_hash.read(exported_10))
    stored = hasher.hash(RIGHT)
    hasher.matches(None, "measured", slowest=slowest)
    hasher._measured = dict.fromkeys(hasher._measured, 10.0)
    begun = time.monotonic()
    assert hasher.matches(stored, RIGHT, slowest=slowest)
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("broken", ["imported bcrypt:31:sha256:32:first:YQ== h", "imported x"])
def test_a_row_that_was_changed_opens_nothing_and_holds_nobody(
    context: Flask, account_id: UUID, broken: str
) -> None:
    imported(account_id, exported())
    db.session.execute(update(pwd.Password).values(hash=broken))
    commit()
    candidate = password_login.look_up("zhangwei", device="d", address="127.0.0.1")
    with pytest.raises(InvalidInput):
        password_login.check(candidate, RIGHT)
