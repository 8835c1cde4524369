"""`make run`: what it says and does when something is in the way, dies, or does not want to stop."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from clients.sites import keys
from scripts import run
from tests.services.program import free_port

SERVER = (
    "import http.server as h, sys;"
    "h.HTTPServer(('127.0.0.1', int(sys.argv[1])), h.SimpleHTTPRequestHandler).serve_forever()"
)


@pytest.fixture
def children() -> Iterator[list[run.Child]]:
    """A list of programs to start; whatever is in it is stopped after the test, and signals are as before."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    started: list[run.Child] = []
    yield started
    run.stop(started)
    for child in started:
        assert child.process.stdout
        child.process.stdout.close()
    for number, handler in before.items():
        signal.signal(number, handler)


def program(code: str, *arguments: str, port: int = 0, **settings: str) -> run.Program:
    return run.Program("site", (sys.executable, "-c", code, *arguments), port, "/", settings)


def test_every_site_is_started_and_every_address_is_told() -> None:
    programs = {one.port: one.name for one in run.programs()}
    assert {one.port: one.key for one in keys.SITES}.items() <= programs.items()
    told = run.WELCOME.read_text(encoding="utf-8")
    assert all(f":{port}" in told for port in programs)


def test_another_province_shares_nothing_but_the_program() -> None:
    (jiangsu,) = (one for one in run.programs() if one.settings)
    # Cookies do not know ports: two providers on one machine need two names.
    assert jiangsu.settings["IDP_ISSUER"] == f"http://127.0.0.1:{jiangsu.port}"
    assert all("jiangsu" in jiangsu.settings[name] for name in ("IDP_DATABASE_URL", "IDP_MASTER_KEY_FILE"))


def test_a_port_in_use_is_named() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(run.Refused, match=rf"Port in use.*{port} \(site\)"):
            run.check_ports((program("", port=port),))
    run.check_ports((program("", port=port),))


def test_a_program_that_dies_is_told_with_its_last_lines(children: list[run.Child]) -> None:
    children.append(run.Child(program("print('one'); raise SystemExit('no settings')"), os.environ))
    with pytest.raises(run.Refused, match=r"site ended with 1(.|\n)*one\n *no settings"):
        run.wait_until_ready(children)


def test_it_waits_until_a_program_answers(
    children: list[run.Child], capfd: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    code = f"import os; print(os.environ['WORD'], flush=True); {SERVER}"
    children.append(run.Child(program(code, str(port), port=port, WORD="通行=x"), os.environ))
    run.wait_until_ready(children)
    assert children[0].answers()
    assert "site | 通行=x" in capfd.readouterr().out


def test_what_cannot_be_prepared_is_named(capfd: pytest.CaptureFixture[str]) -> None:
    kit = run.ROOT / "clients" / "tongxing_client" / "src"
    with pytest.raises(run.Refused, match=r"-m clients\.sites\.keys refused with 1"):
        run.prepare({**os.environ, "PYTHONPATH": str(kit), "TONGXING_ISSUER": "nonsense"})
    assert "TONGXING_ISSUER" in capfd.readouterr().err


def test_a_program_that_does_not_stop_is_killed_with_all_it_started(
    children: list[run.Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "STOP_SECONDS", 0.3)
    code = (
        "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "inner = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        "print(inner.pid, flush=True); time.sleep(60)"
    )
    children.append(run.Child(program(code), os.environ))
    deadline = time.monotonic() + 10
    while not children[0].last_lines and time.monotonic() < deadline:
        time.sleep(0.01)
    inner = int(children[0].last_lines[0])
    run.stop(children)
    assert children[0].process.returncode == -signal.SIGKILL
    while Path(f"/proc/{inner}").exists() and _state(inner) != "Z" and time.monotonic() < deadline:
        time.sleep(0.01)
    assert _state(inner) in {"", "Z"}


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return ""


def test_programs_die_with_a_killed_parent() -> None:
    code = (
        "import os, sys; from scripts import run;"
        "sleep = (sys.executable, '-c', 'import time; time.sleep(60)');"
        "child = run.Child(run.Program('x', sleep, 0, '/'), os.environ);"
        "print(child.process.pid, flush=True); import time; time.sleep(60)"
    )
    parent = subprocess.Popen((sys.executable, "-c", code), stdout=subprocess.PIPE, text=True, cwd=run.ROOT)
    assert parent.stdout
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 10
    while _state(child) not in {"", "Z"} and time.monotonic() < deadline:
        time.sleep(0.01)
    assert _state(child) in {"", "Z"}
