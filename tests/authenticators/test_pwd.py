import time
from uuid import UUID, uuid4

import argon2
import pytest
from argon2.exceptions import VerifyMismatchError
from flask import Flask
from sqlalchemy import update

from idp.authenticators import password_policy, pwd
from idp.authenticators.hash_gate import LONGEST_WAIT, HashGate
from idp.authenticators.hasher import HASHER, Hasher
from idp.db import commit, db
from idp.errors import Unavailable
from idp.setting_sections import Passwords
from idp.settings import SETTINGS

RIGHT = "Tongxing-demo-2026"


def test_the_right_password_and_no_other(context: Flask, account_id: UUID) -> None:
    pwd.set_password(account_id, RIGHT)
    commit()
    assert pwd.verify(account_id, RIGHT)
    for wrong in ("", RIGHT.lower(), RIGHT + " ", RIGHT + "\0", "\0", "\ud800", "🔑" * 5000, "x" * 2_000_000):
        assert not pwd.verify(account_id, wrong)
    assert not pwd.verify(uuid4(), RIGHT)
    assert not pwd.verify(None, RIGHT)
    assert not pwd.verify(None, "")


def test_other_keyboards_type_the_same_password(context: Flask, account_id: UUID) -> None:
    pwd.set_password(account_id, "Ｔongxing－密码Ａ２０２６é")
    assert pwd.verify(account_id, "Tongxing-密码A2026e\u0301")


def test_a_very_long_password_is_read_whole_up_to_the_limit(context: Flask, account_id: UUID) -> None:
    longest = "密" * password_policy.LONGEST
    pwd.set_password(account_id, longest)
    assert pwd.verify(account_id, longest)
    assert not pwd.verify(account_id, longest + "x")
    assert not pwd.verify(account_id, longest[:-1])


def test_a_new_password_voids_the_old_one(context: Flask, account_id: UUID) -> None:
    pwd.set_password(account_id, RIGHT)
    before = pwd.changed_at(account_id)
    pwd.set_password(account_id, "another one 2026")
    commit()
    assert not pwd.verify(account_id, RIGHT)
    assert pwd.verify(account_id, "another one 2026")
    after = pwd.changed_at(account_id)
    assert before is not None
    assert after is not None
    assert after >= before
    assert pwd.changed_at(uuid4()) is None


def test_unknown_and_known_accounts_cost_one_hash_each(
    context: Flask, account_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    pwd.set_password(account_id, RIGHT)
    computed: list[str] = []
    argon2 = HASHER.get()._argon2
    verify = type(argon2).verify

    def counted(self: object, stored: str, prepared: bytes) -> bool:
        computed.append(stored.rsplit("$", 2)[0])
        return verify(argon2, stored, prepared)

    monkeypatch.setattr(type(argon2), "verify", counted)
    for somebody, password in ((account_id, RIGHT), (account_id, "wrong"), (uuid4(), "wrong"), (None, RIGHT)):
        computed.clear()
        pwd.verify(somebody, password)
        # One hash, and with the same costs for everybody.
        assert computed == ["$argon2id$v=19$m=8192,t=1,p=1"]


def test_the_hash_for_nobody_is_a_real_one_of_the_same_cost() -> None:
    """A text that Argon2 could not read would be refused at once, and tell that the name is unknown."""
    slow = Hasher(Passwords(memory_kib=9000, iterations=3), HashGate(1, 4))
    assert argon2.extract_parameters(slow._nobody) == argon2.extract_parameters(slow.hash(RIGHT))
    with pytest.raises(VerifyMismatchError):
        argon2.PasswordHasher().verify(slow._nobody, "anything")


def test_a_hash_with_old_parameters_is_replaced_unless_the_password_was_changed(
    context: Flask, account_id: UUID
) -> None:
    old = Hasher(Passwords(memory_kib=9000, iterations=1), HashGate(1, 4)).hash(RIGHT)
    pwd.store(account_id, old)
    assert pwd.is_outdated(old)
    assert pwd.verify(account_id, RIGHT)
    pwd.replace_outdated(account_id, old, pwd.hash_new(RIGHT))
    new = pwd.find_hash(account_id)
    assert new is not None
    assert new != old
    assert not pwd.is_outdated(new)
    assert pwd.verify(account_id, RIGHT)
    pwd.replace_outdated(account_id, old, pwd.hash_new("late"))
    assert pwd.find_hash(account_id) == new


@pytest.mark.parametrize(
    "garbage", ["", "x", "$argon2id$v=19$m=1,t=1,p=1$AA$AA", "$2b$12$abcdefghijklmnopqrstuv"]
)
def test_a_hash_that_cannot_be_read_is_never_right(context: Flask, account_id: UUID, garbage: str) -> None:
    pwd.set_password(account_id, RIGHT)
    db.session.execute(update(pwd.Password).values(hash=garbage))
    assert not pwd.verify(account_id, RIGHT)
    assert not pwd.verify(account_id, "")


def test_a_full_gate_is_an_answer_and_not_a_queue(context: Flask, account_id: UUID) -> None:
    gate = HashGate(concurrent=1, waiting=1)
    busy = Hasher(SETTINGS.get().passwords, gate)
    with gate.passed():
        gate._room.acquire()
        began = time.monotonic()
        with pytest.raises(Unavailable) as refused:
            busy.matches(None, RIGHT)
        assert time.monotonic() - began < LONGEST_WAIT / 2, "it waited in a queue"
    assert refused.value.retry_after


def test_the_hash_does_not_show_in_a_candidates_text(context: Flask, account_id: UUID) -> None:
    pwd.set_password(account_id, RIGHT)
    stored = pwd.find_hash(account_id)
    assert stored is not None
    assert stored.startswith("$argon2id$")
    assert RIGHT not in stored
