"""A clerk does one thing for somebody who is present: how it begins, lasts, ends, and what it never gives."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask

from idp.accounts import account as accounts
from idp.accounts import notice
from idp.accounts.account import OFFICIAL, Account
from idp.db import commit, db
from idp.errors import Conflict, Expired, Forbidden, InvalidInput, NotFound, TooMany
from idp.level_policy import current, packaged, version
from idp.mandates import assisted, assisted_case, presence, rules_file
from idp.mandates.assisted_case import AssistedCase
from tests.accounts.gateway import Gateway
from tests.mandates.conftest import MakePerson
from tests.mandates.test_appointment import at_once
from tests.mandates.test_guardianship import born

Later = Callable[[timedelta], None]
SESSION = uuid4()
SECOND = timedelta(seconds=1)


@pytest.fixture
def wujie(context: Flask) -> Account:
    made = accounts.create(accounts.Person(username="wujie", name="吴杰"), kind=OFFICIAL)
    commit()
    return made


@pytest.fixture
def granny(person: MakePerson) -> Account:
    return person("陈奶奶")


@pytest.fixture
def case(wujie: Account, granny: Account) -> AssistedCase:
    made = assisted.begin(wujie, SESSION, granny, "county-registry", "estate.query", "西湖区便民服务点")
    commit()
    return made


def spoken(gateway: Gateway, case: AssistedCase) -> str:
    """Have the code sent; return it as the principal reads it from their phone."""
    presence.send_code(case, clerk_name="吴杰", item_name="不动产登记信息查询")
    message = gateway.messages[-1]
    assert message["template"] == "assisted_code"
    assert "吴杰" in message["text"]
    found = re.search(r"\d{6}", message["text"])
    assert found
    return found[0]


def test_a_case_runs_when_the_principal_said_the_code(
    gateway: Gateway, case: AssistedCase, granny: Account, wujie: Account
) -> None:
    assert assisted.find_running(SESSION) is None
    code = spoken(gateway, case)
    with pytest.raises(InvalidInput) as caught:
        presence.check_code(case, "000000" if code != "000000" else "111111")
    assert caught.value.code == "code_wrong"
    presence.check_code(case, f" {code[:3]} {code[3:]}")
    commit()
    running = assisted.find_running(SESSION)
    assert running is not None
    assert (running.principal_id, running.clerk_id) == (granny.id, wujie.id)
    assert (running.client_id, running.item, running.presence) == (
        "county-registry",
        "estate.query",
        "spoken_code",
    )
    assert assisted.find_running(uuid4()) is None
    with pytest.raises(InvalidInput):
        presence.check_code(case, code)


def test_a_case_runs_with_the_principals_card_and_nobody_elses(
    case: AssistedCase, granny: Account, person: MakePerson
) -> None:
    with pytest.raises(Forbidden) as caught:
        presence.show_card(case, person("别人"))
    assert caught.value.code == "card_of_another"
    presence.show_card(case, granny)
    assert case.presence == "chip"
    with pytest.raises(Expired):
        presence.show_card(case, granny)


def test_codes_are_not_to_be_guessed(gateway: Gateway, case: AssistedCase) -> None:
    code = spoken(gateway, case)
    for _ in range(5):
        with pytest.raises(InvalidInput):
            presence.check_code(case, "abcdef")
    with pytest.raises(TooMany):
        presence.check_code(case, code)


def test_a_principal_is_not_flooded_with_codes(gateway: Gateway, case: AssistedCase) -> None:
    for _ in range(6):
        spoken(gateway, case)
    with pytest.raises(TooMany):
        presence.send_code(case, clerk_name="吴杰", item_name="查询")


def test_a_code_comes_too_late(gateway: Gateway, case: AssistedCase, later: Later) -> None:
    code = spoken(gateway, case)
    later(timedelta(seconds=301))
    with pytest.raises((InvalidInput, Expired)):
        presence.check_code(case, code)
    with pytest.raises(Expired):
        assisted.get_open(case.id, SESSION)


@pytest.fixture
def short_idle(context: Flask) -> Iterator[None]:
    """A level policy in force that gives a kiosk 40 idle seconds."""
    text = packaged.text().replace("absolute = 600\nidle = 90", "absolute = 600\nidle = 40")
    made = version.apply(text, None, "test")
    commit()
    current.CURRENT.get().forget()
    yield
    db.session.delete(made)
    commit()
    current.CURRENT.get().forget()


@pytest.mark.usefixtures("short_idle")
def test_how_long_a_case_lasts_is_the_level_policys(
    case: AssistedCase, granny: Account, later: Later
) -> None:
    presence.show_card(case, granny)
    commit()
    later(timedelta(seconds=39))
    assert assisted.find_running(SESSION)
    later(timedelta(seconds=2))
    assert assisted.find_running(SESSION) is None


def test_a_case_ends_after_ninety_idle_seconds(case: AssistedCase, granny: Account, later: Later) -> None:
    presence.show_card(case, granny)
    commit()
    later(timedelta(seconds=80))
    assert assisted.find_running(SESSION)
    assisted.touch(case)
    commit()
    later(timedelta(seconds=80))
    assert assisted.find_running(SESSION)
    later(timedelta(seconds=11))
    assert assisted.find_running(SESSION) is None
    assert assisted.end_overdue() == 1
    commit()
    assert (case.status, case.end_reason) == ("ended", "timed_out")
    assert notice.recent(granny.id)[0].name == "assisted_receipt"


def test_a_case_lasts_ten_minutes_and_is_extended_once(
    case: AssistedCase, granny: Account, later: Later
) -> None:
    presence.show_card(case, granny)
    life = assisted_case.life()
    for _ in range(2):
        for _ in range(life.absolute // 60 - 1):
            later(timedelta(seconds=60))
            assisted.extend(case)
            commit()
            assert assisted.find_running(SESSION)
    later(timedelta(seconds=60))
    later(timedelta(seconds=life.idle))
    assert case.extensions == 1
    assert assisted.find_running(SESSION) is None
    assert case.expires_at - case.started_at <= timedelta(seconds=2 * life.absolute)  # type: ignore[operator]


def test_one_case_at_a_time(case: AssistedCase, granny: Account, wujie: Account, person: MakePerson) -> None:
    other = person("李大爷")
    second = assisted.begin(wujie, SESSION, other, "city-fund", "fund", "西湖区")
    assert (case.status, case.end_reason) == ("ended", "replaced")
    presence.show_card(second, other)
    commit()
    with pytest.raises(Conflict) as caught:
        assisted.begin(wujie, SESSION, granny, "city-fund", "fund", "西湖区")
    assert caught.value.code == "case_running"
    assert assisted.end(second, assisted.DONE)
    assert not assisted.end(second, assisted.DONE)
    assert assisted.begin(wujie, SESSION, granny, "city-fund", "fund", "西湖区").status == "waiting"


def test_of_two_starts_at_once_one_counts(context: Flask, case: AssistedCase, granny: Account) -> None:
    case_id, granny_id = case.id, granny.id

    def start() -> None:
        found = db.session.get(AssistedCase, case_id)
        assert found
        presence.show_card(found, accounts.get(granny_id))

    assert at_once(context, start, start) == ["case_over", "done"]


def test_the_principal_gets_a_receipt_only_for_what_ran(case: AssistedCase, granny: Account) -> None:
    assisted.end(case, assisted.CANCELLED)
    assert "assisted_receipt" not in [one.name for one in notice.recent(granny.id)]
    assert assisted_case.of_principal(granny.id) == []
    assert assisted_case.of_clerk(case.clerk_id) == [case]


def test_nobody_is_assisted_by_themselves_nor_an_enterprise_nor_in_personal_acts(
    wujie: Account, granny: Account, enterprise: Account
) -> None:
    with pytest.raises(InvalidInput):
        assisted.begin(wujie, SESSION, enterprise, "site", "item", "点")
    with pytest.raises(InvalidInput):
        assisted.begin(wujie, SESSION, wujie, "site", "item", "点")
    with pytest.raises(Forbidden) as caught:
        assisted.begin(granny, SESSION, granny, "site", "item", "点")
    assert caught.value.code == "own_case"
    for act in sorted(rules_file.get().personal_acts):
        with pytest.raises(Forbidden) as caught:
            assisted.begin(wujie, SESSION, granny, "site", act, "点")
        assert caught.value.code == "item_personal"


def test_a_case_belongs_to_its_session_and_stops_with_its_principal(
    case: AssistedCase, granny: Account
) -> None:
    with pytest.raises(NotFound):
        assisted.get_open(case.id, uuid4())
    assert assisted.get_open(case.id, SESSION) is case
    presence.show_card(case, granny)
    granny.status = accounts.FROZEN
    commit()
    assert assisted.find_running(SESSION) is None


def test_who_has_no_phone_shows_the_card(wujie: Account, person: MakePerson) -> None:
    nobody = person("无手机", phone="")
    made = assisted.begin(wujie, SESSION, nobody, "site", "item", "点")
    with pytest.raises(InvalidInput) as caught:
        presence.send_code(made, clerk_name="吴杰", item_name="查询")
    assert caught.value.code == "phone_missing"


@pytest.mark.parametrize(("years", "begins"), [(7, False), (8, True)])
def test_nobody_assists_a_child_whom_its_guardian_acts_for(
    wujie: Account, person: MakePerson, years: int, begins: bool
) -> None:
    """Domain §4: under 8 there is no own account, and nobody there who could say what they want."""
    child = person("刘小宝")
    accounts.set_birth(child, born(years).isoformat(), "male")
    commit()

    def begin() -> AssistedCase:
        return assisted.begin(wujie, SESSION, child, "county-registry", "estate.query", "西湖区便民服务点")

    if begins:
        assert begin().principal_id == child.id
        return
    with pytest.raises(Forbidden) as caught:
        begin()
    assert caught.value.code == "principal_too_young"
