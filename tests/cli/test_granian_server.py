"""The HTTP server around an application: requests under way are finished, whoever dies is replaced."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.services import program
from tests.waiting import eventually

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import os, sys, time
from pathlib import Path
from idp.cli import granian_server

log = Path(sys.argv[2])

def say(what):
    with log.open("a") as stream:
        stream.write(what + "\\n")

def application(environ, start_response):
    if environ["PATH_INFO"] == "/slow":
        say("begun")
        time.sleep(1.5)
        say("ended")
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]

def create():
    say(f"create {os.getpid()}")
    return application

granian_server.serve(
    create, host="127.0.0.1", port=int(sys.argv[1]), workers=2, threads=4, close=lambda: say(f"close {os.getpid()}")
)
say("returned")
"""


class Served:
    def __init__(self, log: Path) -> None:
        self.port = program.free_port()
        self.log = log
        log.touch()
        self.process = subprocess.Popen((sys.executable, "-c", PROGRAM, str(self.port), str(log)), cwd=ROOT)
        self.url = f"http://127.0.0.1:{self.port}"
        eventually(self.answers, 20)

    def answers(self) -> bool:
        try:
            return httpx.get(self.url, trust_env=False).is_success
        except httpx.HTTPError:
            return False

    def said(self) -> list[str]:
        return self.log.read_text(encoding="utf-8").splitlines()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    made = Served(tmp_path / "log")
    yield made
    program.stop(made.process, seconds=20)


def test_a_request_under_way_is_finished_before_the_end(served: Served) -> None:
    answers: list[httpx.Response] = []
    url = f"{served.url}/slow"
    asking = threading.Thread(target=lambda: answers.append(httpx.get(url, trust_env=False, timeout=20)))
    asking.start()
    eventually(lambda: "begun" in served.said())
    served.process.send_signal(signal.SIGTERM)
    asking.join(20)
    assert served.process.wait(20) == 0
    assert [answer.status_code for answer in answers] == [200]
    said = served.said()
    created = {line.split()[1] for line in said if line.startswith("create ")}
    closed = {line.split()[1] for line in said if line.startswith("close ")}
    assert created == closed
    assert len(created) == 2
    worker = answers[0].text
    assert said.index("ended") < said.index(f"close {worker}")
    assert said[-1] == "returned"


def test_whoever_is_killed_is_replaced(served: Served) -> None:
    eventually(lambda: len([line for line in served.said() if line.startswith("create ")]) == 2)
    killed = int(httpx.get(served.url, trust_env=False).text)
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: len([line for line in served.said() if line.startswith("create ")]) == 3, 20)
    eventually(served.answers)
    assert served.process.poll() is None


def test_a_killed_parent_leaves_nobody_behind(served: Served) -> None:
    eventually(lambda: len([line for line in served.said() if line.startswith("create ")]) == 2)
    served.process.kill()
    served.process.wait()
    eventually(lambda: len([line for line in served.said() if line.startswith("close ")]) == 2)
    eventually(lambda: not served.answers())


def test_endless_headers_are_cut_off(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: ")
        try:
            for _ in range(40):
                connection.sendall(b"x" * 10_000)
            answer = connection.recv(1000)
        except OSError:
            answer = b""
    assert answer == b"" or re.match(rb"HTTP/1.1 4\d\d ", answer)
    assert served.answers()
