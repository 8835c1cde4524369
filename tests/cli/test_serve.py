"""`idp serve` and `idp worker`, started as an operator starts them and stopped as systemd stops them."""

import json
import os
import re
import signal
import socket
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from idp.db import commit
from idp.outbox import message
from tests.cli import running_program
from tests.cli.running_program import Running, Server
from tests.provider import Provider, Template
from tests.services import program
from tests.waiting import eventually

pytestmark = pytest.mark.slow


@pytest.fixture
def provider(template: Template, tmp_path: Path) -> Provider:
    """The stores that the processes share, seen from here."""
    made = template.on_sqlite(tmp_path)
    made.close()
    return made


@pytest.fixture
def settings(template: Template, provider: Provider) -> dict[str, str]:
    return running_program.environment(template, provider.settings.database_url)


def lines(server: Running) -> list[dict[str, object]]:
    return [json.loads(line) for line in server.said().splitlines()]


def memory(process: int) -> int:
    """Return the resident memory of a process in MB."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text(encoding="ascii"))
    assert found
    return int(found[1]) // 1024


def audit_count(url: str) -> int:
    engine = create_engine(url)
    with engine.connect() as connection:
        count: int = connection.execute(text("SELECT count(*) FROM audit_events")).scalar_one()
    engine.dispose()
    return count


def test_it_serves_and_stops_when_asked(settings: dict[str, str], tmp_path: Path) -> None:
    with running_program.serving(program.as_installed(settings), tmp_path / "log") as server:
        assert (
            server.client.get("/.well-known/openid-configuration").json()["issuer"] == "http://localhost:8000"
        )
        assert "tongxing_requests_total" in server.client.get("/metrics").text
        assert server.client.get("/healthz", headers={"Host": "evil.example"}).is_success
        assert server.client.get("/login", headers={"Host": "evil.example"}).status_code == 400
        (child,) = server.children()
        assert memory(child) < 120
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 15
    assert {line["event"] for line in lines(server)} >= {"serving", "stopped"}
    assert not Path(f"/proc/{child}").exists()


def test_ctrl_c_stops_it_too(settings: dict[str, str], tmp_path: Path) -> None:
    with running_program.serving(settings, tmp_path / "log") as server:
        os.killpg(server.process.pid, signal.SIGINT)
        assert server.process.wait(20) == 0


def test_what_waits_for_the_audit_log_is_written_at_the_end(
    template: Template, tmp_path: Path, settings: dict[str, str]
) -> None:
    provider = template.on_sqlite(tmp_path)
    site = provider.site(grant_types=["client_credentials"], response_types=[], redirect_uris=None)
    provider.close()
    url = provider.settings.database_url
    with running_program.serving(settings | {"IDP_DATABASE_URL": url}, tmp_path / "log") as server:
        before = audit_count(url)
        form = {"grant_type": "client_credentials"}
        answers = [
            server.client.post("/token", data=form, auth=(site.id, site.secret or "")) for _ in range(20)
        ]
        assert [answer.status_code for answer in answers] == [200] * 20, answers[0].text
        server.stop()
    assert audit_count(url) - before == 20


def test_two_processes_share_a_port_and_have_one_worker(
    settings: dict[str, str], provider: Provider, tmp_path: Path
) -> None:
    with running_program.serving(settings, tmp_path / "log", "--workers", "2") as server:
        eventually(lambda: len(server.children()) == 2)
        for _ in range(40):
            assert server.client.get("/login").is_success
        counted = re.findall(
            r'^tongxing_requests_total\{endpoint="login.\w+",status="200"\} (\S+)$',
            server.client.get("/metrics").text,
            re.MULTILINE,
        )
        assert [float(count) for count in counted] == [40.0]
        held = [child for child in server.children() if _holds_lock(child)]
        assert len(held) == 1
        # Its successor takes the worker over.
        os.kill(held[0], signal.SIGKILL)
        eventually(lambda: len(server.children()) == 2 and held[0] not in server.children(), 20)
        eventually(lambda: [_holds_lock(child) for child in server.children()].count(True) == 1, 20)
        eventually(server.answers)


def _holds_lock(process: int) -> bool:
    try:
        links = list(Path(f"/proc/{process}/fd").iterdir())
        return any(link.readlink().name == "worker.lock" for link in links)
    except OSError:
        return False


def test_the_worker_inside_delivers(settings: dict[str, str], provider: Provider, tmp_path: Path) -> None:
    with provider.context():
        message.add("unknown kind", {"client_id": "x"})
        commit()
    provider.close()
    with running_program.serving(settings, tmp_path / "log"):
        eventually(lambda: _attempts(provider) == [1], 20)


def test_without_a_worker_inside_nothing_is_delivered(
    settings: dict[str, str], provider: Provider, tmp_path: Path
) -> None:
    with provider.context():
        message.add("unknown kind", {"client_id": "x"})
        commit()
    provider.close()
    outside = settings | {"IDP_SERVING__WORKER_INSIDE": "false"}
    with running_program.serving(outside, tmp_path / "log"):
        time.sleep(2)
        assert _attempts(provider) == [0]
        worker = Running(("worker",), outside, tmp_path / "worker-log")
        try:
            eventually(lambda: _attempts(provider) == [1], 20)
        finally:
            assert worker.stop() == 0
        assert {line["event"] for line in lines(worker)} >= {"worker started", "worker stopped"}


def _attempts(provider: Provider) -> list[int]:
    engine = create_engine(provider.settings.database_url)
    with engine.connect() as connection:
        found = list(connection.execute(text("SELECT attempts FROM outbox_messages")).scalars())
    engine.dispose()
    return found


def test_a_process_that_cannot_start_ends_with_a_reason(tmp_path: Path, settings: dict[str, str]) -> None:
    for change, reason in (
        ({"IDP_MASTER_KEY_FILE": str(tmp_path / "none")}, "no master key here"),
        ({"IDP_SERVING__THREADS": "0"}, "serving.threads"),
        ({"IDP_ISSUER": "ftp://x"}, "issuer: must be an http"),
    ):
        server = Server(settings | change, tmp_path / "log")
        server.client.close()
        try:
            assert server.process.wait(30) == 1
        finally:
            server.stop()
        assert reason in server.said()
        assert "Traceback" not in server.said()


def test_bodies_that_never_end_hold_some_threads_only(
    settings: dict[str, str], provider: Provider, tmp_path: Path
) -> None:
    with running_program.serving(settings, tmp_path / "log") as server:
        server.client.timeout = 5
        held = [
            socket.create_connection(("127.0.0.1", server.port))
            for _ in range(2 * provider.settings.serving.threads)
        ]
        for number, connection in enumerate(held):
            head = f"POST {('/login', '/token')[number % 2]} HTTP/1.1\r\nHost: localhost:8000\r\nContent-Length: 200"
            kind = "Content-Type: application/x-www-form-urlencoded"
            connection.sendall(f"{head}\r\n{kind}\r\n\r\na=b".encode())
        for path in ("/healthz", "/jwks", "/login"):
            assert server.client.get(path).status_code == 200
        for path in ("/token", "/login"):
            refused = server.client.post(path, data={"a": "b"})
            assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
        for connection in held:
            connection.close()
        eventually(lambda: server.client.post("/token", data={"a": "b"}).status_code in {400, 401})


def test_a_port_in_use_is_said(settings: dict[str, str], tmp_path: Path) -> None:
    with running_program.serving(settings, tmp_path / "log") as server:
        second = Running(("serve", "--port", str(server.port)), settings, tmp_path / "second-log")
        try:
            assert second.process.wait(30) == 1
        finally:
            second.stop()
        assert "in use" in second.said()
        assert "Traceback" not in second.said()
        assert server.answers()
