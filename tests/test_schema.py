"""Migrations: forward on both databases, alike with the models, all or nothing, one process at a time."""

import importlib
import pkgutil
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import MetaData, create_engine, select, text

import idp
from idp import schema
from idp.db import db, make_partial_indexes
from idp.errors import Unavailable
from tests.ground import database_url

__all__ = ["database_url"]

ROOT = Path(__file__).resolve().parents[1]
GOOD = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "{revision}", {down}
def upgrade():
    op.create_table("parent_{revision}", sa.Column("id", sa.Integer, primary_key=True))
    op.create_table("child_{revision}", sa.Column("id", sa.Integer, primary_key=True),
                    sa.Column("parent", sa.Integer, sa.ForeignKey("parent_{revision}.id", ondelete="CASCADE")))
    op.execute("INSERT INTO parent_{revision} VALUES (1)")
    op.execute("INSERT INTO child_{revision} VALUES (1, 1)")
def downgrade():
    pass
"""
ALTERING = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "{revision}", "{down}"
def upgrade():
    with op.batch_alter_table("parent_{down}") as table:
        table.add_column(sa.Column("name", sa.Text, nullable=False, server_default="x"))
        table.alter_column("id", existing_type=sa.Integer, type_=sa.BigInteger)
    {rest}
def downgrade():
    pass
"""

CLEAR = "op.execute(sa.table('child_0001').delete())"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A directory of migrations with one good one."""
    made = tmp_path / "migrations"
    (made / "versions").mkdir(parents=True)
    for name in ("env.py", "script.py.mako"):
        shutil.copy(schema.MIGRATIONS / name, made)
    write(made, "0001", GOOD.format(revision="0001", down=None))
    return made


def write(directory: Path, revision: str, source: str) -> None:
    (directory / "versions" / f"{revision}_x.py").write_text(source, encoding="utf-8")


def everything(url: str) -> dict[str, Any]:
    """Return the tables, their columns and their rows."""
    engine = create_engine(url)
    tables = MetaData()
    with engine.connect() as connection:
        tables.reflect(connection)
        found = {
            table.name: ([column.name for column in table.columns], connection.execute(select(table)).all())
            for table in tables.sorted_tables
        }
    engine.dispose()
    return found


def test_the_models_are_what_the_migrations_make(database_url: str) -> None:
    for module in pkgutil.walk_packages(idp.__path__, "idp."):
        importlib.import_module(module.name)  # every model
    applied = schema.upgrade(database_url)
    assert applied
    assert applied[-1] == schema.newest()
    engine = create_engine(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "compare_server_default": True, "target_metadata": db.metadata},
        )
        make_partial_indexes()
        assert compare_metadata(context, db.metadata) == []
    engine.dispose()
    assert schema.upgrade(database_url) == []


def test_the_numbers_of_the_files_are_the_revisions_in_their_order() -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    revisions = [script.revision for script in scripts.walk_revisions()]
    assert revisions == sorted(revisions, reverse=True)
    assert scripts.get_heads() == [schema.newest()]
    for script in scripts.walk_revisions():
        assert Path(script.path).name.startswith(f"{script.revision}_")
        assert "idp" not in Path(script.path).read_text(encoding="utf-8")


def test_a_table_can_be_altered_without_losing_its_children(database_url: str, directory: Path) -> None:
    write(directory, "0002", ALTERING.format(revision="0002", down="0001", rest="pass"))
    assert schema.upgrade(database_url, directory) == ["0001", "0002"]
    found = everything(database_url)
    assert found["parent_0001"] == (["id", "name"], [(1, "x")])
    assert found["child_0001"][1] == [(1, 1)]


@pytest.mark.parametrize(
    "mistake", ["raise RuntimeError('half way')", "op.execute('SELECT broken FROM nowhere')"]
)
def test_a_failed_migration_leaves_the_database_as_it_was(
    database_url: str, directory: Path, mistake: str
) -> None:
    schema.upgrade(database_url, directory)
    before = everything(database_url)
    write(directory, "0002", GOOD.format(revision="0002", down="'0001'"))
    rest = f"{CLEAR}; op.create_table('new', sa.Column('id', sa.Integer)); {mistake}"
    write(
        directory,
        "0003",
        ALTERING.format(revision="0003", down="0002", rest=rest),
    )
    with pytest.raises(schema.MigrationError):
        schema.upgrade(database_url, directory)
    assert everything(database_url) == before
    write(directory, "0003", ALTERING.format(revision="0003", down="0002", rest="pass"))
    assert schema.upgrade(database_url, directory) == ["0002", "0003"]


def test_a_first_migration_that_fails_leaves_nothing(database_url: str, directory: Path) -> None:
    write(directory, "0002", ALTERING.format(revision="0002", down="0001", rest="raise RuntimeError"))
    with pytest.raises(schema.MigrationError):
        schema.upgrade(database_url, directory)
    assert everything(database_url) == {}


def test_rows_that_refer_to_nothing_are_refused(tmp_path: Path, directory: Path) -> None:
    url = f"sqlite:///{tmp_path / 'main.sqlite3'}"
    schema.upgrade(url, directory)
    before = everything(url)
    rest = "op.execute('DELETE FROM parent_0001')"
    write(directory, "0002", ALTERING.format(revision="0002", down="0001", rest=rest))
    with pytest.raises(schema.MigrationError, match="child_0001 refer to nothing"):
        schema.upgrade(url, directory)
    assert everything(url) == before


def test_of_many_processes_one_migrates_and_the_others_wait(database_url: str, directory: Path) -> None:
    slow = GOOD.format(revision="0001", down=None).replace(
        "def upgrade():", "def upgrade():\n    time.sleep(0.5)"
    )
    write(directory, "0001", f"import time{slow}")
    program = "import sys; from pathlib import Path; from idp import schema; "
    program += "print(schema.upgrade(sys.argv[1], Path(sys.argv[2])))"
    command = (sys.executable, "-c", program, database_url, str(directory))
    processes = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    said = [process.communicate(timeout=60)[0].strip() for process in processes]
    assert sorted(said) == ["['0001']", "[]", "[]", "[]"]


def test_an_older_version_leaves_a_newer_schema_alone(database_url: str, directory: Path) -> None:
    write(directory, "0002", GOOD.format(revision="0002", down="'0001'"))
    schema.upgrade(database_url, directory)
    (directory / "versions" / "0002_x.py").unlink()
    assert schema.upgrade(database_url, directory) == []


def test_a_database_that_is_away_is_said(tmp_path: Path) -> None:
    with pytest.raises(schema.MigrationError, match="OperationalError"):
        schema.upgrade("postgresql+psycopg://nobody@127.0.0.1:1/none")
    (tmp_path / "main.sqlite3").write_bytes(b"this is no database at all" * 50)
    with pytest.raises(schema.MigrationError, match="not a database"):
        schema.upgrade(f"sqlite:///{tmp_path / 'main.sqlite3'}")


def test_whether_it_is_current(database_url: str, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "MIGRATIONS", directory)
    app = Flask("test")
    app.config["SQLALCHEMY_DATABASE_URI"] = database_url
    db.init_app(app)
    with app.app_context():
        assert schema.find_revision() == ""
        with pytest.raises(Unavailable) as caught:
            schema.check_current()
        assert caught.value.code == "schema_outdated"
        schema.upgrade(database_url, directory)
        schema.check_current()
        assert schema.find_revision() == "0001"
        write(directory, "0002", GOOD.format(revision="0002", down="'0001'"))
        assert schema.is_current() is False
        schema.upgrade(database_url, directory)
        (directory / "versions" / "0002_x.py").unlink()
        assert schema.is_current() is True
        db.engine.dispose()


def test_foreign_keys_hold_again_afterwards(tmp_path: Path, directory: Path) -> None:
    url = f"sqlite:///{tmp_path / 'main.sqlite3'}"
    schema.upgrade(url, directory)
    engine = create_engine(url)
    with pytest.raises(Exception, match="FOREIGN KEY"), engine.begin() as connection:
        connection.execute(text("INSERT INTO child_0001 VALUES (2, 99)"))
    engine.dispose()
    assert sqlite3.sqlite_version_info >= (3, 35)


def test_consents_of_before_keep_what_they_say(database_url: str, tmp_path: Path) -> None:
    """Migration 0007: each record gets a name, and what was noted as released by law stands apart."""
    older = tmp_path / "older"
    shutil.copytree(schema.MIGRATIONS, older, ignore=shutil.ignore_patterns("__pycache__"))
    for version in (older / "versions").glob("*.py"):
        if version.name >= "0007":
            version.unlink()
    assert schema.upgrade(database_url, older)[-1] == "0006"
    at = "2026-03-09 04:40:00"
    engine = create_engine(database_url)
    with engine.begin() as connection:
        for client, basis in (("by-consent", "consent"), ("by-law", "statutory_duty")):
            connection.execute(
                text(
                    "INSERT INTO consent_records (account_id, client_id, items, seen, purpose_digest, legal_basis,"
                    " given_at, expires_at) VALUES (:account, :client, '[\"name\"]', '[\"name\"]', 'p', :basis,"
                    " :at, :at)"
                ),
                {"account": uuid4().hex, "client": client, "basis": basis, "at": at},
            )
    assert schema.upgrade(database_url)[0] == "0007"
    with engine.connect() as connection:
        wanted = text(
            "SELECT client_id, record_id, items, by_law, was_given FROM consent_records ORDER BY client_id"
        )
        consent, law = connection.execute(wanted).all()
    engine.dispose()
    assert (consent.items, consent.by_law, bool(consent.was_given)) == ('["name"]', "[]", True)
    assert (law.items, law.by_law, bool(law.was_given)) == ("[]", '["name"]', False)
    assert consent.record_id
    assert law.record_id
    assert consent.record_id != law.record_id
