"""A provider without any version, on each kind of database; files to propose."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import delete

from idp.db import commit, db
from idp.level_policy import current, packaged
from idp.level_policy.version import LevelPolicyVersion
from tests.provider import Provider


@pytest.fixture
def context(either: Provider) -> Iterator[Flask]:
    """Inside an application context; version 1 of the template is put back afterwards."""
    with either.context() as app:
        before = [
            {column.name: getattr(row, column.name) for column in LevelPolicyVersion.__table__.columns}
            for row in db.session.query(LevelPolicyVersion)
        ]
        _replace([])
        yield app
        db.session.rollback()
        _replace(before)


def _replace(rows: list[dict[str, object]]) -> None:
    db.session.execute(delete(LevelPolicyVersion))
    for row in rows:
        db.session.add(LevelPolicyVersion(**row))
    commit()
    current.CURRENT.get().forget()


def file(cap: int = 3, days: int = 1096, **dates: str) -> str:
    """The packaged file with another cap of A2, another life of phones, and dates of its own."""
    text = packaged.text().replace("A2 = 3", f"A2 = {cap}").replace("days = 1096", f"days = {days}", 1)
    for name, moment in dates.items():
        text = text.replace(f"# {name} =", f"{name} = {moment}")
    return text
