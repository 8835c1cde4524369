"""The sandbox's mandates are there, hold, and are planted once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from idp import clock
from idp.accounts import account as accounts
from idp.db import commit, db
from idp.mandates import choosing, ending, rules
from idp.mandates.choosing import Choice
from idp.mandates.mandate import Mandate
from idp.sandbox import data
from idp.sandbox import mandates as planting
from tests.provider import Template


@pytest.fixture
def app(template: Template, tmp_path: Path) -> Iterator[Flask]:
    made = template.on_sqlite(tmp_path, registers={"keys_file": str(tmp_path / "jwks.json")})
    with made.context() as context:
        data.plant(tmp_path / "sites", tmp_path / "registers")
        commit()
        yield context
    made.close()


def choice(username: str, *acting_as: str) -> Choice:
    account = accounts.find_by_identifier(username)
    assert account
    (only,) = choosing.choices(account.id, choosing.roles_for(acting_as), (), clock.now())
    return only


def test_the_people_of_the_contract_may_what_it_says(app: Flask) -> None:
    wangfang, zhaoqiang = choice("wangfang", "enterprise"), choice("zhaoqiang", "enterprise")
    assert wangfang.principal_id == zhaoqiang.principal_id
    assert wangfang.principal_name == "杭州示例科技有限公司"
    assert (wangfang.role, wangfang.items) == ("representative", ())
    assert (zhaoqiang.role, zhaoqiang.items) == ("handler", planting.HANDLER_ITEMS)
    child = choice("liuyang", "ward")
    assert (child.role, child.principal_name) == ("guardian", "刘一诺")
    assert child.may_consent


def test_planting_again_plants_nothing_not_even_what_somebody_ended(app: Flask, tmp_path: Path) -> None:
    handler = db.session.scalars(select(Mandate).where(Mandate.role == rules.HANDLER)).one()
    ending.end(handler, ending.REVOKED)
    commit()
    for _ in range(2):
        data.plant(tmp_path / "sites", tmp_path / "registers")
        commit()
    assert db.session.scalar(select(func.count()).select_from(Mandate)) == 3


def test_what_has_run_out_is_given_anew(app: Flask, tmp_path: Path) -> None:
    handler = db.session.scalars(select(Mandate).where(Mandate.role == rules.HANDLER)).one()
    ending.end(handler, ending.EXPIRED)
    data.plant(tmp_path / "sites", tmp_path / "registers")
    commit()
    assert choice("zhaoqiang", "enterprise").mandate_id != handler.id
