"""Facts about a deployment: noted once, read without an application."""

from pathlib import Path

import pytest
from flask import Flask

from idp import deployment_fact
from idp.db import commit
from idp.errors import Unavailable
from tests.ground import app, database_url

__all__ = ["app", "database_url"]


def test_a_fact_is_noted_once_and_stays(app: Flask, database_url: str) -> None:
    assert deployment_fact.read(database_url) == frozenset()
    with app.app_context():
        for _ in range(2):
            deployment_fact.note(deployment_fact.SANDBOX_DATA)
            commit()
    assert deployment_fact.read(database_url) == {deployment_fact.SANDBOX_DATA}


def test_a_fact_that_was_not_committed_is_none(app: Flask, database_url: str) -> None:
    with app.app_context():
        deployment_fact.note(deployment_fact.SANDBOX_DATA)
    assert deployment_fact.read(database_url) == frozenset()


def test_a_database_that_cannot_tell_is_said(tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path / 'empty'}", "postgresql+psycopg://nobody@127.0.0.1:1/none"):
        with pytest.raises(Unavailable, match="OperationalError"):
            deployment_fact.read(url)
