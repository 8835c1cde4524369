"""Signals to stop are noticed, however they come."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys, threading, time
from idp.cli.stop_signals import StopSignals

signals = StopSignals()
stop = threading.Event()

def work():
    while True:
        time.sleep(0.001)

for _ in range(4):
    threading.Thread(target=work, daemon=True).start()
print("ready", flush=True)
time.sleep(float(sys.argv[1]))
signals.call(lambda: (print("told", flush=True), stop.set()))
stop.wait()
time.sleep(0.1)
"""


def start(delay: float = 0) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        (sys.executable, "-c", PROGRAM, str(delay)), cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def end(process: subprocess.Popen[str]) -> str:
    try:
        return process.communicate(timeout=10)[0]
    finally:
        process.kill()


@pytest.mark.parametrize(
    "numbers", [[signal.SIGTERM], [signal.SIGINT], [signal.SIGHUP], [signal.SIGINT, signal.SIGTERM] * 2]
)
def test_each_is_noticed_once(numbers: list[signal.Signals]) -> None:
    for _ in range(4):
        process = start()
        time.sleep(0.05)
        for number in numbers:
            process.send_signal(number)
        assert end(process) == "told\n"
        assert process.returncode == 0


def test_one_that_comes_early_is_kept() -> None:
    process = start(delay=0.5)
    process.send_signal(signal.SIGTERM)
    assert end(process) == "told\n"


def test_other_signals_do_not_count() -> None:
    process = start()
    process.send_signal(signal.SIGWINCH)
    time.sleep(0.2)
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert end(process) == "told\n"
