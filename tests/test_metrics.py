"""Numbers for Prometheus."""

import re
import subprocess
import sys
from pathlib import Path

from idp import metrics

PROGRAM = """
from idp import metrics
metrics.login("succeeded")
metrics.outbox_pending(3)
metrics.request_answered("token.token", 200, metrics.start())
print(metrics.render()[0].decode())
"""


def value(text: str, sample: str) -> float:
    found = re.search(rf"^{re.escape(sample)} (\S+)$", text, re.MULTILINE)
    assert found, sample
    return float(found[1])


def test_what_happened_is_counted() -> None:
    metrics.request_answered("userinfo.userinfo", 503, metrics.start())
    metrics.request_answered("userinfo.userinfo", 503, None)
    metrics.login("refused")
    metrics.token_issued("refresh_token")
    metrics.outbox_pending(7)
    with metrics.hashing(), metrics.hashing():
        body, content_type = metrics.render()
    text = body.decode()
    assert content_type.startswith("text/plain")
    assert value(text, 'tongxing_requests_total{endpoint="userinfo.userinfo",status="503"}') == 2
    assert value(text, 'tongxing_request_seconds_count{endpoint="userinfo.userinfo"}') == 1
    assert value(text, 'tongxing_logins_total{outcome="refused"}') >= 1
    assert value(text, 'tongxing_tokens_issued_total{grant_type="refresh_token"}') >= 1
    assert value(text, "tongxing_outbox_pending") == 7
    assert value(text, "tongxing_password_hashes") == 2


def test_several_processes_are_added_up(tmp_path: Path) -> None:
    texts = [
        subprocess.run(
            (sys.executable, "-c", PROGRAM),
            env={"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)},
            cwd=Path(__file__).parents[1],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for _ in range(2)
    ]
    assert value(texts[1], 'tongxing_logins_total{outcome="succeeded"}') == 2
    assert value(texts[1], 'tongxing_requests_total{endpoint="token.token",status="200"}') == 2
    assert value(texts[1], "tongxing_outbox_pending") == 3
