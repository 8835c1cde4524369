"""A worker that checks the registers as a process of its own, to be killed: ``watching_program.py SETTINGS_JSON``."""

import sys

from idp.app import create_app
from idp.proofing import watching
from idp.settings import Settings

if __name__ == "__main__":
    watching.BATCH = 5
    app = create_app(Settings.model_validate_json(sys.argv[1]))
    print("ready", flush=True)  # noqa: T201 - the test waits for it
    with app.app_context():
        while watching.run(30.0):
            pass
    print("done", flush=True)  # noqa: T201 - same
