from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event

from idp.accounts import account as accounts
from idp.authenticators import known_device, password_login, pwd
from idp.authenticators.hash_gate import HashGate
from idp.authenticators.hasher import HASHER, Hasher
from idp.authenticators.password_login import Candidate
from idp.db import commit, db
from idp.errors import InvalidInput, TooMany
from idp.setting_sections import Passwords

RIGHT = "Tongxing-demo-2026"
HOME = "browser-at-home"
STRANGER = "browser-of-a-stranger"


def look_up(identifier: str, device: str = STRANGER, address: str = "192.0.2.1") -> Candidate:
    candidate = password_login.look_up(identifier, device=device, address=address)
    commit()
    return candidate


@pytest.fixture
def zhangwei(context: Flask, account_id: UUID) -> UUID:
    pwd.set_password(account_id, RIGHT)
    known_device.remember(account_id, HOME)
    commit()
    return account_id


@pytest.mark.parametrize("identifier", ["zhangwei", "13800138000"])
def test_name_or_phone_with_the_right_password(zhangwei: UUID, identifier: str) -> None:
    assert password_login.check(look_up(identifier), RIGHT).id == zhangwei


@pytest.mark.parametrize(
    "identifier", ["zhangwei", "nobody", "13700137000", "", "\0", "\ud800", "👤", "x" * 1_000_000]
)
def test_known_and_unknown_names_are_refused_alike(zhangwei: UUID, identifier: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        password_login.check(look_up(identifier), "wrong")
    assert (refused.value.code, refused.value.field) == ("credentials_wrong", "")


def test_known_and_unknown_names_take_the_same_steps(zhangwei: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    statements: list[str] = []
    hashes: list[str] = []
    compare = Hasher._compare

    def counted(self: Hasher, stored: str, password: str) -> tuple[bool, float]:
        hashes.append(stored)
        return compare(self, stored, password)

    def noted(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement.partition("WHERE")[0])

    monkeypatch.setattr(Hasher, "_compare", counted)
    event.listen(db.engine, "before_cursor_execute", noted)
    seen = []
    for identifier in ("zhangwei", "nobody-here", "13800138000", "13700137000", "李娜"):
        statements.clear()
        hashes.clear()
        with pytest.raises(InvalidInput):
            password_login.check(look_up(identifier), "wrong")
        seen.append((list(statements), len(hashes)))
    for steps in seen:
        assert steps == seen[0]
    assert seen[0][1] == 1


@pytest.mark.parametrize("identifier", ["zhangwei", "nobody"])
def test_a_stranger_who_guesses_is_stopped_known_name_or_not(zhangwei: UUID, identifier: str) -> None:
    for _ in range(10):
        with pytest.raises(InvalidInput):
            password_login.check(look_up(identifier), "wrong")
    with pytest.raises(TooMany) as refused:
        look_up(identifier)
    assert (refused.value.code, refused.value.retry_after) == ("too_many_requests", 900)
    with pytest.raises(TooMany):
        look_up(identifier, device="yet another browser")


def test_a_stranger_never_locks_the_person_out_of_a_known_browser(zhangwei: UUID) -> None:
    for _ in range(10):
        with pytest.raises(InvalidInput):
            password_login.check(look_up("zhangwei"), "wrong")
    assert password_login.check(look_up("zhangwei", HOME), RIGHT).id == zhangwei


def test_a_known_browser_may_not_guess_for_ever_either(zhangwei: UUID) -> None:
    for _ in range(10):
        with pytest.raises(InvalidInput):
            password_login.check(look_up("zhangwei", HOME), "wrong")
    with pytest.raises(TooMany):
        look_up("zhangwei", HOME)
    # … and locks nobody but itself out.
    assert password_login.check(look_up("zhangwei"), RIGHT).id == zhangwei


@pytest.mark.parametrize(
    "spellings",
    [
        ["zhangwei", "ZhangWei", " zhangwei\n", "ｚｈａｎｇｗｅｉ", "ＺＨＡＮＧＷＥＩ"],
        ["nobody-here", "NOBODY-here", "\u3000nobody-here ", "ｎｏｂｏｄｙ－ｈｅｒｅ"],
        [
            "13800138000",
            "+86 138 0013 8000",
            "0086-138-0013-8000",
            "86 13800138000",
            "１３８００１３８０００",
        ],
        [
            "13700137000",
            "+86 137 0013 7000",
            "0086-137-0013-7000",
            "86 13700137000",
            "１３７００１３７０００",
        ],
    ],
    ids=["known-name", "unknown-name", "known-phone", "unknown-phone"],
)
def test_a_lock_is_the_same_in_every_spelling_known_or_not(zhangwei: UUID, spellings: list[str]) -> None:
    for number in range(10):
        with pytest.raises(InvalidInput):
            password_login.check(look_up(spellings[number % len(spellings)]), "wrong")
    for spelling in spellings:
        with pytest.raises(TooMany):
            look_up(spelling)


@pytest.mark.parametrize(("locked", "other"), [("zhangwei", "13800138000"), ("13800138000", "zhangwei")])
def test_a_lock_does_not_tell_whose_number_it_is(zhangwei: UUID, locked: str, other: str) -> None:
    for _ in range(10):
        with pytest.raises(InvalidInput):
            password_login.check(look_up(locked), "wrong")
    with pytest.raises(InvalidInput):
        password_login.check(look_up(other), "wrong")


def test_a_known_browser_counts_name_and_phone_as_one(zhangwei: UUID) -> None:
    for identifier in ["zhangwei", "13800138000"] * 5:
        with pytest.raises(InvalidInput):
            password_login.check(look_up(identifier, HOME), "wrong")
    with pytest.raises(TooMany):
        look_up("13800138000", HOME)


def test_one_address_tries_so_often_in_a_minute(zhangwei: UUID) -> None:
    for number in range(300):
        password_login.count_attempt("192.0.2.9")
        assert number < 300
    with pytest.raises(TooMany):
        look_up("zhangwei", address="192.0.2.9")
    look_up("zhangwei", address="192.0.2.10")


def test_addresses_of_one_ipv6_network_are_one(zhangwei: UUID) -> None:
    for number in range(300):
        password_login.count_attempt(f"2001:db8::{number:x}")
    with pytest.raises(TooMany):
        look_up("zhangwei", address="2001:db8::ffff")
    look_up("zhangwei", address="2001:db8:0:1::1")


def test_asking_once_more_uses_the_same_counters(zhangwei: UUID) -> None:
    account = accounts.get(zhangwei)
    again = password_login.look_up_again(account, device=HOME, address="192.0.2.1")
    assert password_login.check(again, RIGHT) is account
    for _ in range(10):
        with pytest.raises(InvalidInput):
            password_login.check(again, "wrong")
    with pytest.raises(TooMany):
        password_login.look_up_again(account, device=HOME, address="192.0.2.1")


def test_an_old_hash_is_made_anew(zhangwei: UUID) -> None:
    candidate = look_up("zhangwei")
    assert password_login.renew(candidate, RIGHT) is None
    assert password_login.renew(look_up("nobody"), RIGHT) is None
    pwd.store(zhangwei, Hasher(Passwords(memory_kib=9000, iterations=1), HashGate(1, 4)).hash(RIGHT))
    commit()
    candidate = look_up("zhangwei")
    renewed = password_login.renew(candidate, RIGHT)
    assert renewed is not None
    assert not HASHER.get().is_outdated(renewed)


def test_a_candidates_text_shows_no_secret(zhangwei: UUID) -> None:
    assert "argon2" not in repr(look_up("zhangwei"))
