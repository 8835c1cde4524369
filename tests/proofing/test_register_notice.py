"""Notices that registers push: believed when signed, counted once, silent about strangers."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import ECKey
from sqlalchemy import func, select

from idp import clock
from idp.accounts import account as accounts
from idp.db import commit, db
from idp.errors import InvalidInput
from idp.keys import compact_jwt
from idp.proofing import evidence, register_notice
from idp.proofing.register_notice import RegisterNotice
from idp.sandbox.registers.switches import Change
from tests.proofing.watched import Watched, codes, events, fresh, watched

__all__ = ["watched"]


def statement(watched: Watched, subject: str, change: str, source: str = "population") -> str:
    return watched.registers.running.notices.statement(Change(source, subject, change))


def signed(
    watched: Watched, *, key: ECKey | None = None, typ: str = "register-notice+jwt", **changes: Any
) -> str:
    now = clock.timestamp()
    subject = watched.citizens(1)[0].number
    claims = {
        "iss": "population",
        "iat": now,
        "exp": now + 60,
        "jti": "one",
        "subject": subject,
        "change": "deceased",
    }
    key = key or watched.registers.running.folder.register_key
    kept = {name: value for name, value in (claims | changes).items() if value is not None}
    return compact_jwt.sign({"alg": "ES256", "typ": typ, "kid": key.thumbprint()}, kept, key)


def test_a_notice_is_followed(watched: Watched) -> None:
    one, other = watched.citizens(2)
    account_id, other_id = watched.add(one), watched.add(other)
    assert register_notice.take(statement(watched, one.number, "card_lost"))
    commit()
    assert codes(account_id) == {"phone", "operator3", "bank4"}
    assert "register" in codes(other_id)


def test_an_enterprises_notice_is_followed(watched: Watched) -> None:
    enterprise = watched.registry.enterprises()[0]
    enterprise_id, _ = watched.add_enterprise(enterprise)
    assert register_notice.take(statement(watched, enterprise.uscc, "dissolved", "enterprise"))
    commit()
    assert codes(enterprise_id) == set()


def test_a_notice_that_comes_again_counts_once(watched: Watched) -> None:
    one = watched.citizens(1)[0]
    account_id = watched.add(one)
    told = statement(watched, one.number, "card_lost")
    assert register_notice.take(told)
    commit()
    evidence.add(accounts.get(account_id), "register", source="test")
    commit()
    assert not register_notice.take(told)
    commit()
    assert "register" in codes(account_id), "proven anew since; the old notice is no new loss"


def test_of_many_at_once_one_counts(watched: Watched) -> None:
    one = watched.citizens(1)[0]
    account_id = watched.add(one)
    told = statement(watched, one.number, "deceased")
    barrier = threading.Barrier(4)

    def take() -> bool:
        barrier.wait(10)
        with watched.provider.context():
            did = register_notice.take(told)
            commit()
            return did

    db.session.rollback()
    with ThreadPoolExecutor(4) as pool:
        assert sorted(future.result() for future in [pool.submit(take) for _ in range(4)]) == [False] * 3 + [
            True
        ]
    assert len(events("register.changed", account_id)) == 1
    assert fresh(account_id).status == accounts.FROZEN


def test_a_stranger_is_answered_like_everybody(watched: Watched) -> None:
    for subject in (watched.citizens(1)[0].number, "11010519491231002X", "nonsense"):
        assert register_notice.take(statement(watched, subject, "deceased")) is False
    commit()
    assert db.session.scalar(select(func.count()).select_from(RegisterNotice)) == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "bank"},
        {"iss": None},
        {"iss": ["population"]},
        {"jti": "a\u0000b"},
        {"change": "dissolved"},
        {"change": "nonsense"},
        {"change": None},
        {"change": ["deceased"]},
        {"subject": 5},
        {"jti": None},
        {"jti": "x" * 101},
        {"exp": 1},
        {"iat": None},
        {"typ": "register-answer+jwt"},
    ],
    ids=str,
)
def test_what_is_no_notice_is_refused(watched: Watched, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as caught:
        register_notice.take(signed(watched, **changes))
    assert caught.value.code == "notice_invalid"


def test_who_is_no_register_is_not_believed(watched: Watched) -> None:
    account_id = watched.add(watched.citizens(1)[0])
    for told in (signed(watched, key=ECKey.generate_key("P-256")), "", "a.b.c", "x" * 5000):
        with pytest.raises(InvalidInput):
            register_notice.take(told)
    assert fresh(account_id).status == accounts.ACTIVE


def test_notices_are_kept_as_long_as_they_could_come_again(watched: Watched) -> None:
    told = statement(watched, "nobody", "deceased")
    register_notice.take(told)
    commit()
    assert register_notice.sweep() == 0
    with clock.shifted(timedelta(minutes=6)):
        assert register_notice.sweep() == 0, "within the allowance for clocks"
    with clock.shifted(timedelta(minutes=8)):
        with pytest.raises(InvalidInput):
            register_notice.take(told)
        assert register_notice.sweep() == 1
