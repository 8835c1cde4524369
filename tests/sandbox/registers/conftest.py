"""The registers in a folder of their own."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from idp.sandbox.registers import app as registers
from idp.sandbox.registers import folder
from idp.sandbox.registers.folder import Folder
from idp.sandbox.registers.running import RUNNING, Running
from idp.settings import Settings


@pytest.fixture
def prepared(tmp_path: Path) -> Folder:
    return folder.prepare(tmp_path / "registers", tmp_path / "jwks.json")


@pytest.fixture
def service(prepared: Folder) -> Flask:
    return registers.create_app(Settings(sandbox=True), prepared)


@pytest.fixture
def running(service: Flask) -> Running:
    return RUNNING.of(service)


@pytest.fixture
def client(service: Flask) -> FlaskClient:
    return service.test_client()
