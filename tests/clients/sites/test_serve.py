import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import httpx
import pytest

import tongxing_client
from clients.sites import serve, settings
from clients.sites.county.definition import COUNTY
from clients.sites.definition import Definition
from clients.sites.province.definition import PROVINCE
from tests.clients.loopback_transmitter import LoopbackTransmitter
from tests.services import program
from tests.waiting import eventually

ROOT = Path(__file__).resolve().parents[3]
KIT = Path(tongxing_client.__file__).parent.parent
MAX_MEGABYTES = 120


def _start(site: str, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", f"clients.sites.{site}"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{KIT}", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.fixture
def serve_site(tmp_path: Path) -> Iterator[Callable[[str], tuple[subprocess.Popen[bytes], str]]]:
    started: list[subprocess.Popen[bytes]] = []

    def start(site: str) -> tuple[subprocess.Popen[bytes], str]:
        port = program.free_port()
        running = _start(site, {"TONGXING_PORT": str(port), "TONGXING_KEYS": str(tmp_path)})
        started.append(running)
        url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and running.poll() is None:
            try:
                httpx.get(f"{url}/healthz", trust_env=False)
                break
            except httpx.TransportError:
                time.sleep(0.05)
        return running, url

    yield start
    for running in started:
        program.stop(running)


def _resident_megabytes(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_048_576


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(int(child) for child in children)]


@pytest.mark.parametrize(
    ("site", "name", "stop_signal"),
    [
        ("province", "社会保险参保记录", signal.SIGTERM),
        ("city", "住房公积金", signal.SIGINT),
        ("county", "不动产登记", signal.SIGTERM),
        ("housing", "公共租赁住房", signal.SIGTERM),
    ],
)
def test_a_site_is_served_lean_and_stops_when_told(
    serve_site: Callable[[str], tuple[subprocess.Popen[bytes], str]],
    site: str,
    name: str,
    stop_signal: signal.Signals,
) -> None:
    running, url = serve_site(site)
    assert name in httpx.get(url, trust_env=False).text
    assert httpx.get(f"{url}/me", trust_env=False).status_code == 401
    configuration = httpx.get(f"{url}/.well-known/openid-federation", trust_env=False)
    assert configuration.headers["Content-Type"] == "application/entity-statement+jwt"
    family = _family(running.pid)
    assert len(family) == 2
    assert all(_resident_megabytes(pid) < MAX_MEGABYTES for pid in family)
    running.send_signal(stop_signal)
    output, errors = running.communicate(timeout=15)
    assert running.returncode == 0
    assert f"http://localhost:{url.rpartition(':')[2]}" in output.decode()
    assert b"Traceback" not in errors
    with pytest.raises(httpx.ConnectError):
        httpx.get(url, trust_env=False)


def test_wrong_settings_end_it_with_all_reasons() -> None:
    running = _start("city", {"TONGXING_PORT": "x", "TONGXING_AUTHORITY_HINTS": ""})
    _, errors = running.communicate(timeout=20)
    assert running.returncode == 1
    assert b"city-fund" in errors
    assert b"TONGXING_PORT" in errors
    assert b"TONGXING_AUTHORITY_HINTS" in errors
    assert b"Traceback" not in errors


@pytest.mark.parametrize(("definition", "method"), [(PROVINCE, "8935"), (COUNTY, "8936")])
def test_the_worker_makes_the_application_and_is_told_of_events(
    monkeypatch: pytest.MonkeyPatch,
    transmitter: LoopbackTransmitter,
    tmp_path: Path,
    definition: Definition,
    method: str,
) -> None:
    monkeypatch.setenv("TONGXING_KEYS", str(tmp_path))
    found = settings.read(definition, {"TONGXING_KEYS": str(tmp_path)})
    registered = {"method": "private_key_jwt", "jwks": {"keys": [dict(found.protocol_key.public_jwk)]}}
    transmitter.provider.clients[found.site_url] = registered
    transmitter.stream_changes = {"aud": found.site_url}
    monkeypatch.setenv("TONGXING_ISSUER", transmitter.provider.issuer)
    app = serve.load(definition)
    keeper = app.extensions["tongxing_stream"]
    try:
        assert app.test_client().get("/healthz").status_code == 200
        eventually(lambda: keeper.stream is not None)
    finally:
        keeper.stop()
    (stream,) = transmitter.streams.values()
    assert stream["delivery"]["method"] == f"urn:ietf:rfc:{method}"
