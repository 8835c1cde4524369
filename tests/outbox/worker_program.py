"""A worker as a process of its own, to be killed: ``worker_program.py DATABASE_URL``."""

import signal
import sys

import httpx

from idp.outbox import delivery
from idp.outbox.message import DeliveryFailed, OutboxMessage
from idp.outbox.worker import Worker
from tests.ground import make_app


def post(message: OutboxMessage) -> None:
    """Post the message's body to the message's address."""
    try:
        answer = httpx.post(message.payload["url"], content=message.payload["body"], timeout=2)
    except httpx.HTTPError as error:
        raise DeliveryFailed(retry=True, reason=type(error).__name__) from error
    if answer.status_code >= 300:
        raise DeliveryFailed(retry=answer.status_code >= 500, reason=f"HTTP {answer.status_code}")


if __name__ == "__main__":
    # What a killed worker held comes due while the test still waits.
    delivery.CLAIM_SECONDS = 3
    worker = Worker(make_app(sys.argv[1]).app_context, {"post": post})
    signal.signal(signal.SIGTERM, lambda *_: worker.ask_to_stop())
    print("ready", flush=True)  # noqa: T201 - the test waits for it
    worker.run()
