"""Workers that bring events, to be killed: ``worker_program.py SETTINGS_JSON``; each line read starts another one.

It has imported everything once and forks, so that a new worker is there within a blink and twenty deaths fit a test.
"""

import json
import os
import sys

from idp.app import create_app
from idp.outbox import delivery
from idp.outbox.worker import Worker
from idp.settings import Settings
from idp.shared_signals import fan_out, push


def work(settings: Settings) -> None:
    """Run a worker until it is killed."""
    # What a killed worker held comes due while the test still waits.
    delivery.CLAIM_SECONDS = 2
    delivery.FIRST_DELAY = 0.5
    app = create_app(settings)
    handlers = {fan_out.KIND: fan_out.handle, push.KIND: push.deliver}
    Worker(app.app_context, handlers, together={fan_out.KIND: fan_out.handle_together}).run()


if __name__ == "__main__":
    given = Settings(**json.loads(sys.argv[1]))
    print("ready", flush=True)  # noqa: T201 - the test waits for it
    for _line in sys.stdin:
        pid = os.fork()
        if not pid:
            work(given)
            os._exit(0)
        print(pid, flush=True)  # noqa: T201 - the test kills it
        os.waitpid(pid, 0)
